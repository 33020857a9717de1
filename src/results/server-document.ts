import type { MeanTime } from '../metrics/breakdown.ts'
import { locateTime, type ServerFinding } from '../metrics/server-finding.ts'
import type { ServerSummary } from '../metrics/server-summary.ts'
import type { ServerTime } from '../metrics/server-time.ts'
import type {
  ServerDocument,
  ServerFindingDocument,
  ServerTimeDocument,
} from './results-document.ts'
import { fixed, orNull } from './rounding.ts'
import type { Sentences } from './wording.ts'

/** The part of `results.json` that holds what the server told. */
export function toServer(server: ServerSummary, sentences: Sentences): ServerDocument {
  const { covers, requests, promptTokens, outputTokens, prefixCache, times } = server
  const finding = toFinding(locateTime(server))
  return {
    source: server.source ?? null,
    url: server.url,
    interval_ms: server.interval,
    scrapes: server.scrapes,
    failed_scrapes: server.failed,
    failure: server.failure ?? null,
    covers:
      covers === undefined
        ? null
        : { from_ms: fixed(covers.from), to_ms: fixed(covers.to), warmup: covers.warmup },
    requests:
      requests === undefined
        ? null
        : {
            server: requests.server,
            client: requests.client ?? 0,
            agrees: requests.agrees ?? false,
          },
    prompt_tokens:
      promptTokens === undefined
        ? null
        : {
            server: promptTokens.server,
            usage: promptTokens.client ?? null,
            agrees: promptTokens.agrees ?? null,
          },
    output_tokens:
      outputTokens === undefined
        ? null
        : {
            server: outputTokens.server,
            usage: outputTokens.usage ?? null,
            events: outputTokens.events,
            agrees: outputTokens.agrees ?? false,
          },
    prefix_cache: prefixCache ?? null,
    ttft_ms: toTime(times.ttft),
    latency_ms: toTime(times.latency),
    queue_ms: toTime(times.queue),
    prefill_ms: toTime(times.prefill),
    decode_ms: toTime(times.decode),
    token_gap_ms: toTime(times.tokenGap),
    timeline: server.timeline.map(({ at, running, waiting }) => ({
      at_ms: fixed(at),
      running: running ?? null,
      waiting: waiting ?? null,
    })),
    finding,
    message: sentences.server(finding),
  }
}

function toTime(time: ServerTime | undefined): ServerTimeDocument | null {
  if (time === undefined) return null
  const { count, mean, p50, p95, p99, percentiles, client } = time
  return {
    count,
    mean: fixed(mean),
    p50: orNull(p50, fixed),
    p95: orNull(p95, fixed),
    p99: orNull(p99, fixed),
    percentiles,
    client:
      client === undefined
        ? null
        : {
            count: client.count,
            mean: fixed(client.mean),
            p50: fixed(client.p50),
            p95: fixed(client.p95),
            p99: fixed(client.p99),
          },
  }
}

function toFinding(finding: ServerFinding): ServerFindingDocument {
  switch (finding.kind) {
    case 'breakdown': {
      const { kind, latency, queue, prefill, firstToken, decode, outside } = finding
      return {
        kind,
        latency_ms: fixed(latency),
        queue_ms: orNull(queue, fixed),
        prefill_ms: orNull(prefill, fixed),
        first_token_ms: fixed(firstToken),
        decode_ms: fixed(decode),
        outside_ms: fixed(outside),
      }
    }
    case 'impossible': {
      const { kind, part, whole } = finding
      return { kind, part: toMeanTime(part), whole: toMeanTime(whole) }
    }
    case 'held-back': {
      const { kind, server, client } = finding
      return { kind, server_ms: fixed(server), client_ms: fixed(client) }
    }
    default:
      return finding
  }
}

function toMeanTime({ of, time, mean }: MeanTime) {
  return { of, time, mean_ms: fixed(mean) }
}
