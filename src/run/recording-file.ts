import { listKinds } from '../bench-spec/kinds.ts'
import { keepKnown } from '../bench-spec/known.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { Recording } from '../engine/record.ts'
import { escapeJson } from '../report/escaping.ts'
import { type RecordedRequest, toRecordingDocument } from '../results/recordings.ts'
import { type Trace, traceStream } from '../stream/trace.ts'
import type { Drive } from './drive.ts'

/** What was recorded of a run, with what became of each request; `undefined`: nothing was to be. */
export function joinRecordings({
  spec,
  records,
  recordings,
}: Drive): readonly RecordedRequest[] | undefined {
  const kinds = listKinds(spec)
  return recordings?.map((recording) => {
    const record = records.find(
      ({ phase, index }) => phase === 'measured' && index === recording.index,
    )
    return keepKnown<RecordedRequest>({
      recording,
      stream: kinds[record?.kind ?? 0]?.stream,
      outcome: record?.outcome,
      failure: record?.outcome === 'failed' ? record.failure : undefined,
    })
  })
}

/** A line for each request that was recorded, with what its events were read as. */
export function renderRecordings(recorded: readonly RecordedRequest[]): string {
  const lines = recorded.map((request) => {
    const { events } = traceRecording(request.recording, request.stream)
    return escapeJson(JSON.stringify(toRecordingDocument(request, events)))
  })
  return lines.map((line) => `${line}\n`).join('')
}

/** Reads what was recorded once more. What was not kept whole does not end, as far as can be told. */
export function traceRecording(
  { reads, headers, omitted, ended }: Recording,
  format: StreamFormat | undefined,
): Trace {
  return traceStream(reads, {
    format,
    contentType: headers['content-type'],
    ended: omitted > 0 ? undefined : ended,
  })
}
