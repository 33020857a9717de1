import { writeWords } from './prompt-text.ts'
import { mix } from './random.ts'
import type { TokenRate } from './synthetic-rows.ts'
import type { PreparedRequest } from './template.ts'
import type { PromptRecipe } from './trace.ts'

/** What stands in a request in the place of its prompt until it is sent. */
export const promptMark = '{{prompt}}'

/** What texts are drawn for, so that none is the beginning of another by chance. */
const uses = { block: 1, own: 2, warmup: 3 }

/**
 * The request with the prompt that its recipe asks for, written when it is sent: a trace of twenty
 * thousand prompts would else be gigabytes. The same block has the same text in all measured requests;
 * those of the warm-up have none in common with them, so that they fill no cache for them.
 */
export function writePrompt(
  request: PreparedRequest,
  { phase, index }: { phase: 'warmup' | 'measured'; index: number },
  { seed, rate }: { seed: number; rate: TokenRate },
): PreparedRequest {
  const { prompt, body } = request
  if (prompt === undefined || body?.includes(promptMark) !== true) return request
  const recipe = phase === 'measured' ? prompt : { ...prompt, blocks: [] }
  const own = mix(mix(seed, phase === 'measured' ? uses.own : uses.warmup), index)
  const text = composeText(recipe, { blocks: mix(seed, uses.block), own, rate })
  // Words and blanks are the same in JSON.
  return { ...request, body: body.replaceAll(promptMark, () => text) }
}

function composeText(
  { tokens, blocks, blockTokens }: PromptRecipe,
  { rate, ...seeds }: { blocks: number; own: number; rate: TokenRate },
): string {
  const parts: string[] = []
  let rest = Math.max(1, tokens - rate.overhead)
  const add = (state: number, length: number): void => {
    const words = Math.round(length / rate.tokensPerWord)
    if (words > 0) parts.push(writeWords(state, words))
    rest -= length
  }
  for (const block of blocks) add(mix(seeds.blocks, block), Math.min(rest, blockTokens))
  if (rest > 0) add(seeds.own, rest)
  return parts.length === 0 ? writeWords(seeds.own, 1) : parts.join(' ')
}
