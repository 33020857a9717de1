/** Values in an order that can be gone through any number of times; an array is one, and so are records. */
export interface Sequence<T> extends Iterable<T> {
  readonly length: number
  /** What it gives may be on loan (see `Records`). */
  forEach(take: (each: T, position: number) => void): void
}

/** What is made of each of some values, anew whenever they are gone through. */
export function mapLazily<T, U>(
  from: Sequence<T>,
  make: (each: T, position: number) => U,
): Sequence<U> {
  return {
    length: from.length,
    forEach(take) {
      from.forEach((each, position) => take(make(each, position), position))
    },
    *[Symbol.iterator]() {
      let position = 0
      for (const each of from) yield make(each, position++)
    },
  }
}

/** Those of some values that are kept, `length` of them, looked for anew whenever they are gone through. */
export function filterLazily<T>(
  from: Sequence<T>,
  length: number,
  keep: (each: T) => boolean,
): Sequence<T> {
  return {
    length,
    forEach(take) {
      let position = 0
      from.forEach((each) => {
        if (keep(each)) take(each, position++)
      })
    },
    *[Symbol.iterator]() {
      for (const each of from) if (keep(each)) yield each
    },
  }
}

/** Values that are made anew whenever they are gone through: so they take no room. */
export function listLazily<T>(length: number, valueAt: (position: number) => T): Sequence<T> {
  return {
    length,
    forEach(take) {
      for (let position = 0; position < length; position++) take(valueAt(position), position)
    },
    *[Symbol.iterator]() {
      for (let position = 0; position < length; position++) yield valueAt(position)
    },
  }
}
