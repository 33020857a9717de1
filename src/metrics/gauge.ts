import { assumedRate, type TokenRate } from '../bench-spec/synthetic-rows.ts'
import type { RequestRecord } from '../engine/record.ts'

/** How many tokens the words of made-up prompts come to, and how that is known. */
export type Gauge =
  | { kind: 'told'; rate: TokenRate }
  | { kind: 'assumed'; rate: TokenRate; cause: GaugeCause }

/** Why the server did not tell. */
export type GaugeCause =
  /** A request to gauge by failed; the message is one line and may hold the server's words. */
  | { kind: 'failed'; message: string }
  | { kind: 'unsent' }
  /** An answer without `usage` of the prompt. */
  | { kind: 'untold' }
  /** More words did not come to more tokens. */
  | { kind: 'unrelated' }

/** A prompt to gauge by, and what became of it; `undefined`: it was not sent. */
export interface Gauging {
  words: number
  record: RequestRecord | undefined
}

/** Words of which one takes more tokens are none of ours. */
const mostPerWord = 20

/** The line through what two prompts of different lengths came to. Pure. */
export function readGauge(short: Gauging, long: Gauging): Gauge {
  const tokens: number[] = []
  for (const { record } of [short, long]) {
    if (record?.outcome === 'failed') {
      return assume({ kind: 'failed', message: record.failure.message })
    }
    if (record?.outcome !== 'completed') return assume({ kind: 'unsent' })
    if (record.promptTokens === undefined) return assume({ kind: 'untold' })
    tokens.push(record.promptTokens)
  }
  const [few = 0, many = 0] = tokens
  const tokensPerWord = (many - few) / (long.words - short.words)
  if (!(tokensPerWord > 1 / mostPerWord && tokensPerWord < mostPerWord)) {
    return assume({ kind: 'unrelated' })
  }
  const overhead = Math.max(0, few - short.words * tokensPerWord)
  return { kind: 'told', rate: { tokensPerWord, overhead } }
}

function assume(cause: GaugeCause): Gauge {
  return { kind: 'assumed', rate: assumedRate, cause }
}
