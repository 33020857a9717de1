import { collectGarbage, keepHeapSmall } from './collector.ts'
import { Loan, packSize } from './loan.ts'
import { PlaceList } from './place-list.ts'
import { type Pack, pack, PackedRecord, toTicks } from './record-pack.ts'
import { type RequestMarks, type RequestRecord, type Records, ticksPerMs } from './record.ts'

/** Records of a run that are kept as they are; with one more, packing begins, which takes time of its own. */
const usualLoose = 8192

/** Records that are added between two packs, so that those that were kept as they are go one by one. */
const packInterval = packSize / 4

/** The records of a run, kept in little room however many there are. */
export interface RecordKeeper {
  /**
   * All that were added so far, in this order; an array while they are few. Of many, those that are
   * packed have their instants in whole ticks since the origin.
   */
  readonly records: Records
  /** Sets the origin; before anything is added. */
  start(origin: number): void
  /** With the first that are packed, the collector of this process is told to keep its heap small. */
  add(batch: Iterable<RequestRecord>): void
  /** All were added: the garbage of packing them is collected. */
  end(): void
}

export function keepRecords(most: number = usualLoose): RecordKeeper {
  const packs: Pack[] = []
  const loose: RequestRecord[] = []
  let origin = 0
  return {
    get records() {
      return packs.length === 0 ? loose : new PackedRecords(packs, loose)
    },
    start(at) {
      origin = at
    },
    add(batch) {
      for (const record of batch) {
        loose.push(record)
        const count = packs.length * packSize + loose.length
        if (count <= most || loose.length < packSize || count % packInterval !== 0) continue
        if (packs.length === 0) keepHeapSmall()
        packs.push(pack(loose.splice(0, packSize), origin))
      }
    },
    end: collectGarbage,
  }
}

/** Records of which most are in packs: a view of one is made whenever it is asked for. */
class PackedRecords implements Records {
  readonly #packs: readonly Pack[]
  /** Those after the packed ones. */
  readonly #loose: readonly RequestRecord[]
  /** Of those that are in the list, in its order; `undefined`: all are. */
  readonly #places: Uint32Array | undefined

  constructor(packs: readonly Pack[], loose: readonly RequestRecord[], places?: Uint32Array) {
    this.#packs = packs
    this.#loose = loose
    this.#places = places
  }

  get length(): number {
    return this.#places?.length ?? this.#packs.length * packSize + this.#loose.length
  }

  at(position: number): RequestRecord | undefined {
    const place = this.#places === undefined ? position : this.#places[position]
    return place === undefined ? undefined : this.#read(place)
  }

  #read(place: number): RequestRecord | undefined {
    const own = this.#packs[Math.floor(place / packSize)]
    return own === undefined
      ? this.#loose[place - this.#packs.length * packSize]
      : own.view(place % packSize)
  }

  /** No generator: that takes twice as long. */
  [Symbol.iterator](): Iterator<RequestRecord, undefined> {
    let position = 0
    return {
      next: () => {
        const value = this.at(position++)
        return value === undefined ? { done: true, value } : { done: false, value }
      },
    }
  }

  #lend(): Loan {
    return new Loan(this.#packs, this.#loose, this.#places)
  }

  forEach(take: (record: RequestRecord, position: number) => void): void {
    const loan = this.#lend()
    const { length } = this
    for (let position = 0; position < length; position++) take(loan.at(position), position)
  }

  filter(keep: (record: RequestRecord) => boolean): Records {
    const loan = this.#lend()
    const { length } = this
    // Most of those who ask keep all or a few, and what is thrown away waits for the collector.
    let kept: PlaceList | undefined
    for (let position = 0; position < length; position++) {
      if (!keep(loan.at(position))) kept ??= new PlaceList(position)
      else kept?.add(position)
    }
    return this.pick(kept?.take())
  }

  /** Those at some positions; `undefined`: at all. */
  pick(positions: Uint32Array | undefined): Records {
    if (positions === undefined) return this
    const places = this.#places
    const own = places === undefined ? positions : positions.map((each) => places[each] ?? 0)
    return new PackedRecords(this.#packs, this.#loose, own)
  }

  map<T>(take: (record: RequestRecord, position: number) => T): T[] {
    return Array.from(this, take)
  }

  flatMap<T>(take: (record: RequestRecord, position: number) => T | readonly T[]): T[] {
    return this.map(take).flat() as T[]
  }

  reduce<T>(fold: (value: T, record: RequestRecord) => T, first: T): T {
    let value = first
    this.forEach((record) => {
      value = fold(value, record)
    })
    return value
  }

  #findPosition(is: (record: RequestRecord) => boolean): number {
    const loan = this.#lend()
    const { length } = this
    for (let position = 0; position < length; position++) {
      if (is(loan.at(position))) return position
    }
    return -1
  }

  find(is: (record: RequestRecord) => boolean): RequestRecord | undefined {
    const position = this.#findPosition(is)
    return position === -1 ? undefined : this.at(position)
  }

  some(is: (record: RequestRecord) => boolean): boolean {
    return this.#findPosition(is) !== -1
  }

  every(is: (record: RequestRecord) => boolean): boolean {
    return !this.some((record) => !is(record))
  }

  isSince(origin: number): boolean {
    return this.#packs.every((each) => each.origin === origin)
  }

  /** With instants in ms since the origin of the packs, in whole ticks. */
  tick(): Records {
    const [{ origin } = { origin: 0 }] = this.#packs
    return new PackedRecords(
      this.#packs.map((each) => each.moveTo(0)),
      this.#loose.map((record) => tickRecord(record, origin)),
      this.#places,
    )
  }
}

/** The record on another clock, with all of its fields. */
export function moveRecord(record: RequestRecord, move: (at: number) => number): RequestRecord {
  const plain = record instanceof PackedRecord ? record.toJSON() : record
  const marks = Object.entries(plain.marks).map(([name, at]: [string, number]) => [name, move(at)])
  return {
    ...plain,
    marks: Object.fromEntries(marks) as RequestMarks,
    tokenTimes: plain.tokenTimes.map(move),
  }
}

/** The record on a clock that is `by` ms ahead. */
export function shiftRecord(record: RequestRecord, by: number): RequestRecord {
  return record instanceof PackedRecord ? record.shift(by) : moveRecord(record, (at) => at + by)
}

/** The record with its instants in ms since `origin`, in whole ticks. */
export function tickRecord(record: RequestRecord, origin: number): RequestRecord {
  return record instanceof PackedRecord && record.isSince(origin)
    ? record.moveTo(0)
    : moveRecord(record, (at) => toTicks(at - origin) / ticksPerMs)
}

/** The same of all records. */
export function tickRecords(records: Records, origin: number): Records {
  return records instanceof PackedRecords && records.isSince(origin)
    ? records.tick()
    : records.map((record) => tickRecord(record, origin))
}

/** Those at some positions, in their order. */
export function pickRecords(records: Records, positions: Uint32Array): Records {
  return records instanceof PackedRecords
    ? records.pick(positions)
    : Array.from(positions, (position) => records.at(position) as RequestRecord)
}

/** Those that have the same number, by it, in their order. */
export function groupRecords(
  records: Records,
  keyOf: (record: RequestRecord) => number,
): Map<number, Records> {
  const groups = new Map<number, PlaceList>()
  records.forEach((record, position) => {
    const key = keyOf(record)
    let own = groups.get(key)
    if (own === undefined) {
      own = new PlaceList()
      groups.set(key, own)
    }
    own.add(position)
  })
  return new Map(Array.from(groups, ([key, own]) => [key, pickRecords(records, own.take())]))
}

/** The number of token events of a request: of a packed one, without a list of them. */
export function countTokenTimes(record: RequestRecord): number {
  return record instanceof PackedRecord ? record.tokenCount : record.tokenTimes.length
}

/** The instant of one of them, by its place: the same. */
export function readTokenTime(record: RequestRecord, place: number): number {
  return record instanceof PackedRecord
    ? record.tokenTime(place)
    : (record.tokenTimes[place] as number)
}
