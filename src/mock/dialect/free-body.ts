import type { Ask } from '../answer/ask.ts'
import { type Fields, isFields } from '../plan/fields.ts'
import { keepKnown } from '../plan/known.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import { readCount } from './body.ts'

/**
 * The body of a format that nobody defined: any text is a prompt, and so is the text under `prompt` of
 * a JSON object, whose `max_tokens` limits the answer.
 *
 * @throws Refusal 400 for a `max_tokens` that is no count.
 */
export function readFreeBody(text: string): Pick<Ask, 'prompt' | 'promptTokens' | 'maxTokens'> {
  const body = readObject(text)
  const { prompt } = body
  const asked = typeof prompt === 'string' ? prompt : text
  return keepKnown({
    prompt: asked,
    promptTokens: countPromptTokens(asked),
    maxTokens: readCount(body, 'max_tokens', 1),
  })
}

function readObject(text: string): Fields {
  try {
    const body: unknown = JSON.parse(text)
    return isFields(body) ? body : {}
  } catch {
    return {}
  }
}
