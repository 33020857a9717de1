import type { TruthRecord } from './truth.ts'

/** What one complete answer cost, in ms. Tokens that share one body are timed by their plan. */
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
  /** Between two contents. */
  gapsMs: readonly number[]
  /** From the head of the request to the last write. */
  latencyMs: number
}

/** `undefined` unless the answer was played to its end. */
export function readSample(record: TruthRecord): Sample | undefined {
  const { outcome, plan, recv_ms, body_ms, admitted_ms, content_ms, end_ms, tokens } = record
  if (outcome !== 'ok' || plan === null) return undefined
  if (body_ms === null || admitted_ms === null || end_ms === null) return undefined
  if (plan.ttft_ms === null) return undefined
  const [first] = content_ms
  const streamed = first !== undefined && (content_ms.length > 1 || plan.itl_ms.length === 0)
  const firstMs = streamed ? first : admitted_ms + plan.ttft_ms
  return {
    promptTokens: tokens.prompt,
    cachedTokens: tokens.cached,
    completionTokens: tokens.completion,
    queueMs: admitted_ms - body_ms,
    prefillMs: firstMs - admitted_ms,
    ttftMs: firstMs - recv_ms,
    gapsMs: streamed
      ? content_ms.slice(1).map((at, index) => at - content_ms[index]!)
      : plan.itl_ms,
    latencyMs: end_ms - recv_ms,
  }
}
