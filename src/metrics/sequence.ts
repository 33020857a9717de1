/** Values in an order that can be gone through any number of times; an array is one. */
export interface Sequence<T> extends Iterable<T> {
  readonly length: number
}

/** What is made of each of some values, anew whenever they are gone through. */
export function mapLazily<T, U>(
  from: Sequence<T>,
  take: (each: T, position: number) => U,
): Sequence<U> {
  return {
    length: from.length,
    *[Symbol.iterator]() {
      let position = 0
      for (const each of from) yield take(each, position++)
    },
  }
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
