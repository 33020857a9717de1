import type { Breakdown } from '../metrics/breakdown.ts'
import { explainServer } from '../metrics/server-diagnostics.ts'
import type { ServerSummary } from '../metrics/server-summary.ts'
import type { ServerTime } from '../metrics/server-time.ts'
import type { ServerDocument, ServerTimeDocument } from './results-document.ts'
import { fixed, orNull } from './rounding.ts'

/** The part of `results.json` that holds what the server told. */
export function toServer(server: ServerSummary): ServerDocument {
  const { covers, requests, promptTokens, outputTokens, times, breakdown } = server
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
    ttft_ms: toTime(times.ttft),
    latency_ms: toTime(times.latency),
    queue_ms: toTime(times.queue),
    prefill_ms: toTime(times.prefill),
    decode_ms: toTime(times.decode),
    token_gap_ms: toTime(times.tokenGap),
    breakdown_ms: breakdown === undefined ? null : toBreakdown(breakdown),
    timeline: server.timeline.map(({ at, running, waiting }) => ({
      at_ms: fixed(at),
      running: running ?? null,
      waiting: waiting ?? null,
    })),
    message: explainServer(server),
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

function toBreakdown(breakdown: Breakdown): NonNullable<ServerDocument['breakdown_ms']> {
  return {
    latency: fixed(breakdown.latency),
    queue: orNull(breakdown.queue, fixed),
    prefill: orNull(breakdown.prefill, fixed),
    first_token: fixed(breakdown.firstToken),
    decode: fixed(breakdown.decode),
    outside: fixed(breakdown.outside),
  }
}
