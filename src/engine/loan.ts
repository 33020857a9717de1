import { type Pack, PackedRecord } from './record-pack.ts'
import type { RequestRecord } from './record.ts'

/** Records that are packed together: so few that nobody waits long for a core meanwhile. */
export const packSize = 1024
const packBits = Math.log2(packSize)

/** Goes through records with one view: what it gives is that record until it is asked again. */
export class Loan {
  readonly #packs: readonly Pack[]
  readonly #loose: readonly RequestRecord[]
  readonly #places: Uint32Array | undefined
  readonly #packed: number
  readonly #view: PackedRecord

  constructor(packs: readonly Pack[], loose: readonly RequestRecord[], places?: Uint32Array) {
    this.#packs = packs
    this.#loose = loose
    this.#places = places
    this.#packed = packs.length * packSize
    this.#view = new PackedRecord(packs[0] as Pack, 0)
  }

  at(position: number): RequestRecord {
    const place = this.#places === undefined ? position : (this.#places[position] as number)
    if (place >= this.#packed) return this.#loose[place - this.#packed] as RequestRecord
    return this.#view.goTo(this.#packs[place >>> packBits] as Pack, place & (packSize - 1))
  }
}
