import type { BenchDocument } from './bench-document.ts'
import type { Report } from './issue.ts'
import type { Metric, RelativeSlo } from './slo.ts'
import type { StreamFormat } from './stream-format.ts'

/** Whether answers are whole documents, which have no token. */
export function isWhole(stream: StreamFormat | undefined): boolean {
  return stream?.dialect === 'json'
}

/** What to ask of a whole answer in the place of a metric of tokens. */
const instead: Partial<Record<Metric, Metric>> = {
  ttft: 'latency',
  ttfo: 'latency',
  scheduled_ttft: 'scheduled_latency',
  tpot: 'latency',
  chunk_gap: 'latency',
  stall: 'latency',
}

/**
 * Why a metric says nothing of a whole answer; `undefined`: it does. `kind`: of a mix, whose answers are
 * whole beside those of others.
 */
export function explainTokenless(metric: Metric, kind?: string): string | undefined {
  const other = instead[metric]
  if (other === undefined) return undefined
  if (kind !== undefined) {
    return `${metric} is about the tokens of a stream, and kind ${kind} has stream_format: json, whose answer is one whole document. Ask for it of one kind, for example ${metric} {kind=chat}, or ask for ${other}.`
  }
  return `${metric} is about the tokens of a stream, and with stream_format: json the answer is one whole document. Ask for ${other}, or take another stream_format.`
}

/** The limits that can be asked of whole answers. */
export function withoutTokens(limits: readonly RelativeSlo[]): readonly RelativeSlo[] {
  return limits.filter(({ metric }) => explainTokenless(metric) === undefined)
}

/** Reports the keys of a document that say something of tokens or events, where answers have none. */
export function checkWholeKeys(document: Partial<BenchDocument>, report: Report): void {
  const { stream_format: format, ttft_timeout: ttft } = document
  const whole = format === 'json' || (typeof format === 'object' && format.type === 'json')
  if (!whole) return
  const advice = 'with stream_format: json the answer is one whole document'
  if (ttft !== undefined) {
    const message = `waits for a first token, and ${advice}. Write timeout or idle_timeout in its place.`
    report(['ttft_timeout'], message, 'key')
  }
  if (typeof format === 'string') return
  for (const key of ['first_token_event', 'completion_event'] as const) {
    if (format[key] === undefined) continue
    report(['stream_format', key], `names an event, and ${advice}. Remove it.`, 'key')
  }
}
