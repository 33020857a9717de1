import type { QueueCount } from '../queue.ts'
import type { Truth } from '../truth.ts'
import { createHistogram } from './histogram.ts'
import type { Histogram } from './histogram.ts'
import type { Family, Labels } from './prometheus.ts'
import { readSample } from './sample.ts'
import type { Sample } from './sample.ts'

/** Counts ended requests under vLLM's names and answers what a scrape would find. */
export interface VllmMetrics {
  list(queue: QueueCount, model: string): Family[]
}

// vLLM's bounds, in s.
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

export function createVllmMetrics(truth: Truth): VllmMetrics {
  const ttft = createHistogram(ttftBounds, 'included')
  const gap = createHistogram(gapBounds, 'included')
  const latency = createHistogram(requestBounds, 'included')
  const queueing = createHistogram(requestBounds, 'included')
  let counts = zero()

  function add(sample: Sample): void {
    counts.promptTokens += sample.promptTokens
    counts.completionTokens += sample.completionTokens
    ttft.add(sample.ttftMs / 1000)
    for (const gapMs of sample.gapsMs) gap.add(gapMs / 1000)
    latency.add(sample.latencyMs / 1000)
    queueing.add(sample.queueMs / 1000)
  }

  truth.watch({
    onClose(record) {
      const sample = readSample(record)
      if (sample !== undefined) {
        add(sample)
        counts.finished[record.plan?.finish_reason ?? 'stop']++
      }
      if (record.outcome === 'client_aborted') counts.finished.abort++
    },
    onReset() {
      counts = zero()
      for (const histogram of [ttft, gap, latency, queueing]) histogram.reset()
    },
  })

  function list(queue: QueueCount, model: string): Family[] {
    const labels: Labels = { model_name: model, engine: '0' }
    const gauge = (name: string, help: string, value: number): Family => ({
      name: `vllm:${name}`,
      help,
      labels,
      type: 'gauge',
      value,
    })
    const counter = (name: string, help: string, value: number): Family => ({
      name: `vllm:${name}`,
      help,
      labels,
      type: 'counter',
      value,
    })
    const seconds = (name: string, help: string, histogram: Histogram): Family => ({
      name: `vllm:${name}`,
      help,
      labels,
      type: 'histogram',
      histogram,
    })

    return [
      gauge('num_requests_running', 'Requests that hold a slot', queue.running),
      gauge('num_requests_waiting', 'Requests that wait for a slot', queue.waiting),
      counter('prompt_tokens_total', 'Prompt tokens of complete answers', counts.promptTokens),
      counter('generation_tokens_total', 'Tokens of complete answers', counts.completionTokens),
      {
        name: 'vllm:request_success_total',
        help: 'Ended answers by the reason of their end',
        labels,
        type: 'counter',
        by: 'finished_reason',
        values: counts.finished,
      },
      seconds('time_to_first_token_seconds', 'From the request to its first token', ttft),
      seconds('inter_token_latency_seconds', 'Between two contents of an answer', gap),
      seconds('e2e_request_latency_seconds', 'From the request to its last token', latency),
      seconds('request_queue_time_seconds', 'From the request to its slot', queueing),
    ]
  }

  return { list }
}

function zero() {
  return { promptTokens: 0, completionTokens: 0, finished: { stop: 0, length: 0, abort: 0 } }
}
