/** Places that are added one by one, in the room that they take: an array of numbers has twice that, and more. */
export class PlaceList {
  #places: Uint32Array
  #size = 0

  /** The first `count` places; none by default. */
  constructor(count = 0) {
    this.#places = new Uint32Array(Math.max(64, count))
    while (this.#size < count) this.add(this.#size)
  }

  add(place: number): void {
    if (this.#size === this.#places.length) {
      const larger = new Uint32Array(2 * this.#size)
      larger.set(this.#places)
      this.#places = larger
    }
    this.#places[this.#size++] = place
  }

  take(): Uint32Array {
    return this.#places.slice(0, this.#size)
  }
}
