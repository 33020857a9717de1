import type { RequestRecord } from '../engine/record.ts'

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
