import type { Ask } from '../answer/ask.ts'
import type { Shape } from '../answer/shape.ts'
import { type Fields, isFields } from '../plan/fields.ts'
import { keepKnown } from '../plan/known.ts'
import { Refusal } from '../plan/refusal.ts'

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

/** What most formats call by the same names. */
export function readSampling(body: Fields): Pick<Ask, 'model' | 'temperature'> {
  const model = body['model'] ?? undefined
  if (model !== undefined && typeof model !== 'string') refuse('model', 'a string')
  const temperature = body['temperature'] ?? undefined
  if (temperature !== undefined && (typeof temperature !== 'number' || temperature < 0)) {
    refuse('temperature', 'a number of at least 0')
  }
  return keepKnown<Pick<Ask, 'model' | 'temperature'>>({ model, temperature })
}

/**
 * The keys that chat completions and completions share. `max_completion_tokens` goes before
 * `max_tokens`.
 *
 * @throws Refusal 400 for a value of the wrong kind.
 */
export function readGenerating(
  body: Fields,
): Pick<Ask, 'model' | 'temperature' | 'maxTokens' | 'minTokens'> & { choices: number } {
  const maxTokens = readCount(body, 'max_completion_tokens', 1) ?? readCount(body, 'max_tokens', 1)
  const minTokens = readCount(body, 'min_tokens', 0)
  const choices = readCount(body, 'n', 1) ?? 1
  if (choices > mostChoices) refuse('n', `at most ${mostChoices}`)
  return keepKnown({ ...readSampling(body), maxTokens, minTokens, choices })
}

const mostChoices = 128

/** @throws Refusal 400 unless the flag is absent or a boolean. */
export function readFlag(body: Fields, key: string, fallback = false): boolean {
  const flag = body[key] ?? fallback
  if (typeof flag !== 'boolean') refuse(key, 'true or false')
  return flag
}

/**
 * How much usage a stream carries. vLLM's rule: a given `stream_options` asks for it unless it says
 * `include_usage: false`, and `continuous_usage_stats` puts it on every chunk; OpenAI's: only
 * `include_usage: true` asks for it. The server's own rule goes first.
 */
export function resolveUsage(body: Fields, { usage, chunks }: Shape): UsageWish {
  if (usage === 'never') return 'none'
  const options = body['stream_options']
  const asked =
    isFields(options) &&
    (options['include_usage'] === true || (chunks === 'vllm' && options['include_usage'] !== false))
  if (!asked) return usage === 'always' ? 'final' : 'none'
  return chunks === 'vllm' && options['continuous_usage_stats'] === true ? 'continuous' : 'final'
}

export function readCount(body: Fields, key: string, min: number): number | undefined {
  const value = body[key] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min) {
    refuse(key, `a whole number of at least ${min}`)
  }
  return value
}

/**
 * The text of a list of messages whose content is a text or a list of parts.
 *
 * @throws Refusal 400 unless there is at least one.
 */
export function readMessages(body: Fields, key: string, parts = 'content'): string {
  const messages = body[key]
  if (!Array.isArray(messages) || messages.length === 0) refuse(key, 'a list of messages')
  return messages.map((message) => readText(message, parts)).join('\n')
}

/** What stands before all messages, a text or a list of parts, with a line end behind each text. */
export function readSystem(system: unknown): string {
  if (typeof system === 'string') return `${system}\n`
  if (!Array.isArray(system)) return ''
  return system
    .map((part) => (isFields(part) && typeof part['text'] === 'string' ? `${part['text']}\n` : ''))
    .join('')
}

/** The text of a message; of a list of parts that of its text parts. */
function readText(message: unknown, key: string): string {
  const content = isFields(message) ? message[key] : undefined
  const parts: unknown[] = Array.isArray(content) ? content : [{ text: content }]
  return parts
    .map((part) => (isFields(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('')
}

/** @throws Refusal 400 that says what was expected at this key. */
export function refuse(key: string, expected: string): never {
  throw new Refusal(400, `1 validation error:\n  ${key} must be ${expected}`, {
    param: `body.${key}`,
  })
}
