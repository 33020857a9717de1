import type { Prompt } from '../latency/prefix-cache.ts'
import type { Fields } from '../plan/fields.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import { refuse } from './body.ts'

const mostPrompts = 128

/**
 * What stands under `key`: a text, token ids, or a list of either.
 *
 * @throws Refusal 400 for anything else, an empty list, or a very long one.
 */
export function readPrompts(body: Fields, key: string): readonly Prompt[] {
  const value = body[key]
  const list: unknown[] = Array.isArray(value) && !isIds(value) ? value : [value]
  const prompts = list.filter((one): one is Prompt => typeof one === 'string' || isIds(one))
  if (prompts.length === 0 || prompts.length < list.length || list.length > mostPrompts) {
    refuse(key, 'texts or lists of token ids')
  }
  return prompts
}

export function countPrompt(prompt: Prompt): number {
  return typeof prompt === 'string' ? countPromptTokens(prompt) : prompt.length
}

function isIds(prompt: unknown): prompt is number[] {
  return (
    Array.isArray(prompt) && prompt.length > 0 && prompt.every((id) => Number.isSafeInteger(id))
  )
}
