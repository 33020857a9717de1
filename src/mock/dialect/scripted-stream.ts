import { type Answer, findLastMs } from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import type { Script } from '../answer/stream-script.ts'
import type { PlanEvent } from '../plan/plan.ts'
import type { Dialect } from './dialect.ts'
import { frameEvent, frameLine, renderLines, renderStream } from './framing.ts'
import { readFreeBody } from './free-body.ts'

/** /stream/sse: what the script says, or `{"text": …}` and `[DONE]`. */
export const sseDialect: Dialect = {
  name: 'sse',
  methods: ['GET', 'POST'],
  readAsk: (text) => readAsk(text, renderSse),
  renderFailure: ({ message }) => `data: ${JSON.stringify({ error: { message } })}\n\n`,
  textKeys: ['text'],
  usageKeys: { generated: [], total: [] },
}

/** /stream/ndjson: what the script says, or lines of `{"text": …}`. */
export const ndjsonDialect: Dialect = {
  name: 'ndjson',
  methods: ['GET', 'POST'],
  readAsk: (text) => readAsk(text, renderNdjson),
  renderFailure: ({ message }) => `${JSON.stringify({ error: { message } })}\n`,
  textKeys: ['text'],
  usageKeys: { generated: [], total: [] },
}

function readAsk(text: string, render: (answer: Answer) => Rendering): Ask {
  return { ...readFreeBody(text), kinds: [], isScripted: true, render }
}

function renderSse(answer: Answer): Rendering {
  const { script } = answer.shape
  if (script !== undefined) return renderStream(playScript(script, answer))
  const events = answer.content.map(({ atMs, text, tokens }) =>
    frameEvent(atMs, 'content', { text }, { tokens }),
  )
  return renderStream([...events, frameEvent(findLastMs(answer), 'done', '[DONE]')])
}

function renderNdjson(answer: Answer): Rendering {
  const { script } = answer.shape
  if (script !== undefined) return renderLines(playScript(script, answer))
  return renderLines(
    answer.content.map(({ atMs, text, tokens }) =>
      frameLine(atMs, 'content', { text }, { tokens }),
    ),
  )
}

/** Every part with data counts as one token, `[DONE]` and what has no data as none. */
function playScript({ parts }: Script, { content }: Answer): PlanEvent[] {
  return parts.map(({ text }, index) => {
    const { atMs } = content[index]!
    const bytes = Buffer.from(text)
    if (/^data: ?\[DONE\]\r?$/m.test(text)) return { atMs, kind: 'done', bytes, tokens: 0 }
    return /^(?:data:|\{)/m.test(text)
      ? { atMs, kind: 'content', bytes, tokens: 1 }
      : { atMs, kind: 'lifecycle', bytes, tokens: 0 }
  })
}
