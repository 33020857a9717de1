import { cleanLine } from '../bench-spec/plain-text.ts'
import { requestNumber, type RequestRecord } from '../engine/record.ts'
import { wallTime } from '../metrics/throughput.ts'
import type { Results } from '../results/results.ts'
import { padEnd } from './columns.ts'
import { type Locale, seedWords } from './seed-words.ts'
import { errorText, firstToken, measured, tokenRate, totalTime } from './seed.ts'

const rule = '='.repeat(60)

/**
 * The plain report of a run: overall figures, TTFT, total time, generation rate, failures.
 * Figures that were not measured are left out, with their section where it has no other.
 */
export function renderSeedReport(
  results: Results,
  records: readonly RequestRecord[],
  locale: Locale,
): string {
  const words = seedWords[locale]
  const { ttft_ms: ttft, stream_end_ms: total } = results.summary
  const requests = measured(records)
  const sections = [
    renderSection(words.overall, overallRows(requests, locale)),
    renderSection(words.ttft, [
      [words.min, time(ttft?.min)],
      [words.max, time(ttft?.max)],
      [words.mean, time(ttft?.mean)],
      [words.median, time(ttft?.p50)],
      [words.stddev, time(ttft?.stddev)],
      ['P50', time(ttft?.p50)],
      ['P90', time(ttft?.p90)],
      ['P95', time(ttft?.p95)],
      ['P99', time(ttft?.p99)],
    ]),
    renderSection(words.totalTime, [
      [words.min, time(total?.min)],
      [words.max, time(total?.max)],
      [words.mean, time(total?.mean)],
      [words.median, time(total?.p50)],
      ['P95', time(total?.p95)],
      ['P99', time(total?.p99)],
    ]),
    renderSection(words.rate, rateRows(requests, locale)),
    renderFailures(requests, locale),
  ]
  return `${[rule, words.title, rule, ...sections.flat()].join('\n')}\n`
}

/** `[001] 首token: 0.234s`; `undefined` when no token came. */
export function renderFirstTokenLine(record: RequestRecord, locale: Locale): string | undefined {
  const ttft = firstToken(record)
  if (ttft === undefined) return undefined
  return `${tag(record)} ${seedWords[locale].firstToken}: ${ttft.toFixed(3)}s`
}

/**
 * `[001] 完成: 2.456s | 45 chunks | 18.32 chunks/s | 12.34 KB`; where events have names,
 * `[001] 完成: 2.456s | 12 事件 | workflow_started:1, message:9`; or what the request failed of.
 */
export function renderEndLine(record: RequestRecord, locale: Locale): string {
  const words = seedWords[locale]
  const error = errorText(record)
  if (error !== null) return `${tag(record)} ${words.failed}: ${error}`
  const done = `${tag(record)} ${words.done}: ${totalTime(record).toFixed(3)}s`
  if (record.eventNames !== undefined) {
    return [done, `${record.events} ${words.events}`, renderNames(record.eventNames)].join(' | ')
  }
  const size = `${(record.bytes / 1024).toFixed(2)} KB`
  if (isWholeAnswer(record)) return [done, size].join(' | ')
  return [
    done,
    `${record.tokenTimes.length} chunks`,
    `${tokenRate(record).toFixed(2)} chunks/s`,
    size,
  ].join(' | ')
}

/** Names that stand in one line. */
const mostNames = 12

function renderNames(counts: readonly { name: string; count: number }[]): string {
  const shown = counts.slice(0, mostNames).map(({ name, count }) => `${cleanLine(name)}:${count}`)
  return [...shown, ...(counts.length > mostNames ? ['…'] : [])].join(', ')
}

/** `进度: 1/100 | 已用时: 2.5s`. */
export function renderProgressLine(
  { done, total, elapsed }: { done: number; total: number; /** ms. */ elapsed: number },
  locale: Locale,
): string {
  const words = seedWords[locale]
  return `${words.progress}: ${done}/${total} | ${words.elapsed}: ${(elapsed / 1000).toFixed(1)}s`
}

type Row = [label: string, value: string | undefined]

function renderSection(title: string, rows: readonly Row[]): string[] {
  const lines = rows.flatMap(([label, value]) =>
    value === undefined ? [] : [`  ${padEnd(`${label}:`, 13)}${value}`],
  )
  return lines.length === 0 ? [] : ['', title, ...lines]
}

/** Throughput counts all requests, as the format always did; that of completed ones stands below it. */
function overallRows(requests: readonly RequestRecord[], locale: Locale): Row[] {
  const words = seedWords[locale]
  const completed = requests.filter(({ outcome }) => outcome === 'completed').length
  const elapsed = (wallTime(requests) ?? 0) / 1000
  const share = (count: number): string =>
    `${count} (${((count / Math.max(1, requests.length)) * 100).toFixed(1)}%)`
  const perSecond = (count: number): string | undefined =>
    elapsed > 0 ? `${(count / elapsed).toFixed(2)} req/s` : undefined
  return [
    [words.total, String(requests.length)],
    [words.succeeded, share(completed)],
    [words.failed, share(requests.length - completed)],
    [words.duration, `${elapsed.toFixed(2)}s`],
    [words.throughput, perSecond(requests.length)],
    [words.completedThroughput, perSecond(completed)],
  ]
}

/** One document, which comes in no chunks. */
function isWholeAnswer({ dialect }: RequestRecord): boolean {
  return dialect === 'json'
}

function rateRows(requests: readonly RequestRecord[], locale: Locale): Row[] {
  const words = seedWords[locale]
  const rates = requests
    .filter((record) => record.outcome === 'completed' && !isWholeAnswer(record))
    .map(tokenRate)
    .sort((a, b) => a - b)
  const sum = rates.reduce((total, rate) => total + rate, 0)
  return [
    [words.mean, rates.length === 0 ? undefined : chunkRate(sum / rates.length)],
    [words.median, chunkRate(rates[Math.ceil(rates.length / 2) - 1])],
    [words.max, chunkRate(rates.at(-1))],
  ]
}

function renderFailures(requests: readonly RequestRecord[], locale: Locale): string[] {
  const counts = new Map<string, number>()
  for (const record of requests) {
    const error = errorText(record)
    if (error !== null) counts.set(error, (counts.get(error) ?? 0) + 1)
  }
  if (counts.size === 0) return []
  const { failures, times } = seedWords[locale]
  const lines = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([error, count]) => `  ${error}: ${count}${times}`)
  return ['', failures, ...lines]
}

function chunkRate(rate: number | undefined): string | undefined {
  return rate === undefined ? undefined : `${rate.toFixed(2)} chunks/s`
}

/** ms as seconds with three decimals. */
function time(ms: number | null | undefined): string | undefined {
  return typeof ms === 'number' ? `${(ms / 1000).toFixed(3)}s` : undefined
}

function tag(record: RequestRecord): string {
  return `[${String(requestNumber(record)).padStart(3, '0')}]`
}
