import { isFields, parseFields } from './fields.ts'
import { hasPlaceholder } from './template.ts'

/** The most tokens that a body lets an answer have. */
export interface OutputLimit {
  /** As the API calls it. */
  key: string
  /** Text: placeholders, which the rows fill. */
  tokens: number | string
}

/** What different servers call the most tokens that they are to answer with. */
export const limitKeys: readonly string[] = [
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'maxOutputTokens',
  'max_new_tokens',
  'num_predict',
  'n_predict',
]

/** The model that a body asks for, with its placeholders; `undefined` where it names none. */
export function findModel(body: unknown): string | undefined {
  const model = parseFields(body)?.['model']
  return typeof model === 'string' && model !== '' ? model : undefined
}

/** What bounds the length of an answer, in the body or in an object of it; `undefined`: nothing. */
export function findOutputLimit(body: unknown): OutputLimit | undefined {
  const fields = parseFields(body)
  if (fields === undefined) return undefined
  const places = [fields, ...Object.values(fields).filter(isFields)]
  for (const place of places) {
    for (const key of limitKeys) {
      const tokens = place[key]
      // −1 is no limit where it is one at all.
      if (typeof tokens === 'number' && tokens > 0) return { key, tokens }
      if (typeof tokens === 'string' && (hasPlaceholder(tokens) || Number(tokens) > 0))
        return { key, tokens }
    }
  }
  return undefined
}
