import { createHash } from 'node:crypto'

import { type Content, holdCalls } from '../answer/answer.ts'
import type { Ask } from '../answer/ask.ts'
import { composeAnswer, type Moment } from '../answer/composition.ts'
import { defaultMaxTokens, profiles } from '../answer/profile.ts'
import { createTiming } from '../latency/timing.ts'
import type { Options } from '../options/options.ts'
import { delayPlan, delayUsage, type Plan } from '../plan/plan.ts'
import { createRandom } from '../plan/random.ts'
import { Refusal } from '../plan/refusal.ts'

/** What tells one request from another. */
export interface Identity {
  /** Decides every random draw. */
  key: string
  /** See `Sampler`. */
  turn: number | undefined
  /** See `Answer`. */
  ref: string
  created: number
}

/** What earlier requests mean for one. */
export interface Past {
  /** Tokens of its prompt that need no prefill. */
  cachedTokens: number
  /** By how much its first content is late, ms before `latency_factor`. */
  delay: number
}

export interface Planner {
  /** @throws Refusal when the profile does not serve what is asked. */
  check(ask: Ask): void
  /** The whole response, from the options, the request, its identity and its past alone. */
  plan(ask: Ask, identity: Identity, past?: Past): Plan
}

export function createPlanner(options: Options): Planner {
  const profile = profiles[options.profile]
  const { shape } = options
  const timeAnswer = createTiming(options)

  function check(ask: Ask): void {
    const { model, temperature, maxTokens, isPooled = false } = ask
    const promptTokens = ask.largestPrompt ?? ask.promptTokens
    if (profile.knowsModels && model !== undefined && options.models !== undefined) {
      if (!options.models.includes(model)) {
        const detail = { type: 'NotFoundError', param: 'model' }
        throw new Refusal(404, `The model \`${model}\` does not exist.`, detail)
      }
    }
    if (temperature !== undefined && temperature > profile.maxTemperature) {
      const message = `temperature must be between 0 and ${profile.maxTemperature}`
      throw new Refusal(400, message, { param: 'body.temperature' })
    }
    const answered = maxTokens ?? (isPooled ? 0 : 1)
    if (profile.refusesOverCap && promptTokens + answered > profile.tokenCap) {
      throw new Refusal(
        400,
        `This model's maximum context length is ${profile.tokenCap} tokens, but ${promptTokens} in the prompt and ${answered} in the answer were asked for.`,
        { type: 'BadRequestError', param: 'max_tokens' },
      )
    }
  }

  /** Without `tokens` text goes on until `max_tokens` cuts it; tool calls are written to fit. */
  function measureLength(ask: Ask, key: string): { length: number; end: 'own' | 'full' | 'cut' } {
    if (ask.isPooled === true) return { length: 0, end: 'own' }
    const limit = Math.min(ask.maxTokens ?? Infinity, profile.tokenCap)
    const usual = Math.min(limit, ask.maxTokens ?? defaultMaxTokens)
    const range = options.tokens ?? { min: usual, max: usual }
    const random = createRandom(options.seed, 'tokens', key)
    const drawn = range.min + Math.floor(random() * (range.max - range.min + 1))
    const { minTokens = 0 } = ask
    const length = Math.min(Math.max(drawn, minTokens), limit)
    if (drawn > limit || minTokens >= limit) return { length, end: 'cut' }
    const isEndless = options.tokens === undefined && ask.maxTokens !== undefined
    return { length, end: isEndless ? 'full' : 'own' }
  }

  function plan(ask: Ask, identity: Identity, past: Past = { cachedTokens: 0, delay: 0 }): Plan {
    const { key, turn, ref, created } = identity
    const { promptTokens, choices = 1, prompts = [promptTokens] } = ask
    const { length, end } = measureLength(ask, key)
    const moments = composeAnswer(options, ask, length, key)
    const callsTools = moments.at(-1)?.pieces[0]?.kind === 'tool_call'
    const finish = end === 'cut' || (end === 'full' && !callsTools) ? 'length' : 'stop'
    const timed = timeAnswer({ promptTokens, ...past }, moments.length, key, turn)
    const timing = { ...timed, contentsMs: placeMoments(moments, timed.contentsMs) }
    const pieces = moments.flatMap((moment, index) =>
      moment.pieces.map((piece): Content => ({ ...piece, atMs: timing.contentsMs[index]! })),
    )
    const content = shape.toolCalls?.hold === true ? holdCalls(pieces) : pieces
    const rendering = ask.render({
      ref,
      created,
      model: ask.model ?? options.models?.[0] ?? profile.model,
      content,
      finishReason: finish,
      promptTokens,
      cachedTokens: past.cachedTokens,
      choices,
      completionTokens: countTokens(content, 'text', 'reasoning', 'tool_call'),
      reasoningTokens: countTokens(content, 'reasoning'),
      shape,
    })
    const planned: Plan = {
      ...rendering,
      status: 200,
      framing: 'http',
      end: { kind: 'clean', atMs: timing.contentsMs.at(-1)! },
      promptTokens,
      choicePrompts: prompts.flatMap((tokens) => Array(choices / prompts.length).fill(tokens)),
      timing,
      finishReason: finish,
      saying: describeSaying(content, ask),
    }
    const counted = delayUsage(planned, shape.usageDelay)
    return delayPlan(counted, counted.events.length, shape.closeDelay)
  }

  return { check, plan }
}

/** Times of a script go before those of the latency, as long as they do not go back. */
function placeMoments(moments: readonly Moment[], timed: readonly number[]): number[] {
  const placed: number[] = []
  for (const [index, { atMs }] of moments.entries()) {
    const before = placed[index - 1] ?? 0
    const gap = timed[index]! - (timed[index - 1] ?? 0)
    placed.push(atMs === undefined ? before + gap : Math.max(before, atMs))
  }
  return placed
}

/** Of the first choice, and of the latest that its prompt has of the server's own. */
function describeSaying(
  content: readonly Content[],
  { said = [] }: Ask,
): NonNullable<Plan['saying']> {
  const own = content.filter(({ kind, choice }) => kind === 'text' && choice === 0)
  const text = own.map((piece) => piece.text).join('')
  return { text: digest(text), said: said.slice(-mostSaid).map(digest) }
}

const mostSaid = 64

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}

function countTokens(content: readonly Content[], ...kinds: readonly Content['kind'][]): number {
  return content.reduce((sum, { kind, tokens }) => sum + (kinds.includes(kind) ? tokens : 0), 0)
}
