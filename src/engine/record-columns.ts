import { keepKnown } from '../bench-spec/known.ts'
import type { Failure, RequestMarks, RequestRecord } from './record.ts'

/**
 * Records on their way between processes: two typed arrays instead of an object per request or
 * event, with plain objects only for what is text.
 */
export interface Columns {
  count: number
  /** `fields.length` numbers per record; NaN stands for `undefined`. */
  numbers: Float64Array
  /** Token instants of all records, one after the other. */
  tokenTimes: Float64Array
  /** By position in the batch. */
  texts: readonly Texts[]
}

interface Texts {
  failure?: Failure
  dialect?: string
  output?: string
  eventNames?: RequestRecord['eventNames']
  missingOutput?: RequestRecord['missingOutput']
}

const markFields = [
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
] as const satisfies readonly (keyof RequestMarks)[]

const recordFields = [
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
  'completionTokens',
] as const satisfies readonly (keyof RequestRecord)[]

const outcomes = ['completed', 'failed', 'cancelled'] as const

const replacements = [undefined, 'unsent', 'resent'] as const

const width = markFields.length + recordFields.length + 7

export function encodeRecords(records: readonly RequestRecord[]): Columns {
  const numbers = new Float64Array(records.length * width)
  const tokenTimes = new Float64Array(records.reduce((sum, r) => sum + r.tokenTimes.length, 0))
  let at = 0
  let token = 0
  for (const record of records) {
    for (const field of markFields) numbers[at++] = record.marks[field] ?? Number.NaN
    for (const field of recordFields) numbers[at++] = record[field] ?? Number.NaN
    numbers[at++] = record.target === 'candidate' ? 0 : 1
    numbers[at++] = record.phase === 'warmup' ? 0 : 1
    numbers[at++] = outcomes.indexOf(record.outcome)
    numbers[at++] = record.reused ? 1 : 0
    numbers[at++] = replacements.indexOf(record.replaced)
    numbers[at++] = record.heldBack === true ? 1 : 0
    numbers[at++] = record.tokenTimes.length
    tokenTimes.set(record.tokenTimes, token)
    token += record.tokenTimes.length
  }
  return { count: records.length, numbers, tokenTimes, texts: records.map(takeTexts) }
}

export function decodeRecords(columns: Columns): RequestRecord[] {
  const records: RequestRecord[] = []
  let token = 0
  for (let i = 0; i < columns.count; i++) {
    const row = columns.numbers.subarray(i * width, (i + 1) * width)
    const numbers = new Map<string, number>()
    ;[...markFields, ...recordFields].forEach((field, j) => {
      const value = row[j] ?? Number.NaN
      if (!Number.isNaN(value)) numbers.set(field, value)
    })
    const [target, phase, outcome, reused, replaced = 0, heldBack, tokens = 0] = row.subarray(
      width - 7,
    )
    const { failure, ...texts } = columns.texts[i] ?? {}
    const base = keepKnown({
      ...pick(numbers, recordFields),
      target: target === 0 ? 'candidate' : 'baseline',
      phase: phase === 0 ? 'warmup' : 'measured',
      marks: pick(numbers, markFields),
      tokenTimes: columns.tokenTimes.subarray(token, token + tokens),
      reused: reused === 1,
      replaced: replacements[replaced],
      heldBack: heldBack === 1 ? true : undefined,
      ...texts,
    }) as unknown as Omit<RequestRecord, 'outcome' | 'failure'>
    token += tokens
    const kind = outcomes[outcome ?? 2] ?? 'cancelled'
    records.push(
      kind === 'failed' && failure !== undefined
        ? { ...base, outcome: 'failed', failure }
        : ({ ...base, outcome: kind } as RequestRecord),
    )
  }
  return records
}

function takeTexts(record: RequestRecord): Texts {
  return keepKnown<Texts>({
    failure: record.outcome === 'failed' ? record.failure : undefined,
    dialect: record.dialect,
    output: record.output,
    eventNames: record.eventNames,
    missingOutput: record.missingOutput,
  })
}

function pick(
  numbers: ReadonlyMap<string, number>,
  fields: readonly string[],
): Record<string, number> {
  const picked: Record<string, number> = {}
  for (const field of fields) {
    const value = numbers.get(field)
    if (value !== undefined) picked[field] = value
  }
  return picked
}
