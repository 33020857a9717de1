import { keepKnown } from '../bench-spec/known.ts'
import { parseExposition, type Series } from './exposition.ts'
import {
  type ServerTimeName,
  type Snapshot,
  type TimeTotals,
  toAmount,
  toCount,
} from './snapshot.ts'

const prefix = 'vllm:'

/** Histograms in seconds; where versions differ, the newer name is first. */
const timeFamilies: Readonly<Record<ServerTimeName, readonly string[]>> = {
  ttft: ['time_to_first_token_seconds'],
  latency: ['e2e_request_latency_seconds'],
  queue: ['request_queue_time_seconds'],
  prefill: ['request_prefill_time_seconds'],
  decode: ['request_decode_time_seconds'],
  tokenGap: ['inter_token_latency_seconds', 'time_per_output_token_seconds'],
}

/** Reasons for which an answer ends that was not completed. */
const unfinished: ReadonlySet<string> = new Set(['abort', 'error'])

/**
 * Reads vLLM's `/metrics`, the series of all engines and models together; `undefined` when there are
 * none. A family may be missing until its first value, so that a missing one is no fault.
 */
export function readVllmSnapshot(text: string): Snapshot | undefined {
  const families = groupByName(parseExposition(text, prefix) ?? [])
  if (families.size === 0) return undefined
  const ended = find(families, ['request_success_total', 'request_success'])
  const completed = ended?.filter(({ labels }) => !unfinished.has(labels['finished_reason'] ?? ''))
  return keepKnown<Snapshot>({
    source: 'vllm',
    running: total(find(families, ['num_requests_running'])),
    waiting: total(find(families, ['num_requests_waiting'])),
    finished: total(completed),
    // The histograms are of finished requests, the counters of every step.
    promptTokens: total(
      find(families, ['request_prompt_tokens_sum', 'prompt_tokens_total', 'prompt_tokens']),
    ),
    outputTokens: total(
      find(families, [
        'request_generation_tokens_sum',
        'generation_tokens_total',
        'generation_tokens',
      ]),
    ),
    cacheQueries: total(findCounter(families, 'prefix_cache_queries')),
    cacheHits: total(findCounter(families, 'prefix_cache_hits')),
    times: keepKnown<Snapshot['times']>({
      ttft: readTime(families, 'ttft'),
      latency: readTime(families, 'latency'),
      queue: readTime(families, 'queue'),
      prefill: readTime(families, 'prefill'),
      decode: readTime(families, 'decode'),
      tokenGap: readTime(families, 'tokenGap'),
    }),
  })
}

type Families = ReadonlyMap<string, readonly Series[]>

function groupByName(series: readonly Series[]): Families {
  return Map.groupBy(series, ({ name }) => name.slice(prefix.length))
}

function find(families: Families, names: readonly string[]): readonly Series[] | undefined {
  return names.map((name) => families.get(name)).find((series) => series !== undefined)
}

/** Before 0.9 it was the cache of a GPU, and a client library before OpenMetrics writes no `_total`. */
function findCounter(families: Families, name: string): readonly Series[] | undefined {
  return find(families, [`${name}_total`, name, `gpu_${name}_total`, `gpu_${name}`])
}

function total(series: readonly Series[] | undefined): number | undefined {
  return series && toCount(series.reduce((sum, { value }) => sum + value, 0))
}

function readTime(families: Families, time: ServerTimeName): TimeTotals | undefined {
  for (const name of timeFamilies[time]) {
    const count = total(families.get(`${name}_count`))
    const sum = families.get(`${name}_sum`)?.reduce((sum, { value }) => sum + value, 0)
    const seconds = toAmount(sum)
    if (count === undefined || seconds === undefined) continue
    const buckets = readBuckets(families.get(`${name}_bucket`) ?? [])
    return { kind: 'totals', count, sum: seconds * 1000, buckets }
  }
  return undefined
}

function readBuckets(series: readonly Series[]): TimeTotals['buckets'] {
  const counts = new Map<number, number>()
  for (const { labels, value } of series) {
    const bound = Number((labels['le'] ?? '').replace('Inf', 'Infinity')) * 1000
    if (toCount(value) === undefined || Number.isNaN(bound) || !labels['le']) return []
    counts.set(bound, (counts.get(bound) ?? 0) + value)
  }
  return [...counts].map(([bound, count]) => ({ bound, count })).sort((a, b) => a.bound - b.bound)
}
