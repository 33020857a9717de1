import { keepKnown } from '../bench-spec/known.ts'
import { type LatestTimes, type Snapshot, toAmount, toCount } from './snapshot.ts'

/**
 * Reads the JSON tree of a `qwen-vllm` server's `/api/v1/metrics`. `undefined` without the count of
 * successful requests, by which everything else is understood.
 */
export function readQwenSnapshot(text: string): Snapshot | undefined {
  const tree = parse(text)
  const finished = toCount(at(tree, 'requests', 'successful'))
  if (finished === undefined) return undefined
  const size = toCount(at(tree, 'slo', 'sample_size'))
  return keepKnown<Snapshot>({
    source: 'qwen-vllm',
    running: toCount(at(tree, 'requests', 'running')),
    waiting: toCount(at(tree, 'requests', 'waiting')),
    finished,
    promptTokens: toCount(at(tree, 'tokens', 'total_input')),
    outputTokens: toCount(at(tree, 'tokens', 'total_output')),
    times: keepKnown<Snapshot['times']>({
      ttft: readTime(at(tree, 'slo', 'ttft'), size),
      latency: readTime(at(tree, 'latency'), size),
      queue: undefined,
      prefill: undefined,
      decode: undefined,
      tokenGap: undefined,
    }),
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function at(tree: unknown, ...keys: readonly string[]): unknown {
  let value = tree
  for (const key of keys) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

function readTime(tree: unknown, count: number | undefined): LatestTimes | undefined {
  if (count === undefined || count === 0 || at(tree, 'unit') !== 'seconds') return undefined
  const seconds = (key: string): number | undefined => toAmount(at(tree, key))
  const [mean, p50, p95, p99] = ['mean', 'p50', 'p95', 'p99'].map(seconds)
  if (mean === undefined || p50 === undefined || p95 === undefined || p99 === undefined) {
    return undefined
  }
  return {
    kind: 'latest',
    count,
    mean: mean * 1000,
    p50: p50 * 1000,
    p95: p95 * 1000,
    p99: p99 * 1000,
  }
}
