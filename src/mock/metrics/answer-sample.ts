import type { TruthRecord } from './truth.ts'

/** What one complete answer cost, in ms. Tokens that share one body or event are timed by their plan. */
export interface Sample {
  promptTokens: number
  /** Those of the prompt that needed no prefill. */
  cachedTokens: number
  completionTokens: number
  /** From the body to the slot. */
  queueMs: number
  /** From the slot to the first content. */
  prefillMs: number
  /** From the head of the request to the first content, time in the queue included. */
  ttftMs: number
  /** Between two contents; the choices of an answer get theirs together. */
  gapsMs: readonly number[]
  /** From the head of the request to the last write. */
  latencyMs: number
}

/** `undefined` unless the answer was played to its end. */
export function readSample(record: TruthRecord): Sample | undefined {
  const { outcome, plan, recv_ms, body_ms, admitted_ms, end_ms, tokens } = record
  if (outcome !== 'ok' || plan === null) return undefined
  if (body_ms === null || admitted_ms === null || end_ms === null) return undefined
  if (plan.ttft_ms === null) return undefined
  const contentMs = listContents(record)
  const [first] = contentMs
  const streamed = first !== undefined && contentMs.length > plan.itl_ms.length
  const firstMs = streamed ? first : admitted_ms + plan.ttft_ms
  return {
    promptTokens: tokens.prompt,
    cachedTokens: tokens.cached,
    completionTokens: tokens.completion,
    queueMs: admitted_ms - body_ms,
    prefillMs: firstMs - admitted_ms,
    ttftMs: firstMs - recv_ms,
    gapsMs: streamed ? contentMs.slice(1).map((at, index) => at - contentMs[index]!) : plan.itl_ms,
    latencyMs: end_ms - recv_ms,
  }
}

/** Sends of the contents of one choice: those of several take turns. */
function listContents({ content_ms, choice_prompts }: TruthRecord): readonly number[] {
  const choices = choice_prompts.length
  return choices > 1 ? content_ms.filter((_, index) => index % choices === 0) : content_ms
}

/** The same for each choice of the answer: equally long, and each with a prompt of its own. */
export function splitChoices(sample: Sample, prompts: readonly number[]): Sample[] {
  return prompts.map((promptTokens, choice) => ({
    ...sample,
    promptTokens,
    // A prefix cache looks at the first.
    cachedTokens: choice === 0 ? sample.cachedTokens : 0,
    completionTokens: sample.completionTokens / prompts.length,
  }))
}
