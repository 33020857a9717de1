import { countPromptTokens } from '../content.ts'
import type { Answer, Ask, Dialect, Rendering } from './dialect.ts'

/** Text as it comes, without any framing of its own: /stream/raw. Any body is a prompt. */
export const rawDialect: Dialect = { name: 'raw', methods: ['GET', 'POST'], readAsk }

function readAsk(text: string): Ask {
  return { prompt: text, promptTokens: countPromptTokens(text), render }
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
