import { isFields } from '../fields.ts'
import type { Fields } from '../fields.ts'
import { Refusal } from '../refusal.ts'
import type { Ask } from './dialect.ts'

/** How much usage a stream carries. */
export type UsageWish = 'none' | 'final' | 'continuous'

/** @throws Refusal 400 unless the body is a JSON object. */
export function parseBody(text: string): Fields {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new Refusal(400, 'The body is not valid JSON', { param: 'body' })
  }
  if (!isFields(body)) throw new Refusal(400, 'The body is not a JSON object', { param: 'body' })
  return body
}

/**
 * The keys that chat completions and completions share. `max_completion_tokens` goes before
 * `max_tokens`.
 *
 * @throws Refusal 400 for a value of the wrong kind.
 */
export function readSampling(body: Fields): Omit<Ask, 'prompt' | 'promptTokens' | 'render'> {
  const model = body['model'] ?? undefined
  if (model !== undefined && typeof model !== 'string') refuse('model', 'a string')
  const temperature = body['temperature'] ?? undefined
  if (temperature !== undefined && (typeof temperature !== 'number' || temperature < 0)) {
    refuse('temperature', 'a number of at least 0')
  }
  if ((body['n'] ?? 1) !== 1) refuse('n', '1, the only number of choices served here')
  const maxTokens = readCount(body, 'max_completion_tokens', 1) ?? readCount(body, 'max_tokens', 1)
  const minTokens = readCount(body, 'min_tokens', 0)
  return {
    ...(model === undefined ? {} : { model }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(minTokens === undefined ? {} : { minTokens }),
  }
}

/** @throws Refusal 400 unless `stream` is absent or a boolean. */
export function readStreamFlag(body: Fields): boolean {
  const stream = body['stream'] ?? false
  if (typeof stream !== 'boolean') refuse('stream', 'true or false')
  return stream
}

/**
 * vLLM's rule: a given `stream_options` asks for usage unless it says `include_usage: false`;
 * `continuous_usage_stats` then puts it on every chunk.
 */
export function readUsageWish(body: Fields): UsageWish {
  const options = body['stream_options']
  if (!isFields(options) || options['include_usage'] === false) return 'none'
  return options['continuous_usage_stats'] === true ? 'continuous' : 'final'
}

/** What the server's own rule makes of the wish. */
export function resolveUsage(wish: UsageWish, rule: 'asked' | 'always' | 'never'): UsageWish {
  if (rule === 'never') return 'none'
  return rule === 'always' && wish === 'none' ? 'final' : wish
}

function readCount(body: Fields, key: string, min: number): number | undefined {
  const value = body[key] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min) {
    refuse(key, `a whole number of at least ${min}`)
  }
  return value
}

function refuse(key: string, expected: string): never {
  throw new Refusal(400, `1 validation error:\n  ${key} must be ${expected}`, {
    param: `body.${key}`,
  })
}
