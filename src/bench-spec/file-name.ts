/** Files that are specs, whatever globs bring them in. */
export const specFile: RegExp = /\.bench\.(ya?ml|jsonc?)$/

/** Finds them all. */
export const specGlob = '**/*.bench.{yaml,yml,json,jsonc}'
