import type { ServerDocument, ServerTimeDocument } from '../results/results.ts'
import { formatCount, formatMs, formatValue } from './units.ts'

/** One time of the server beside the client's; empty where there is nothing to say. */
export interface ServerTimeRow {
  metric: string
  n: string
  mean: string
  /** `≤ 250ms` where only the bucket is known. */
  p95: string
  clientMean: string
  clientP95: string
}

export function serverTimeRows(server: ServerDocument): ServerTimeRow[] {
  const times: Readonly<Record<string, ServerTimeDocument | null>> = {
    ttft: server.ttft_ms,
    latency: server.latency_ms,
    queue: server.queue_ms,
    prefill: server.prefill_ms,
    decode: server.decode_ms,
    token_gap: server.token_gap_ms,
  }
  return Object.entries(times).flatMap(([metric, time]) => {
    if (time === null) return []
    const { count, mean, p95, percentiles, client } = time
    const mark = percentiles === 'at-most' ? '≤ ' : ''
    return {
      metric,
      n: formatCount(count),
      mean: formatMs(mean),
      p95: p95 === null ? '–' : mark + formatMs(p95),
      clientMean: client === null ? '' : formatMs(client.mean),
      clientP95: client === null ? '' : formatMs(client.p95),
    }
  })
}

/** One count of the server beside the client's; empty where there is nothing to say. */
export interface ServerCountRow {
  count: string
  server: string
  /** Of requests the client's own count, of tokens the `usage` of the answers. */
  client: string
  events: string
}

export function serverCountRows(server: ServerDocument): ServerCountRow[] {
  const { requests, prompt_tokens: prompt, output_tokens: output } = server
  return [
    requests && countRow('requests', requests.server, requests.client),
    prompt && countRow('prompt tokens', prompt.server, prompt.usage),
    output && countRow('output tokens', output.server, output.usage, output.events),
  ].filter((row) => row !== null)
}

function countRow(
  count: string,
  server: number,
  client: number | null,
  events: number | null = null,
): ServerCountRow {
  return { count, server: formatCount(server), client: show(client), events: show(events) }
}

function show(value: number | null): string {
  return value === null ? '' : formatCount(value)
}

/** `running ≤ 6`, `waiting ≤ 4`: the most that a scrape found. */
export function queueCells({ timeline }: ServerDocument): string[] {
  return (['running', 'waiting'] as const).flatMap((key) => {
    const seen = timeline.map((point) => point[key]).filter((value) => value !== null)
    return seen.length === 0 ? [] : `${key} ≤ ${formatCount(Math.max(...seen))}`
  })
}

/** `prefix cache 62.1% of 9 300 tok`, by its own count; none where it does not tell, or was not asked. */
export function cacheCells({ prefix_cache: cache }: ServerDocument): string[] {
  if (cache === null || cache.queries === 0) return []
  const { queries, hits } = cache
  return [`prefix cache ${formatValue(hits / queries, 'share')} of ${formatCount(queries)} tok`]
}

/** Lines of cells, what the client found in brackets: `ttft 117ms (118ms)`. */
export function serverLines(server: ServerDocument): string[][] {
  const times = serverTimeRows(server)
    .filter(({ metric }) => ['ttft', 'latency', 'queue'].includes(metric))
    .map(({ metric, mean, clientMean }) => bracket(metric, mean, clientMean))
  const counts = serverCountRows(server).map((row) => bracket(row.count, row.server, row.client))
  return [[...times, ...queueCells(server)], counts, cacheCells(server)].filter(
    (cells) => cells.length > 0,
  )
}

function bracket(name: string, server: string, client: string): string {
  return `${name} ${server}${client === '' ? '' : ` (${client})`}`
}
