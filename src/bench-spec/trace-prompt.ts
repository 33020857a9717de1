import { writeWords } from './prompt-text.ts'
import { mix } from './random.ts'
import type { TokenRate } from './synthetic-rows.ts'
import type { PreparedRequest } from './template.ts'
import type { PromptRecipe } from './trace.ts'

/** What stands in a request in the place of its prompt until it is sent. */
export const promptMark = '{{prompt}}'

/** What texts are drawn for, so that none is the beginning of another by chance. */
const uses = { block: 1, own: 2, warmup: 3, pool: 4 }

/** A request by its 0-based number within its phase. */
interface Numbered {
  phase: 'warmup' | 'measured'
  index: number
}

/** The request with the prompt that its recipe asks for; one without a recipe stays as it is. */
type PromptWriter = (request: PreparedRequest, ticket: Numbered) => PreparedRequest

/**
 * Writes prompts when they are sent: those of a trace of twenty thousand requests are gigabytes. The
 * same block has the same text in all measured requests; those of the warm-up have none in common with
 * them, so that they fill no cache for them.
 */
export function createPromptWriter(
  requests: readonly PreparedRequest[],
  { seed, rate }: { seed: number; rate: TokenRate },
): PromptWriter {
  const hasRecipes = requests.some(({ prompt }) => prompt !== undefined)
  const pool = hasRecipes ? findPool(mix(seed, uses.pool)) : undefined
  return (request, { phase, index }) => {
    const { prompt, body } = request
    if (pool === undefined || prompt === undefined) return request
    if (body?.includes(promptMark) !== true) return request
    const isMeasured = phase === 'measured'
    const own = mix(mix(seed, isMeasured ? uses.own : uses.warmup), index)
    const blocks = isMeasured ? prompt.blocks : []
    const states = blocks.map((block) => mix(mix(seed, uses.block), block))
    const text = composeText(prompt, [...states, own], { rate, pool })
    // Words and blanks are the same in JSON.
    return { ...request, body: body.replaceAll(promptMark, () => text) }
  }
}

/** A part for each state: blocks, and behind them what is left. */
function composeText(
  { tokens, blockTokens }: PromptRecipe,
  states: readonly number[],
  { rate, pool }: { rate: TokenRate; pool: Pool },
): string {
  const parts: string[] = []
  let rest = Math.max(1, tokens - rate.overhead)
  for (const [place, state] of states.entries()) {
    const length = place === states.length - 1 ? rest : Math.min(rest, blockTokens)
    const words = Math.round(length / rate.tokensPerWord)
    if (words > 0) parts.push(cut(pool, state, words))
    rest -= length
  }
  return parts.length === 0 ? cut(pool, states[0] ?? 0, 1) : parts.join(' ')
}

/** A long text of which others are parts: to draw each word would keep who stamps from it. */
interface Pool {
  state: number
  text: string
  /** Where each of its words begins, and behind the last one where another would. */
  starts: Uint32Array
}

const poolWords = 2 ** 16

/** That of a rehearsal is that of its load, which may not wait for it. */
let latest: Pool | undefined

function findPool(state: number): Pool {
  if (latest?.state !== state) latest = createPool(state)
  return latest
}

function createPool(state: number): Pool {
  const text = `${writeWords(state, poolWords)} `
  const starts = new Uint32Array(poolWords + 1)
  for (let word = 1; word <= poolWords; word++) {
    starts[word] = text.indexOf(' ', starts[word - 1]) + 1
  }
  return { state, text, starts }
}

/** Words that are drawn for a text alone: no other one begins like it. */
const drawnWords = 8

/** So many words; the shorter of two texts of a state begins the longer one. */
function cut({ text, starts }: Pool, state: number, words: number): string {
  const parts = [writeWords(state, Math.min(words, drawnWords))]
  let from = (mix(state, uses.pool) >>> 0) % poolWords
  for (let rest = words - drawnWords; rest > 0;) {
    const to = Math.min(from + rest, poolWords)
    parts.push(text.slice(starts[from], (starts[to] ?? 0) - 1))
    rest -= to - from
    from = 0
  }
  return parts.join(' ')
}
