import type { BenchDocument } from './bench-document.ts'
import type { Report } from './issue.ts'
import type { Metric, RelativeSlo } from './slo.ts'
import type { StreamFormat } from './stream-format.ts'
import { formatTags } from './tag.ts'

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

/** Of a mix: a kind whose answers are whole, and one whose are not, where there is any. */
export interface WholeKind {
  name: string
  other: string | undefined
}

/** Why a metric says nothing of a whole answer, of all requests or of a kind; `undefined`: it does. */
export function explainTokenless(metric: Metric, kind?: WholeKind): string | undefined {
  const other = instead[metric]
  if (other === undefined) return undefined
  if (kind?.other !== undefined) {
    const tag = formatTags([{ name: 'kind', value: { kind: 'text', text: kind.other } }])
    return `${metric} is about the tokens of a stream, and the answers of kind ${kind.name} are whole documents (stream_format: json). Ask for ${metric} ${tag}, or for ${other}.`
  }
  return `${metric} is about the tokens of a stream, and with stream_format: json the answer is one whole document. Ask for ${other}, or take another stream_format.`
}

/** The limits that can be asked of whole answers. */
export function withoutTokens(limits: readonly RelativeSlo[]): readonly RelativeSlo[] {
  return limits.filter(({ metric }) => explainTokenless(metric) === undefined)
}

/** Reports clients that would go away with a token that never comes. */
export function checkWholeLeaving(cancel: BenchDocument['cancel'], report: Report): void {
  const { after = 'first_token' } = cancel ?? {}
  if (cancel === undefined || after !== 'first_token') return
  const message =
    'has first_token as its instant, and with stream_format: json there is no token. Write after: 2s, or another time.'
  report(['cancel'], message, 'key')
}

/** Reports the keys of a document that say something of tokens or events, where answers have none. */
export function checkWholeKeys(document: Partial<BenchDocument>, report: Report): void {
  const { stream_format: format, ttft_timeout: ttft, cancel } = document
  const whole = format === 'json' || (typeof format === 'object' && format.type === 'json')
  if (!whole) return
  checkWholeLeaving(cancel, report)
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
