import type { Failure, RequestMarks, RequestRecord } from '../engine/record.ts'
import { keepKnown } from '../metrics/known.ts'

/**
 * One record as one line of `requests.ndjson`, without the line end. Marks and token times are in
 * ms since `t0`, an instant on the clock of the records.
 */
export function renderRequest(record: RequestRecord, t0: number): string {
  const since = (at: number | undefined): number | null =>
    at === undefined ? null : Number((at - t0).toFixed(4))
  const { marks } = record
  return JSON.stringify({
    index: record.index,
    phase: record.phase,
    round: record.round,
    slot: record.slot,
    row: record.row ?? null,
    outcome: record.outcome,
    failure:
      record.outcome === 'failed'
        ? { kind: record.failure.kind, message: record.failure.message }
        : null,
    status: record.status ?? null,
    dialect: record.dialect ?? null,
    reused: record.reused,
    marks_ms: {
      scheduled: since(marks.scheduled),
      called: since(marks.called),
      dispatched: since(marks.dispatched),
      headers: since(marks.headers),
      first_byte: since(marks.firstByte),
      first_event: since(marks.firstEvent),
      first_content: since(marks.firstContent),
      first_token: since(marks.firstToken),
      first_output: since(marks.firstOutput),
      last_token: since(marks.lastToken),
      completed: since(marks.completed),
      last_byte: since(marks.lastByte),
      ended: since(marks.ended),
    },
    token_times_ms: Array.from(record.tokenTimes, since),
    events: record.events,
    reads: record.reads,
    bytes: record.bytes,
    prompt_tokens: record.promptTokens ?? null,
    completion_tokens: record.completionTokens ?? null,
    output: record.output ?? null,
  })
}

type Known<T> = T | null

/** What `renderRequest` writes. */
interface RequestLine {
  index: number
  phase: RequestRecord['phase']
  round: number
  slot: number
  row: Known<number>
  outcome: RequestRecord['outcome']
  failure: Known<Failure>
  status: Known<number>
  dialect: Known<string>
  reused: boolean
  marks_ms: Readonly<Record<string, Known<number>>>
  token_times_ms: readonly number[]
  events: number
  reads: number
  bytes: number
  prompt_tokens: Known<number>
  completion_tokens: Known<number>
  output: Known<string>
}

/**
 * A line of `requests.ndjson` as the record that it was rendered from; its instants are in ms since
 * the first one of the run. Throws for a line that is no JSON or no request.
 */
export function parseRequest(line: string): RequestRecord {
  const given = JSON.parse(line) as RequestLine
  const { marks_ms: marks, outcome, failure } = given
  if (typeof marks !== 'object' || !Array.isArray(given.token_times_ms)) {
    throw new Error('no marks_ms, or no token_times_ms')
  }
  const base = keepKnown<Omit<RequestRecord & { outcome: 'completed' }, 'outcome'>>({
    index: given.index,
    phase: given.phase,
    round: given.round,
    slot: given.slot,
    row: given.row ?? undefined,
    status: given.status ?? undefined,
    dialect: given.dialect ?? undefined,
    reused: given.reused,
    marks: parseMarks(marks),
    tokenTimes: Float64Array.from(given.token_times_ms),
    events: given.events,
    reads: given.reads,
    bytes: given.bytes,
    promptTokens: given.prompt_tokens ?? undefined,
    completionTokens: given.completion_tokens ?? undefined,
    output: given.output ?? undefined,
  })
  if (outcome !== 'failed') return { ...base, outcome }
  if (failure === null) throw new Error('outcome failed, and no failure')
  return { ...base, outcome, failure }
}

function parseMarks(marks: RequestLine['marks_ms']): RequestMarks {
  const at = (name: string): number | undefined => marks[name] ?? undefined
  return keepKnown<RequestMarks>({
    scheduled: at('scheduled'),
    called: at('called'),
    dispatched: at('dispatched'),
    headers: at('headers'),
    firstByte: at('first_byte'),
    firstEvent: at('first_event'),
    firstContent: at('first_content'),
    firstToken: at('first_token'),
    firstOutput: at('first_output'),
    lastToken: at('last_token'),
    completed: at('completed'),
    lastByte: at('last_byte'),
    ended: at('ended'),
  })
}
