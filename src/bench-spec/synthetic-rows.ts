import { drawFrom } from './distribution.ts'
import { keepKnown } from './known.ts'
import { writeEachWord, writeWords } from './prompt-text.ts'
import { mix, mulberry32 } from './random.ts'
import type { Dataset, Row, Synthetic } from './spec.ts'

/** What a prompt comes to in tokens, as a server counts: `overhead` and so many for each of its words. */
export interface TokenRate {
  tokensPerWord: number
  /** Of what stands around the prompt: its template, and the other texts of the body. */
  overhead: number
}

/** Of most tokenizers about, which take a word of ours with the space before it as one. */
export const assumedRate: TokenRate = { tokensPerWord: 1, overhead: 0 }

/** What the seed of a spec draws: not the orders of rows, nor the arrivals. */
const uses = {
  lengths: 2 ** 32 - 2,
  texts: 2 ** 32 - 3,
  prefixes: 2 ** 32 - 4,
  gauges: 2 ** 32 - 5,
}

/** Tokens of the longest prompt or answer that a distribution may ask for. */
export const mostTokens: number = 2 ** 20

/** Words that a prompt has of its own however short it is: enough to be like no other. */
const leastOwnWords = 8

/** Columns of the rows, each of which a placeholder or a tag may name. */
export function listColumns({ output, sharedPrefix }: Synthetic): string[] {
  return [
    'prompt',
    'input_tokens',
    ...(output === undefined ? [] : ['output_tokens']),
    ...(sharedPrefix === 0 ? [] : ['group']),
  ]
}

/** So many rows whose prompts are not yet written: what lengths and groups are asked for. */
export function sketchDataset(synthetic: Synthetic, count: number): Dataset {
  const rows = Array.from({ length: count }, (_, index) => sketchRow(synthetic, index))
  return { source: 'synthetic', columns: listColumns(synthetic), rows, synthetic }
}

/** What a row asks for; `group` from 1. */
type Sketch = Row & { prompt: string; input_tokens: number; output_tokens?: number; group?: number }

/** A pure function of the seed and the place of the row, whatever is drawn for others. */
function sketchRow({ seed, input, output, ...shared }: Synthetic, index: number): Sketch {
  const random = mulberry32(mix(mix(seed, uses.lengths), index))
  const draw = (of: Synthetic['input']): number =>
    Math.min(mostTokens, Math.max(1, Math.round(drawFrom(of, random))))
  return keepKnown<Sketch>({
    prompt: '',
    input_tokens: draw(input),
    output_tokens: output && draw(output),
    group: shared.sharedPrefix === 0 ? undefined : (index % shared.groups) + 1,
  })
}

/**
 * So many rows with their prompts, as long as they are to be by `rate`. The first rows are the same
 * whatever their number is; at another rate a text is shorter or longer, and begins the same.
 */
export function writeRows(synthetic: Synthetic, count: number, rate: TokenRate): Row[] {
  const { seed, sharedPrefix } = synthetic
  const prefixWords = Math.round(sharedPrefix / rate.tokensPerWord)
  const prefixes = new Map<number, string>()
  const writePrefix = (group: number, words: number): string => {
    const state = mix(mix(seed, uses.prefixes), group)
    if (words < prefixWords) return writeWords(state, words)
    const known = prefixes.get(group) ?? writeWords(state, words)
    prefixes.set(group, known)
    return known
  }
  return Array.from({ length: count }, (_, index) => {
    const row = sketchRow(synthetic, index)
    const words = countWords(row.input_tokens, rate)
    const shared = Math.min(prefixWords, Math.max(0, words - leastOwnWords))
    const own = writeWords(mix(mix(seed, uses.texts), index), words - shared)
    const { group } = row
    const begin = group === undefined || shared === 0 ? '' : `${writePrefix(group, shared)} `
    return { ...row, prompt: begin + own }
  })
}

function countWords(tokens: number, { tokensPerWord, overhead }: TokenRate): number {
  return Math.max(1, Math.round((tokens - overhead) / tokensPerWord))
}

/** A row to find out a rate by, in the place of another and like none of a load: its prompt has so many words, each of its own. */
export function writeGaugeRow(row: Row | undefined, seed: number, words: number): Row {
  const prompt = writeEachWord(mix(mix(seed, uses.gauges), words), words)
  return { ...row, prompt, output_tokens: gaugeOutput }
}

/** Some servers refuse to answer with fewer. */
const gaugeOutput = 16
