import { isFields, parseFields } from './fields.ts'
import { leadKeys, promptKeys } from './prompt-head.ts'

/** What stands beside a text of a message and is none. */
const labels: ReadonlySet<string> = new Set(['role', 'type', 'id', 'name', 'tool_call_id'])

/** The texts of the prompts in a body that is JSON, also as a text, as a model reads them; empty where none is found. */
export function listPrompts(body: unknown): string[] {
  const fields = parseFields(body)
  if (fields === undefined) return []
  const keys = Object.keys(fields)
  const read = [leadKeys, promptKeys].flatMap((known) => keys.filter((key) => known.includes(key)))
  return read.flatMap((key) => listTexts(fields[key]))
}

function listTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(listTexts)
  if (!isFields(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => (labels.has(key) ? [] : listTexts(inner)))
}

/** A letter of these scripts is about one token; of all else four characters are. */
const dense =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu

/**
 * Tokens of a text by rule of thumb: one for each Chinese, Japanese, Korean or Thai character, one for
 * four characters of any other. Within a factor of two of most vocabularies.
 */
export function estimateTokens(text: string): number {
  const few = text.replace(dense, '')
  const many = text.length - few.length
  return many + Math.ceil(few.length / 4)
}
