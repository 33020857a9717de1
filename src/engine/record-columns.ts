import { makeRoom } from '../stream/token-times.ts'
import type { FailedRecord, RequestMarks, RequestRecord } from './record.ts'

/**
 * Records on their way between processes: two typed arrays instead of an object per request or
 * event, with plain objects only for what is text.
 */
export interface Columns {
  count: number
  /** `width` numbers per record; NaN stands for `undefined`. */
  numbers: Float64Array
  /** Token instants of all records, one after the other. */
  tokenTimes: Float64Array
  /** By position in the batch. */
  texts: readonly Texts[]
}

/** Fields of a record that are numbers. */
type NumberField = {
  [Field in keyof RequestRecord]-?: RequestRecord[Field] extends number | undefined ? Field : never
}[keyof RequestRecord]

/** Instants of a record; another one needs a line here, as do the fields of the other tables. */
export const markFields: readonly (keyof RequestMarks)[] = [
  'scheduled',
  'called',
  'dispatched',
  'headers',
  'firstByte',
  'firstEvent',
  'firstContent',
  'firstToken',
  'firstOutput',
  'lastToken',
  'completed',
  'lastByte',
  'ended',
]

/** Its numbers. */
export const numberFields: readonly NumberField[] = [
  'index',
  'row',
  'round',
  'stage',
  'slot',
  'status',
  'events',
  'reads',
  'bytes',
  'promptTokens',
  'cachedTokens',
  'completionTokens',
]

/** What is one of a few values. */
export const choiceFields: readonly Choice<keyof RequestRecord>[] = [
  { field: 'target', values: ['candidate', 'baseline'] },
  { field: 'phase', values: ['warmup', 'measured'] },
  { field: 'outcome', values: ['completed', 'failed', 'cancelled'] },
  { field: 'reused', values: [false, true] },
  { field: 'replaced', values: [undefined, 'unsent', 'resent'] },
  { field: 'heldBack', values: [undefined, true] },
]

type Choice<Field extends keyof RequestRecord> = Field extends unknown
  ? { field: Field; values: readonly RequestRecord[Field][] }
  : never

/** What is text. */
export const textFields: readonly (keyof FailedRecord)[] = [
  'failure',
  'dialect',
  'output',
  'eventNames',
  'missingOutput',
]

/** The texts of a record that it has. */
export type Texts = Partial<FailedRecord>

const width = markFields.length + numberFields.length + choiceFields.length + 1

/** Records that wait to be sent, as columns already: a batch costs little when its time has come. */
export interface RecordBatch {
  count(): number
  add(record: RequestRecord): void
  /** All that were added since it was last asked. */
  take(): Columns
}

export function createRecordBatch(): RecordBatch {
  let count = 0
  let numbers = new Float64Array(16 * width)
  let tokenTimes = new Float64Array(1024)
  let tokens = 0
  let texts: Texts[] = []
  return {
    count: () => count,
    add(record) {
      let at = count++ * width
      numbers = makeRoom(numbers, at + width)
      for (const field of markFields) numbers[at++] = record.marks[field] ?? Number.NaN
      for (const field of numberFields) numbers[at++] = record[field] ?? Number.NaN
      for (const choice of choiceFields) numbers[at++] = placeChoice(choice, record)
      numbers[at] = record.tokenTimes.length
      tokenTimes = makeRoom(tokenTimes, tokens + record.tokenTimes.length)
      tokenTimes.set(record.tokenTimes, tokens)
      tokens += record.tokenTimes.length
      texts.push(takeTexts(record))
    },
    take() {
      const columns: Columns = {
        count,
        numbers: numbers.slice(0, count * width),
        tokenTimes: tokenTimes.slice(0, tokens),
        texts,
      }
      count = 0
      tokens = 0
      texts = []
      return columns
    },
  }
}

export function decodeRecords({ count, numbers, tokenTimes, texts }: Columns): RequestRecord[] {
  let at = 0
  let token = 0
  const take = (into: Record<string, unknown>, fields: readonly string[]): void => {
    for (const field of fields) {
      const value = numbers[at++]
      if (value === value) into[field] = value
    }
  }
  return Array.from({ length: count }, (_, position) => {
    const marks = {}
    const record: Record<string, unknown> = { marks }
    take(marks, markFields)
    take(record, numberFields)
    for (const { field, values } of choiceFields) {
      const choice = values[numbers[at++] ?? 0]
      if (choice !== undefined) record[field] = choice
    }
    const from = token
    token += numbers[at++] ?? 0
    record['tokenTimes'] = tokenTimes.subarray(from, token)
    return Object.assign(record, texts[position]) as unknown as RequestRecord
  })
}

/** Place of what a record has among the values of a field. */
export function placeChoice(
  { field, values }: Choice<keyof RequestRecord>,
  record: RequestRecord,
): number {
  return (values as readonly unknown[]).indexOf(record[field])
}

export function takeTexts(record: RequestRecord): Texts {
  const texts: Record<string, unknown> = {}
  for (const field of textFields) {
    const text = (record as Texts)[field]
    if (text !== undefined) texts[field] = text
  }
  return texts
}
