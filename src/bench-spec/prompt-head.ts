import { type Fields, isFields, parseFields } from './fields.ts'

/** What a model reads before all messages, whatever the format calls it. */
export const leadKeys: readonly string[] = [
  'system',
  'systemInstruction',
  'system_instruction',
  'instructions',
]

/** Where else a prompt is, the likeliest beginning first. */
export const promptKeys: readonly string[] = [
  'messages',
  'contents',
  'prompt',
  'query',
  'input',
  'inputs',
]

/** Text that stands before the prompt of that number within a body, 0-based. */
export type Lead = (prompt: number) => string

/**
 * The body with a text at the head of each prompt: before its system message where there is one, else
 * before its first message or text. A list of texts holds a prompt each. `undefined`: no prompt is found.
 */
function leadPrompts(body: Fields, lead: Lead): Fields | undefined {
  for (const key of [...leadKeys, ...promptKeys]) {
    const led = leadValue(body[key], lead)
    if (led !== undefined) return { ...body, [key]: led }
  }
  return undefined
}

function leadValue(value: unknown, lead: Lead): unknown {
  if (typeof value === 'string') return lead(0) + value
  if (Array.isArray(value)) return leadList(value, lead)
  if (!isFields(value)) return undefined
  // DashScope keeps its messages in an object, Gemini the parts of its instruction, Dify its variables.
  return leadPrompts(value, lead) ?? leadParts(value, lead) ?? leadAny(value, lead)
}

function leadList(list: readonly unknown[], lead: Lead): readonly unknown[] | undefined {
  if (list.length > 0 && list.every((item) => typeof item === 'string')) {
    return list.map((text, index) => lead(index) + text)
  }
  const system = list.findIndex((item) => isFields(item) && isSystem(item['role']))
  const order = system === -1 ? [...list.keys()] : [system, ...list.keys()]
  for (const place of order) {
    const item = list[place]
    const led = isFields(item) ? leadMessage(item, lead) : undefined
    if (led !== undefined) return list.with(place, led)
  }
  return undefined
}

function isSystem(role: unknown): boolean {
  return role === 'system' || role === 'developer'
}

/** A message, or a part that is a text itself. */
function leadMessage(message: Fields, lead: Lead): Fields | undefined {
  const { text, content } = message
  if (typeof text === 'string') return { ...message, text: lead(0) + text }
  if (typeof content === 'string') return { ...message, content: lead(0) + content }
  return leadParts(message, lead)
}

function leadParts(holder: Fields, lead: Lead): Fields | undefined {
  for (const key of ['content', 'parts']) {
    const parts = holder[key]
    if (!Array.isArray(parts)) continue
    const place = parts.findIndex((part) => isFields(part) && typeof part['text'] === 'string')
    if (place === -1) continue
    const part = parts[place] as Fields & { text: string }
    // An image before the text is part of the prompt: only what stands before it makes it another one.
    const led =
      place === 0
        ? parts.with(0, { ...part, text: lead(0) + part.text })
        : [{ ...part, text: lead(0) }, ...parts]
    return { ...holder, [key]: led }
  }
  return undefined
}

/** Variables of an app, whose prompt nobody sees from here: each text may begin it. */
function leadAny(variables: Fields, lead: Lead): Fields | undefined {
  const texts = Object.entries(variables).filter(([, value]) => typeof value === 'string')
  if (texts.length === 0) return undefined
  const led = texts.map(([key, text], index) => [key, lead(index) + String(text)])
  return { ...variables, ...Object.fromEntries(led) }
}

/** A body, and the offsets in it at which its prompts begin. */
export interface HeadedBody {
  body: string
  heads: readonly number[]
}

/** What no body holds by chance. */
const sentinel = '\u0000\u0007head\u0007\u0000'
const written = JSON.stringify(sentinel).slice(1, -1)

/**
 * A body as JSON with `shared` before each of its prompts, behind which heads are; what is put there
 * must be text that JSON does not escape. `undefined`: no prompt is found.
 */
export function findHeads(body: unknown, shared: string): HeadedBody | undefined {
  const fields = parseFields(body)
  const led = fields && leadPrompts(fields, () => sentinel)
  if (led === undefined) return undefined
  const [first = '', ...others] = JSON.stringify(led).split(written)
  const heads: number[] = []
  let whole = first
  for (const piece of others) {
    whole += JSON.stringify(shared).slice(1, -1)
    heads.push(whole.length)
    whole += piece
  }
  return { body: whole, heads }
}

/** The body with a text at each of its heads. */
export function fillHeads({ body, heads }: HeadedBody, lead: Lead): string {
  const pieces = heads.map((at, index) => body.slice(heads[index - 1] ?? 0, at) + lead(index))
  return pieces.join('') + body.slice(heads.at(-1) ?? 0)
}
