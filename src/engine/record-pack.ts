import { keepKnown } from '../bench-spec/known.ts'
import {
  choiceFields,
  markFields,
  numberFields,
  placeChoice,
  takeTexts,
  textFields,
  type Texts,
} from './record-columns.ts'
import { type RequestMarks, type RequestRecord, ticksPerMs } from './record.ts'

export function toTicks(ms: number): number {
  return Math.round(ms * ticksPerMs)
}

/** Numbers of many records in the fewest bytes: whole ones as what they are above the least. */
class Column {
  readonly #numbers: Uint8Array | Uint16Array | Uint32Array | Float64Array
  readonly #least: number
  /** Stands for `undefined`. */
  readonly #missing: number

  /** NaN stands for `undefined`. */
  constructor(values: Float64Array) {
    let least = Infinity
    let most = -Infinity
    let whole = true
    // Places are counted, here and below: an iterator takes several times as long.
    for (let place = 0; place < values.length; place++) {
      const value = values[place] as number
      if (Number.isNaN(value)) continue
      if (!Number.isSafeInteger(value)) whole = false
      if (value < least) least = value
      if (value > most) most = value
    }
    const bytes = whole
      ? [1, 2, 4].find((size) => !(most - least >= 2 ** (8 * size) - 1))
      : undefined
    if (bytes === undefined) {
      this.#least = 0
      this.#missing = Number.NaN
      this.#numbers = values
      return
    }
    this.#least = least === Infinity ? 0 : least
    this.#missing = 2 ** (8 * bytes) - 1
    const Numbers = bytes === 1 ? Uint8Array : bytes === 2 ? Uint16Array : Uint32Array
    this.#numbers = new Numbers(values.length)
    for (let place = 0; place < values.length; place++) {
      const value = values[place] as number
      this.#numbers[place] = Number.isNaN(value) ? this.#missing : value - this.#least
    }
  }

  at(position: number): number | undefined {
    const value = this.#numbers[position]
    return value === this.#missing || value !== value ? undefined : (value ?? 0) + this.#least
  }

  equals(other: Column): boolean {
    return (
      this.#least === other.#least &&
      this.#numbers.length === other.#numbers.length &&
      this.#numbers.every((value, position) => Object.is(value, other.#numbers[position]))
    )
  }
}

/** What records that were packed together share; by place in the tables of fields. */
interface Columns {
  marks: readonly Column[]
  numbers: readonly Column[]
  /** Places in `choiceFields`. */
  choices: readonly Column[]
  /** Where the token instants of each begin, and where those of the last end. */
  tokenStarts: Column
  tokenTimes: Column
  /** Places in `texts`. */
  textPlaces: Column
  texts: readonly Texts[]
}

/** Records that are packed together; their ticks count from `origin`, an instant on the clock that they are on. */
export class Pack {
  readonly columns: Columns
  readonly origin: number
  #moved: Pack | undefined

  constructor(columns: Columns, origin: number) {
    this.columns = columns
    this.origin = origin
  }

  /** A view of the record at a place. */
  view(place: number): RequestRecord {
    return new PackedRecord(this, place) as unknown as RequestRecord
  }

  /** The same on another clock; once for all of its records. */
  moveTo(origin: number): Pack {
    if (this.#moved?.origin !== origin) this.#moved = new Pack(this.columns, origin)
    return this.#moved
  }

  instant(column: Column | undefined, place: number): number | undefined {
    const ticks = column?.at(place)
    return ticks === undefined ? undefined : this.origin + ticks / ticksPerMs
  }
}

/** Instants of a packed record. */
class PackedMarks {
  readonly #record: PackedRecord

  constructor(record: PackedRecord) {
    this.#record = record
  }

  static {
    for (const [at, field] of markFields.entries()) {
      Object.defineProperty(this.prototype, field, {
        get(this: PackedMarks): number | undefined {
          return this.#record.mark(at)
        },
      })
    }
  }
}

/** A record that takes its fields out of a pack whenever it is asked for them. */
export class PackedRecord {
  #pack: Pack
  #place: number
  #marks: PackedMarks | undefined

  constructor(pack: Pack, place: number) {
    this.#pack = pack
    this.#place = place
  }

  static {
    for (const [at, field] of numberFields.entries()) {
      Object.defineProperty(this.prototype, field, {
        get(this: PackedRecord): number | undefined {
          return this.#pack.columns.numbers[at]?.at(this.#place)
        },
      })
    }
    for (const [at, { field, values }] of choiceFields.entries()) {
      Object.defineProperty(this.prototype, field, {
        get(this: PackedRecord): unknown {
          return values[this.#pack.columns.choices[at]?.at(this.#place) ?? 0]
        },
      })
    }
    for (const field of textFields) {
      Object.defineProperty(this.prototype, field, {
        get(this: PackedRecord): unknown {
          const { texts, textPlaces } = this.#pack.columns
          return texts[textPlaces.at(this.#place) ?? 0]?.[field]
        },
      })
    }
  }

  get marks(): RequestMarks {
    this.#marks ??= new PackedMarks(this)
    return this.#marks as unknown as RequestMarks
  }

  /** The instant at a place in `markFields`. */
  mark(at: number): number | undefined {
    return this.#pack.instant(this.#pack.columns.marks[at], this.#place)
  }

  /** From now on it is the record at another place. */
  goTo(pack: Pack, place: number): RequestRecord {
    this.#pack = pack
    this.#place = place
    return this as unknown as RequestRecord
  }

  get tokenTimes(): Float64Array {
    const times = new Float64Array(this.tokenCount)
    for (let token = 0; token < times.length; token++) times[token] = this.tokenTime(token)
    return times
  }

  get tokenCount(): number {
    const { tokenStarts } = this.#pack.columns
    return (tokenStarts.at(this.#place + 1) ?? 0) - (tokenStarts.at(this.#place) ?? 0)
  }

  tokenTime(token: number): number {
    const { tokenStarts, tokenTimes } = this.#pack.columns
    return this.#pack.instant(tokenTimes, (tokenStarts.at(this.#place) ?? 0) + token) ?? 0
  }

  isSince(origin: number): boolean {
    return this.#pack.origin === origin
  }

  moveTo(origin: number): RequestRecord {
    return this.#pack.moveTo(origin).view(this.#place)
  }

  shift(by: number): RequestRecord {
    return this.moveTo(this.#pack.origin + by)
  }

  /** The same as a record of its own, with all of its fields. */
  toJSON(): RequestRecord {
    const record = this.#pack.view(this.#place)
    return {
      ...pick(record, [...numberFields, ...choiceFields.map(({ field }) => field), ...textFields]),
      marks: pick(record.marks, markFields),
      tokenTimes: record.tokenTimes,
    } as RequestRecord
  }
}

function pick(from: object, fields: readonly string[]): object {
  return keepKnown(Object.fromEntries(fields.map((field) => [field, Reflect.get(from, field)])))
}

/** Packs records, with their instants in whole ticks since `origin`. */
export function pack(records: readonly RequestRecord[], origin: number): Pack {
  const column = (valueOf: (record: RequestRecord) => number | undefined): Column => {
    const values = new Float64Array(records.length)
    for (const [place, record] of records.entries()) values[place] = valueOf(record) ?? Number.NaN
    return new Column(values)
  }
  const ticks = (at: number | undefined): number | undefined =>
    at === undefined ? undefined : toTicks(at - origin)

  const marks: Column[] = []
  for (const field of markFields) {
    const own = column((record) => ticks(record.marks[field]))
    // Many an answer begins with its first token, and several marks then always say the same.
    marks.push(marks.find((other) => other.equals(own)) ?? own)
  }
  const starts = new Float64Array(records.length + 1)
  for (const [place, { tokenTimes }] of records.entries()) {
    starts[place + 1] = (starts[place] ?? 0) + tokenTimes.length
  }
  const tokens = new Float64Array(starts.at(-1) ?? 0)
  let token = 0
  for (const { tokenTimes } of records) {
    for (let i = 0; i < tokenTimes.length; i++) {
      tokens[token++] = toTicks((tokenTimes[i] as number) - origin)
    }
  }
  const texts = new Map<string, { place: number; own: Texts }>()
  const textPlaces = column((record) => {
    const own = takeTexts(record)
    const key = JSON.stringify(own)
    const known = texts.get(key) ?? { place: texts.size, own }
    texts.set(key, known)
    return known.place
  })
  return new Pack(
    {
      marks,
      numbers: numberFields.map((field) => column((record) => record[field])),
      choices: choiceFields.map((choice) => column((record) => placeChoice(choice, record))),
      tokenStarts: new Column(starts),
      tokenTimes: new Column(tokens),
      textPlaces,
      texts: Array.from(texts.values(), ({ own }) => own),
    },
    origin,
  )
}
