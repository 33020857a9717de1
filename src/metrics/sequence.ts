/** Values in an order that can be gone through any number of times; an array is one. */
export interface Sequence<T> extends Iterable<T> {
  readonly length: number
}

/** Values that are made anew whenever they are gone through: so they take no room. */
export function listLazily<T>(length: number, valueAt: (position: number) => T): Sequence<T> {
  return {
    length,
    *[Symbol.iterator]() {
      for (let position = 0; position < length; position++) yield valueAt(position)
    },
  }
}
