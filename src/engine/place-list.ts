/** Places that are added one by one, in the room that they take, and leaving nothing for the collector. */
export class PlaceList {
  #places: Uint32Array<ArrayBuffer>
  #size = 0

  /** The first `count` places; none by default. */
  constructor(count = 0) {
    this.#places = new Uint32Array(Math.max(64, count))
    while (this.#size < count) this.add(this.#size)
  }

  add(place: number): void {
    if (this.#size === this.#places.length) this.#resize(2 * this.#size)
    this.#places[this.#size++] = place
  }

  /** All of them; then there are to be no more. */
  take(): Uint32Array {
    this.#resize(this.#size)
    return this.#places
  }

  #resize(length: number): void {
    const { buffer, BYTES_PER_ELEMENT: bytes } = this.#places
    this.#places = new Uint32Array(buffer.transfer(length * bytes))
  }
}
