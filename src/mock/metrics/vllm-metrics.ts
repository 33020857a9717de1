import type { QueueCount } from '../latency/queue.ts'
import { readSample, type Sample, splitChoices } from './answer-sample.ts'
import { createHistogram, type Histogram } from './histogram.ts'
import type { Family, Labels } from './prometheus.ts'
import type { Truth } from './truth.ts'

/**
 * Counts what has ended under vLLM's names and answers what a scrape would find. As in vLLM each
 * choice of an answer counts for itself, with the whole prompt that it was given.
 */
export interface VllmMetrics {
  list(queue: QueueCount, model: string): Family[]
}

// vLLM's bounds: times in s, tokens for a context of 32 768.
const ttftBounds = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
  160, 640, 2560,
]
const gapBounds = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
]
const requestBounds = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
]

const tokenBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000]
const stepBounds = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384]

export function createVllmMetrics(truth: Truth): VllmMetrics {
  const histograms = {
    ttft: createHistogram(ttftBounds, 'included'),
    gap: createHistogram(gapBounds, 'included'),
    latency: createHistogram(requestBounds, 'included'),
    queueing: createHistogram(requestBounds, 'included'),
    prefill: createHistogram(requestBounds, 'included'),
    decode: createHistogram(requestBounds, 'included'),
    inference: createHistogram(requestBounds, 'included'),
    promptTokens: createHistogram(tokenBounds, 'included'),
    computedTokens: createHistogram(tokenBounds, 'included'),
    completionTokens: createHistogram(tokenBounds, 'included'),
    stepTokens: createHistogram(stepBounds, 'included'),
  }
  let counts = createCounts()

  function add(sample: Sample): void {
    const { promptTokens, cachedTokens, completionTokens, gapsMs, prefillMs } = sample
    const decodeMs = gapsMs.reduce((sum, ms) => sum + ms, 0)
    counts.promptTokens += promptTokens
    counts.completionTokens += completionTokens
    histograms.ttft.add(sample.ttftMs / 1000)
    for (const gapMs of gapsMs) histograms.gap.add(gapMs / 1000)
    histograms.latency.add(sample.latencyMs / 1000)
    histograms.queueing.add(sample.queueMs / 1000)
    histograms.prefill.add(prefillMs / 1000)
    histograms.decode.add(decodeMs / 1000)
    histograms.inference.add((prefillMs + decodeMs) / 1000)
    histograms.promptTokens.add(promptTokens)
    histograms.computedTokens.add(promptTokens - cachedTokens)
    histograms.completionTokens.add(completionTokens)
  }

  truth.watch({
    onClose(record) {
      const sample = readSample(record)
      if (sample !== undefined) {
        const choices = splitChoices(sample, record.choice_prompts)
        for (const choice of choices) add(choice)
        counts.finished[record.plan?.finish_reason ?? 'stop'] += choices.length
      }
      if (record.outcome === 'client_aborted') counts.finished.abort++
      if (record.admitted_ms !== null) {
        counts.queriedTokens += record.tokens.prompt
        counts.foundTokens += record.tokens.cached
      }
    },
    onReset() {
      counts = createCounts()
      for (const histogram of Object.values(histograms)) histogram.reset()
    },
    onStep(tokens) {
      histograms.stepTokens.add(tokens)
    },
  })

  function list(queue: QueueCount, model: string): Family[] {
    const labels: Labels = { model_name: model, engine: '0' }
    const { ttft, gap, latency, queueing, prefill, decode, inference } = histograms
    const { promptTokens, computedTokens, completionTokens, stepTokens } = histograms
    const describe = (name: string, help: string) => ({ name: `vllm:${name}`, help, labels })
    const createGauge = (name: string, help: string, value: number): Family => ({
      ...describe(name, help),
      type: 'gauge',
      value,
    })
    const createCounter = (name: string, help: string, value: number): Family => ({
      ...describe(name, help),
      type: 'counter',
      value,
    })
    const createSpread = (name: string, help: string, histogram: Histogram): Family => ({
      ...describe(name, help),
      type: 'histogram',
      histogram,
    })

    return [
      createGauge('num_requests_running', 'Requests that hold a slot', queue.running),
      createGauge('num_requests_waiting', 'Requests that wait for a slot', queue.waiting),
      createCounter(
        'prompt_tokens_total',
        'Prompt tokens of complete answers',
        counts.promptTokens,
      ),
      createCounter(
        'generation_tokens_total',
        'Tokens of complete answers',
        counts.completionTokens,
      ),
      {
        ...describe('request_success_total', 'Ended answers by the reason of their end'),
        type: 'counter',
        by: 'finished_reason',
        values: counts.finished,
      },
      createCounter('num_preemptions_total', 'None: nothing is preempted here', 0),
      createCounter(
        'prefix_cache_queries_total',
        'Prompt tokens of admitted requests that have ended',
        counts.queriedTokens,
      ),
      createCounter('prefix_cache_hits_total', 'Those that were cached', counts.foundTokens),
      createSpread('time_to_first_token_seconds', 'From the request to its first token', ttft),
      createSpread('inter_token_latency_seconds', 'Between two contents of an answer', gap),
      createSpread('e2e_request_latency_seconds', 'From the request to its last token', latency),
      createSpread('request_queue_time_seconds', 'From the request to its slot', queueing),
      createSpread('request_prefill_time_seconds', 'From the slot to the first token', prefill),
      createSpread('request_decode_time_seconds', 'From the first token to the last', decode),
      createSpread('request_inference_time_seconds', 'From the slot to the last token', inference),
      createSpread('request_prompt_tokens', 'Prompt tokens of an answer', promptTokens),
      createSpread(
        'request_prefill_kv_computed_tokens',
        'Those that were not cached',
        computedTokens,
      ),
      createSpread('request_generation_tokens', 'Tokens of an answer', completionTokens),
      // Only where the latency comes from steps is there anything to tell.
      ...(stepTokens.sum() === 0
        ? []
        : [createSpread('iteration_tokens_total', 'Tokens of a step of the engine', stepTokens)]),
    ]
  }

  return { list }
}

function createCounts() {
  return {
    promptTokens: 0,
    completionTokens: 0,
    queriedTokens: 0,
    foundTokens: 0,
    finished: { stop: 0, length: 0, abort: 0 },
  }
}
