/** Room for the tokens of most answers; more is made by doubling. */
const usualTokens = 64

/** Instants of the token events of one body, ms, in order: one column of numbers, grown as they come. */
export class TokenTimes implements Iterable<number> {
  length = 0
  #column: Float64Array<ArrayBuffer> = new Float64Array(usualTokens)

  push(at: number): void {
    this.#column = makeRoom(this.#column, this.length + 1)
    this.#column[this.length++] = at
  }

  at(token: number): number | undefined {
    return this.#column[token < this.length ? token : this.#column.length]
  }

  /** The same instant `count` times. */
  repeat(at: number, count: number): void {
    const from = this.length
    this.length += count
    this.#column = makeRoom(this.#column, this.length)
    if (count === 1) this.#column[from] = at
    else this.#column.fill(at, from, this.length)
  }

  /** Takes all of them back. */
  clear(): void {
    this.length = 0
  }

  /** A view, no copy: valid until the next change. */
  values(): Float64Array {
    return this.#column.subarray(0, this.length)
  }

  [Symbol.iterator](): Iterator<number> {
    return this.values()[Symbol.iterator]()
  }
}

/** The same column, or a longer one with the same numbers: of twice its length, if that is enough. */
export function makeRoom(
  column: Float64Array<ArrayBuffer>,
  length: number,
): Float64Array<ArrayBuffer> {
  if (length <= column.length) return column
  const longer = new Float64Array(Math.max(length, 2 * column.length))
  longer.set(column)
  return longer
}
