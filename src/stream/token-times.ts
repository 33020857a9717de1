/** Room for the tokens of most answers; more is made by doubling. */
const usualTokens = 64

/** Instants of the token events of one body, ms, in order: one column of numbers, grown as they come. */
export class TokenTimes implements Iterable<number> {
  length = 0
  #column: Float64Array = new Float64Array(usualTokens)

  push(at: number): void {
    if (this.length === this.#column.length) this.#grow()
    this.#column[this.length++] = at
  }

  at(token: number): number | undefined {
    return this.#column[token < this.length ? token : this.#column.length]
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

  #grow(): void {
    const grown = new Float64Array(2 * this.#column.length)
    grown.set(this.#column)
    this.#column = grown
  }
}
