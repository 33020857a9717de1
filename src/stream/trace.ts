import { keepKnown } from '../bench-spec/known.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { Meaning } from './interpret.ts'
import { createReader } from './read.ts'
import type { StreamFault, StreamMarks } from './reader.ts'

/** What an event was taken for. */
export type Role =
  | 'token'
  | 'output'
  | 'reasoning'
  | 'tool_call'
  | 'usage'
  | 'end'
  | 'error'
  | 'keep_alive'
  /** None of the others. */
  | 'lifecycle'

export interface TracedEvent {
  /** That of the read that completed it. */
  at: number
  name?: string
  /** As it came, of raw text that of one read. */
  data: string
  /** At least one. */
  roles: readonly Role[]
}

/** One body, as it was read. */
export interface Trace {
  events: readonly TracedEvent[]
  marks: StreamMarks
  fault?: StreamFault
}

export interface TraceOptions {
  format?: StreamFormat | undefined
  contentType?: string | undefined
  /** Instant of the clean end of the body; `undefined`: it was broken off. */
  ended?: number | undefined
}

/** Reads a body once more, from the pieces in which it came, and keeps what each event was taken for. */
export function traceStream(
  reads: readonly { at: number; bytes: Uint8Array }[],
  { format, contentType, ended }: TraceOptions,
): Trace {
  const events: (TracedEvent & { meaning: Meaning; token: boolean })[] = []
  let now = 0
  const reader = createReader(format, contentType, {
    keepOutput: true,
    observe(data, meaning, token) {
      const name = meaning.kind === 'event' ? meaning.name : undefined
      events.push({ ...keepKnown({ at: now, name, data }), roles: [], meaning, token })
    },
  })
  for (const { at, bytes } of reads) {
    now = at
    reader.feed(bytes, at)
  }
  const { marks } = reader
  // What was broken off behind its proper end stays an answer.
  const last = marks.completed === undefined ? undefined : now
  const end = ended ?? last
  const fault = end === undefined ? reader.fault() : reader.end(end)
  // A later event may have taken back that those before it were tokens: the last ones are left.
  let later = marks.tokenTimes.length
  const traced = events.toReversed().map(({ meaning, token, ...event }) => {
    const counts = token && later-- > 0
    return { ...event, roles: listRoles(meaning, counts) }
  })
  return keepKnown<Trace>({ events: traced.toReversed(), marks, fault })
}

function listRoles(meaning: Meaning, token: boolean): readonly Role[] {
  if (meaning.kind === 'keep_alive') return ['keep_alive']
  if (meaning.kind === 'sentinel') return ['end']
  if (meaning.kind === 'fault') return ['error']
  const { content, promptTokens, cachedTokens, completionTokens, completes } = meaning
  const counts = [promptTokens, cachedTokens, completionTokens]
  const counted = counts.some((count) => count !== undefined)
  const roles: Role[] = [
    ...(token ? ['token' as const] : []),
    ...(content === undefined ? [] : [content]),
    ...(counted ? ['usage' as const] : []),
    ...(completes === undefined ? [] : ['end' as const]),
  ]
  return roles.length === 0 ? ['lifecycle'] : roles
}
