import type { Answer } from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import type { Dialect } from './dialect.ts'

/** Text as it comes, without any framing of its own: /stream/raw. Any body is a prompt. */
export const rawDialect: Dialect = {
  name: 'raw',
  methods: ['GET', 'POST'],
  readAsk: (text): Ask => ({
    prompt: text,
    promptTokens: countPromptTokens(text),
    kinds: [],
    render,
  }),
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
