import type { Answer } from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import type { Dialect } from './dialect.ts'
import { readFreeBody } from './free-body.ts'

/** Text as it comes, without any framing of its own: /stream, /v1/stream, /stream/raw. */
export const rawDialect: Dialect = {
  name: 'raw',
  methods: ['GET', 'POST'],
  readAsk: (text): Ask => ({ ...readFreeBody(text), kinds: [], render }),
  textKeys: [],
  usageKeys: { generated: [], total: [] },
}

function render(answer: Answer): Rendering {
  return {
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    headersAtMs: 0,
    events: answer.content.map(({ text, tokens, atMs }) => ({
      atMs,
      kind: 'content',
      bytes: Buffer.from(text),
      tokens,
    })),
  }
}
