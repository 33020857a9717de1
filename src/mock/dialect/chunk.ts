import { createHash } from 'node:crypto'

import { type Answer, findLastMs } from '../answer/answer.ts'
import { type Fields, isFields } from '../plan/fields.ts'
import type { PlanEvent } from '../plan/plan.ts'
import type { UsageWish } from './body.ts'
import type { Dialect, Failure } from './dialect.ts'
import { frameEvent } from './framing.ts'

/** Writes the chunks of a stream in OpenAI's formats; `completed`: tokens so far, of all choices. */
export type WriteChunk = (choices: readonly unknown[], completed: number) => Record<string, unknown>

/** What every chunk of an answer carries, as the server of the profile writes it. */
export function createChunks(
  answer: Answer,
  body: Fields,
  usage: UsageWish,
  head: { id: string; object: string },
): WriteChunk {
  const { created, model, shape } = answer
  const options = body['stream_options']
  const obfuscates = !(isFields(options) && options['include_obfuscation'] === false)
  let number = 0
  return (choices, completed) => {
    const isUsage = choices.length === 0
    const isCounted = isUsage || usage === 'continuous'
    const soFar = isUsage ? undefined : completed
    const chunk = {
      id: head.id,
      object: head.object,
      created,
      model,
      choices,
      ...(isCounted && { usage: renderUsage(answer, soFar) }),
    }
    if (shape.chunks === 'vllm') return chunk
    return {
      ...chunk,
      service_tier: 'default',
      system_fingerprint: 'fp_mock',
      ...(usage !== 'none' && !isUsage && { usage: null }),
      ...(obfuscates && { obfuscation: obfuscate(answer.ref, number++) }),
    }
  }
}

/** Text of a length that says nothing of the length of the content. */
export function obfuscate(ref: string, number: number): string {
  const digest = createHash('sha256').update(`${ref} ${number}`).digest()
  return digest.toString('base64url').slice(0, 2 + (digest[0]! % 16))
}

/** Usage as OpenAI and vLLM write it; `soFar`: tokens of an answer that goes on. */
export function renderUsage(answer: Answer, soFar?: number): Record<string, unknown> {
  const { promptTokens, cachedTokens, shape } = answer
  const completed = soFar ?? answer.completionTokens
  const thought = Math.min(answer.reasoningTokens, completed)
  const isOpenai = shape.chunks === 'openai'
  // vLLM tells them of a whole answer, and only when there are any.
  const tellsCached = isOpenai || (soFar === undefined && cachedTokens > 0)
  const written = { completion_tokens: completed }
  const total = { total_tokens: promptTokens + completed }
  return {
    prompt_tokens: promptTokens,
    ...(shape.usageTotal === 'last' ? { ...written, ...total } : { ...total, ...written }),
    ...(tellsCached && { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    ...((isOpenai || thought > 0) && { completion_tokens_details: { reasoning_tokens: thought } }),
  }
}

/**
 * What follows the contents: the reasons of the finish unless the last contents had them, the usage
 * that is wished for, the sentinel.
 */
export function endChunks(
  answer: Answer,
  usage: UsageWish,
  write: WriteChunk,
  finish: (choice: number) => object,
): PlanEvent[] {
  const { shape, choices, completionTokens } = answer
  const atMs = findLastMs(answer)
  const reasons = Array.from(
    { length: shape.finishStyle === 'separate' ? choices : 0 },
    (_, choice) => frameEvent(atMs, 'lifecycle', write([finish(choice)], completionTokens)),
  )
  const counts = usage === 'none' ? [] : [frameEvent(atMs, 'usage', write([], completionTokens))]
  return [...reasons, ...counts, frameEvent(atMs, 'done', '[DONE]')]
}

/** An error in a stream of chunks, in the words of the profile. */
function renderFailure({ message, profile }: Failure): string {
  return `data: ${JSON.stringify(profile.renderFailure(message))}\n\n`
}

/** What OpenAI's formats of chunks have in common. */
export const chunkHabits: Pick<Dialect, 'methods' | 'renderFailure' | 'textKeys' | 'usageKeys'> = {
  methods: ['POST'],
  renderFailure,
  textKeys: ['content', 'reasoning', 'reasoning_content', 'text', 'name', 'arguments'],
  usageKeys: { generated: ['completion_tokens'], total: ['total_tokens'] },
}
