/** Ascending and non-empty: the only thing a quantile is taken of. */
export type Sample = readonly [number, ...number[]] & { readonly __sorted: unique symbol }
