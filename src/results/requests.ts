import type { Issue } from '../bench-spec/issue.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { createSchemaCheck, type SchemaCheck } from '../bench-spec/schema-check.ts'
import { type RunTracing, traceIdOf } from '../bench-spec/tracing.ts'
import { keepRecords } from '../engine/packed-records.ts'
import { type Failure, requestNumber, type RequestRecord, type Records } from '../engine/record.ts'
import { DocumentError } from './document-error.ts'
import { requestSchema } from './requests-schema.ts'
import type { Results } from './results-document.ts'
import { fixed, orNull } from './rounding.ts'

/** What the requests of a run are named by. */
export interface RunNames {
  /** Of the kinds of its mix, secrets out of them. */
  kinds?: readonly string[]
  /** What gives them their trace ids; `undefined`: they have none. */
  tracing?: Pick<RunTracing, 'run'>
}

/** Those of a run whose results are there. */
export function namesOf({ mix, tracing }: Pick<Results, 'mix' | 'tracing'>): RunNames {
  return keepKnown<RunNames>({
    kinds: mix.map(({ name }) => name),
    tracing: tracing === null ? undefined : { run: tracing.run_id },
  })
}

/**
 * One record as one line of `requests.ndjson`, without the line end. Marks and token times are in
 * ms since `t0`, an instant on the clock of the records. `kinds`: names of those of its mix; `tracing`: of its run.
 */
export function renderRequest(
  record: RequestRecord,
  t0: number,
  { kinds = [], tracing }: RunNames = {},
): string {
  const since = (at: number | undefined): number | null => orNull(at, (known) => fixed(known - t0))
  const { marks } = record
  return JSON.stringify({
    target: record.target,
    number: requestNumber(record),
    phase: record.phase,
    round: record.round,
    stage: record.stage ?? null,
    session: orNull(record.session, countFromOne),
    turn: orNull(record.turn, countFromOne),
    step: record.step ?? null,
    slot: record.slot,
    kind: record.kind === undefined ? null : (kinds[record.kind] ?? null),
    row: record.row ?? null,
    trace_id: tracing === undefined ? null : traceIdOf(tracing, record),
    outcome: record.outcome,
    failure:
      record.outcome === 'failed'
        ? { kind: record.failure.kind, message: record.failure.message }
        : null,
    status: record.status ?? null,
    dialect: record.dialect ?? null,
    held_back: record.heldBack ?? false,
    reused: record.reused,
    leaves: record.leaves ?? false,
    replaced: record.replaced ?? null,
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
    event_names: record.eventNames ?? null,
    reads: record.reads,
    bytes: record.bytes,
    prompt_tokens: record.promptTokens ?? null,
    cached_tokens: record.cachedTokens ?? null,
    completion_tokens: record.completionTokens ?? null,
    output: record.output ?? null,
    missing_output: record.missingOutput ?? null,
  })
}

function countFromOne(number: number): number {
  return number + 1
}

let check: SchemaCheck | undefined

/**
 * The records of the lines of a `requests.ndjson`, in their order; instants are in ms since its own
 * origin. `file` is shown in errors; `kinds`: names of those of its mix, in their order, and any other
 * is taken to come behind them.
 * @throws {DocumentError} of the first line that is not as `renderRequest` writes it.
 */
export function parseRequests(
  lines: Iterable<string>,
  file: string,
  kinds: readonly string[] = [],
): Records {
  const kept = keepRecords()
  const names = [...kinds]
  let number = 0
  for (const line of lines) {
    number++
    if (line !== '') kept.add([parseRequest(line, number, { file, names })])
  }
  kept.end()
  return kept.records
}

function parseRequest(
  line: string,
  number: number,
  { file, names }: { file: string; names: string[] },
): RequestRecord {
  check ??= createSchemaCheck(requestSchema)
  const position = { line: number, column: 1, offset: 0, length: line.length }
  const value = parseJson(line)
  const issues: readonly Issue[] =
    value === undefined
      ? [{ path: [], position, message: 'is not JSON. Was the file cut short?' }]
      : check(value, () => position)
  if (issues.length > 0) throw new DocumentError(issues, file)
  return toRecord(value as RequestLine, names, () => {
    const message = 'is nothing, but a failed request has a failure.'
    return new DocumentError([{ path: ['failure'], position, message }], file)
  })
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** What `requestSchema` lets through, as far as it is not taken over by name. */
interface RequestLine {
  target: RequestRecord['target']
  number: number
  phase: RequestRecord['phase']
  round: number
  stage: number | null
  session: number | null
  turn: number | null
  step: number | null
  slot: number
  kind: string | null
  row: number | null
  outcome: RequestRecord['outcome']
  failure: Failure | null
  status: number | null
  dialect: string | null
  held_back: boolean
  reused: boolean
  leaves: boolean
  replaced: NonNullable<RequestRecord['replaced']> | null
  marks_ms: Record<string, number | null> & Record<'scheduled' | 'called' | 'ended', number>
  token_times_ms: number[]
  events: number
  reads: number
  bytes: number
  prompt_tokens: number | null
  cached_tokens: number | null
  completion_tokens: number | null
  output: string | null
  event_names: RequestRecord['eventNames'] | null
  missing_output: RequestRecord['missingOutput'] | null
}

function toRecord(line: RequestLine, names: string[], refuse: () => DocumentError): RequestRecord {
  const { number, phase, round, slot, events, reads, bytes, reused, marks_ms: at } = line
  const base = {
    index: number - 1,
    target: line.target,
    phase,
    round,
    slot,
    marks: keepKnown<RequestRecord['marks']>({
      scheduled: at.scheduled,
      called: at.called,
      dispatched: at['dispatched'] ?? undefined,
      headers: at['headers'] ?? undefined,
      firstByte: at['first_byte'] ?? undefined,
      firstEvent: at['first_event'] ?? undefined,
      firstContent: at['first_content'] ?? undefined,
      firstToken: at['first_token'] ?? undefined,
      firstOutput: at['first_output'] ?? undefined,
      lastToken: at['last_token'] ?? undefined,
      completed: at['completed'] ?? undefined,
      lastByte: at['last_byte'] ?? undefined,
      ended: at.ended,
    }),
    tokenTimes: Float64Array.from(line.token_times_ms),
    events,
    reads,
    bytes,
    reused,
  }
  const more = {
    row: line.row ?? undefined,
    kind: line.kind === null ? undefined : placeName(line.kind, names),
    stage: line.stage ?? undefined,
    session: line.session === null ? undefined : line.session - 1,
    turn: line.turn === null ? undefined : line.turn - 1,
    step: line.step ?? undefined,
    status: line.status ?? undefined,
    dialect: line.dialect ?? undefined,
    leaves: line.leaves || undefined,
    replaced: line.replaced ?? undefined,
    heldBack: line.held_back || undefined,
    promptTokens: line.prompt_tokens ?? undefined,
    cachedTokens: line.cached_tokens ?? undefined,
    completionTokens: line.completion_tokens ?? undefined,
    output: line.output ?? undefined,
    eventNames: line.event_names ?? undefined,
    missingOutput: line.missing_output ?? undefined,
  }
  if (line.outcome === 'left') {
    return keepKnown({ ...base, ...more, outcome: line.outcome, leaves: true })
  }
  if (line.outcome !== 'failed') return keepKnown({ ...base, ...more, outcome: line.outcome })
  if (line.failure === null) throw refuse()
  return keepKnown({ ...base, ...more, outcome: line.outcome, failure: line.failure })
}

/** 0-based; one that is not there yet is added. */
function placeName(name: string, names: string[]): number {
  const place = names.indexOf(name)
  return place === -1 ? names.push(name) - 1 : place
}
