import { keepKnown } from '../bench-spec/known.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { RecordedRequest } from '../results/recordings.ts'
import { listTextPlaces, suggestFormat } from '../stream/suggestion.ts'
import type { Trace } from '../stream/trace.ts'

/** A body that was read once more. */
export interface Replay {
  /** `undefined`: a body alone, without times. */
  request?: RecordedRequest
  contentType?: string
  /** `undefined`: chosen from the body. */
  format?: StreamFormat
  trace: Trace
}

/** Keys of a `stream_format` in a spec. */
export function toSpecFormat(format: StreamFormat): Readonly<Record<string, string>> {
  return keepKnown<Record<string, string>>({
    type: format.dialect,
    first_token_event: format.firstTokenEvent,
    completion_event: format.completionEvent,
    output_path: format.outputPath,
    content_type: format.contentType,
  })
}

/** What ended the answer. */
export function nameEnd({ request, trace: { events, marks, fault } }: Replay): string | null {
  if (fault !== undefined) return null
  const last = events.findLast(({ roles }) => roles.includes('end'))
  if (last !== undefined) return last.name ?? last.data.trim().slice(0, 40)
  if (marks.completed !== undefined) return 'end of the body'
  const broken = request !== undefined && request.recording.ended === undefined
  return broken || (request?.recording.omitted ?? 0) > 0 ? null : 'finish reason'
}

/** What `--json` prints; times are in ms since dispatch, `null` where there are none. */
export function toReplayDocument(replay: Replay): object {
  const { request, contentType, format, trace } = replay
  const { events, marks, fault } = trace
  const timed = request !== undefined
  const time = (at: number | undefined): number | null => (timed ? (at ?? null) : null)
  return {
    dialect: marks.dialect,
    content_type: contentType ?? null,
    stream_format: format === undefined ? null : toSpecFormat(format),
    suggestion: format === undefined ? toSpecFormat(suggestFormat(trace)) : null,
    outcome: request?.outcome ?? null,
    failure: fault ?? request?.failure ?? null,
    end: nameEnd(replay),
    marks_ms: {
      first_event: time(marks.firstEvent),
      first_content: time(marks.firstContent),
      first_token: time(marks.firstToken),
      first_output: time(marks.firstOutput),
      last_token: time(marks.lastToken),
      completed: time(marks.completed),
    },
    tokens: marks.tokenTimes.length,
    event_count: marks.events,
    event_names: marks.eventNames,
    prompt_tokens: marks.promptTokens ?? null,
    cached_tokens: marks.cachedTokens ?? null,
    completion_tokens: marks.completionTokens ?? null,
    output: marks.output ?? null,
    missing_output: marks.missingOutput ?? null,
    texts: listTextPlaces(events).map(({ name, path, texts }) => ({
      event: name ?? null,
      path,
      events: texts.length,
      text: texts.join(''),
    })),
    events: events.map(({ at, name, roles, data }) => ({
      at_ms: time(at),
      event: name ?? null,
      taken_for: roles,
      data,
    })),
  }
}
