import { createHash } from 'node:crypto'

import { parseFields } from './fields.ts'
import { orderRows } from './row-order.ts'
import type { Load } from './spec.ts'
import { expectRequests } from './stages.ts'
import type { PreparedRequest } from './template.ts'
import { listPrompts } from './token-estimate.ts'
import { findCommon } from './trace-cache.ts'
import type { PromptRecipe } from './trace.ts'

/** How far the prompts of measured requests repeat those that were sent before, the warm-up included. */
export interface Repetition {
  /** Measured requests. */
  requests: number
  /** Those whose whole prompt an earlier request had. */
  repeated: number
  /** Different prompts among all that are sent. */
  different: number
  /**
   * Share of the characters of measured prompts that an earlier prompt began with, 0–1: of one that is
   * repeated all of them, of another one the blocks at its beginning.
   */
  share: number
}

/** How often a row is sent in each phase. */
export interface Uses {
  warmup: number
  measured: number
}

/** Characters of a block: 16 tokens, the block of vLLM's cache, of four each. */
const block = 64

/** Characters that are compared of all prompts together, and of each at the least. */
const compared = { all: 2 ** 26, each: 1024 }

/**
 * What a cache without limits could know. Only whole blocks of a beginning count, and of a text that is
 * longer than what is compared its beginning alone, unless all of it is the same. Beginnings are shared
 * within one URL, `model` and `cache_salt`. Without a prompt that is known in the body the whole of the
 * body stands for it. `uses`: of each request, by its place. `limit`: characters that are compared of each prompt.
 * `undefined`: nothing is measured.
 */
export function measureRepetition(
  requests: readonly PreparedRequest[],
  uses: readonly Uses[],
  limit: number = Math.max(compared.each, Math.floor(compared.all / requests.length)),
): Repetition | undefined {
  const recipes = requests.flatMap(({ prompt }, place) => {
    const { measured = 0 } = uses[place] ?? {}
    return measured === 0 ? [] : (prompt ?? [])
  })
  if (recipes.length > 0) return measureRecipes(recipes)
  const texts = new Map<string, Uses & { text: PromptText }>()
  for (const [place, request] of requests.entries()) {
    const { warmup = 0, measured = 0 } = uses[place] ?? {}
    if (warmup + measured === 0) continue
    const text = readPromptText(request, limit)
    const known = texts.get(text.key) ?? { text, warmup: 0, measured: 0 }
    known.warmup += warmup
    known.measured += measured
    texts.set(text.key, known)
  }
  const all = [...texts.values()].sort((a, b) => (a.text.key < b.text.key ? -1 : 1))
  const measured = all.reduce((sum, each) => sum + each.measured, 0)
  if (measured === 0) return undefined
  const warm = all.filter(({ warmup }) => warmup > 0)
  const characters = all.reduce((sum, each) => sum + each.measured * each.text.length, 0)
  // Whatever the order in which they come, each block that differs has to be read once.
  const computed = countNew(all.map(({ text }) => text)) - countNew(warm.map(({ text }) => text))
  return {
    requests: measured,
    repeated: measured - (all.length - warm.length),
    different: all.length,
    share: (characters - computed) / characters,
  }
}

/** Of a trace, each of whose prompts is sent once, and has nothing in common with the warm-up. */
function measureRecipes(recipes: readonly PromptRecipe[]): Repetition {
  const { repeated, share } = findCommon(recipes)
  const requests = recipes.length
  return { requests, repeated, different: requests - repeated, share }
}

/** How often each row is sent; `undefined` where the number of requests is not known beforehand. */
export function planUses(rows: number, load: Load): Uses[] | undefined {
  const requests = countRequests(load)
  if (requests === undefined) return undefined
  const uses = Array.from({ length: rows }, () => ({ warmup: 0, measured: 0 }))
  const order = orderRows(rows, load)
  for (const [phase, count] of [
    ['warmup', load.warmup] as const,
    ['measured', requests] as const,
  ]) {
    for (let index = 0; index < count; index++) {
      const used = uses[order({ phase, index })]
      if (used !== undefined) used[phase]++
    }
  }
  return uses
}

/** Of a rate about as many as will be due. */
export function countRequests(load: Load): number | undefined {
  const { requests, duration = Infinity, stages } = load
  if (requests !== undefined || load.kind === 'closed') return requests
  const due =
    stages === undefined
      ? (load.rate * duration) / 1000
      : stages.reduce((sum, stage) => sum + expectRequests(stage), 0)
  return Math.floor(due)
}

/** A prompt as it is compared. */
interface PromptText {
  /** The same for the same prompt; begins with what must be the same for a beginning to be shared. */
  key: string
  /** Where the prompt begins in `key`, and where what is compared of it ends. */
  from: number
  to: number
  /** Characters of the prompt. */
  length: number
}

function readPromptText({ url, body = '' }: PreparedRequest, limit: number): PromptText {
  const fields = parseFields(body)
  const prompts = listPrompts(fields)
  const { model, cache_salt: salt } = fields ?? {}
  const isKnown = prompts.length > 0
  const root = `${JSON.stringify(isKnown ? [url, model, salt] : [url])}\0`
  const text = isKnown ? prompts.join('\n') : body
  const rest = text.length > limit ? `\0${digest(text)}` : ''
  return {
    key: `${root}${text.slice(0, limit)}${rest}`,
    from: root.length,
    to: isKnown ? root.length + Math.min(limit, text.length) : root.length,
    length: Math.max(1, text.length),
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

/** Characters that no other text before it in order begins with. */
function countNew(sorted: readonly PromptText[]): number {
  return sorted.reduce((sum, text, place) => {
    const before = sorted[place - 1]
    return sum + text.length - (before === undefined ? 0 : countShared(before, text))
  }, 0)
}

/** Characters of whole blocks that two texts begin with. */
function countShared(one: PromptText, other: PromptText): number {
  const to = Math.min(one.to, other.to)
  let at = 0
  while (at < to && one.key.charCodeAt(at) === other.key.charCodeAt(at)) at++
  return Math.max(0, Math.floor((at - other.from) / block) * block)
}

/** The first two requests, by place, that are used and have the same prompt; `undefined`: none have. */
export function findTwins(
  requests: readonly PreparedRequest[],
  uses: readonly Uses[],
): [first: number, second: number] | undefined {
  const seen = new Map<string, number>()
  for (const [place, request] of requests.entries()) {
    const { warmup = 0, measured = 0 } = uses[place] ?? {}
    if (warmup + measured === 0) continue
    const { key } = readPromptText(request, 0)
    const first = seen.get(key)
    if (first !== undefined) return [first, place]
    seen.set(key, place)
  }
  return undefined
}
