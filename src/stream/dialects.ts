import type { DialectName } from '../bench-spec/stream-format.ts'
import type { Dialect, Framing, Sign } from './dialect.ts'
import { documentDialect } from './document-dialect.ts'
import { done, eventStream, jsonLines, keepAlives, named, openaiUsage } from './named-dialects.ts'
import { findAt, parsePath } from './path.ts'

const rows = Object.values(named)

/** A stream of a shape nobody described: text is looked for where the named dialects keep it. */
const unknownShape = {
  eventNamePath: 'event',
  content: rows.flatMap(({ content }) => content),
  reasoning: rows.flatMap(({ reasoning }) => reasoning),
  toolCalls: rows.flatMap(({ toolCalls }) => toolCalls),
  toolNames: rows.flatMap(({ toolNames }) => toolNames),
  tokenEvents: 'all',
  usage: [...openaiUsage, ...named.dify.usage],
  error: { ...named.dify.error, path: 'error' },
  ignoredEvents: keepAlives,
} as const

const sse: Dialect = {
  ...unknownShape,
  name: 'sse',
  framing: 'sse',
  contentTypes: eventStream,
  payload: 'text',
  completion: [
    done,
    {
      kind: 'event',
      names: ['workflow_finished', 'workflow_paused'],
      promisedBy: ['workflow_started', 'node_started'],
    },
    { kind: 'eof' },
  ],
}

const ndjson: Dialect = {
  ...unknownShape,
  name: 'ndjson',
  framing: 'ndjson',
  contentTypes: jsonLines,
  payload: 'json',
  completion: [{ kind: 'field', path: 'done', equals: true }, { kind: 'eof' }],
}

const raw: Dialect = {
  name: 'raw',
  framing: 'raw',
  contentTypes: [],
  payload: 'text',
  content: [],
  reasoning: [],
  toolCalls: [],
  toolNames: [],
  tokenEvents: 'all',
  completion: [{ kind: 'eof' }],
  error: {},
  usage: [],
  ignoredEvents: [],
}

/** Every stream format there is. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  ...named,
  sse,
  ndjson,
  raw,
  json: documentDialect,
}

/** The named dialect that a payload belongs to, cut like this; `undefined`: none that is known. */
export function sniffDialect(payload: unknown, framing: Framing): Dialect | undefined {
  return rows.find((dialect) => {
    const fits = dialect.framing === framing || (dialect.arrays === true && framing === 'ndjson')
    return fits && dialect.signs?.every((sign) => shows(payload, sign))
  })
}

function shows(payload: unknown, sign: Sign): boolean {
  const value = findAt(payload, parsePath(sign.path))
  return sign.in === undefined ? value !== undefined && value !== null : sign.in.includes(value)
}
