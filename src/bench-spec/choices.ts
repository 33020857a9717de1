import { type KindSource, listKinds } from './kinds.ts'
import { prepareRequest } from './template.ts'

/** How many answers a request asks for at once. */
export interface Choices {
  /** To each of its prompts: `n`. */
  each: number
  /** To all of them: completions may have several prompts. */
  all: number
}

export const oneChoice: Choices = { each: 1, all: 1 }

/** Reads the body of a request in a format of OpenAI's; one answer where it says nothing else. */
export function readChoices(body: string | undefined): Choices {
  const { n, prompt } = parse(body)
  const each = typeof n === 'number' && Number.isSafeInteger(n) && n > 0 ? n : 1
  return { each, all: each * countPrompts(prompt) }
}

function parse(body: string | undefined): { n?: unknown; prompt?: unknown } {
  try {
    const value: unknown = JSON.parse(body ?? '')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** A list of numbers is one prompt, by the ids of its tokens. */
function countPrompts(prompt: unknown): number {
  if (!Array.isArray(prompt) || prompt.length === 0) return 1
  return prompt.every((part) => typeof part === 'number') ? 1 : prompt.length
}

/** What each request of a spec asks for: `row` is that of the data of its kind, where there is any. */
export function findChoices(
  spec: KindSource,
): (request: { row?: number; kind?: number }) => Choices {
  const kinds = listKinds(spec).map(({ target, dataset }) => {
    return { target, dataset, known: new Map<number, Choices>() }
  })
  return ({ row = 0, kind = 0 }) => {
    const own = kinds[kind]
    if (own === undefined) return oneChoice
    const { target, dataset, known } = own
    const choices =
      known.get(row) ?? readChoices(prepareRequest(target, dataset?.rows[row] ?? {}).body)
    known.set(row, choices)
    return choices
  }
}
