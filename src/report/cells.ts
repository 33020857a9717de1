import { cleanLine } from '../bench-spec/plain-text.ts'
import type { RequestMetric } from '../metrics/measure.ts'
import type { DistributionDocument, Measured, Results, SloDocument } from '../results/results.ts'
import { explainDifferences, explainMismatch } from './sentence/differences.ts'
import { explainEnd } from './sentence/end.ts'
import { formatChange, formatCount, formatDeviation, formatMs, formatValue } from './units.ts'

/** What every text report says of one SLO; empty where there is nothing to say. */
export interface SloCells {
  /** `ttft p95 <= 800ms`, and the level where it is not `error`. */
  slo: string
  observed: string
  /** Of a relative SLO the baseline's value. */
  baseline: string
  /** `<= 800ms`; of a relative SLO what the baseline makes of it. */
  bound: string
  /** Observed − bound: `+112ms (+14.0%)`; of a relative SLO the change and what is allowed: `+14.8% (+10.0%)`. */
  deviation: string
  /** `[880ms, 950ms]`, of a relative SLO of the change; one-sided where the data do not reach the other side: `≥ 880ms`. */
  interval: string
  /** Exceedances and the most that would still be a PASS: `38/8`. */
  over: string
  n: string
}

export function sloCells(slo: SloDocument): SloCells {
  const { relative } = slo
  return {
    slo: cleanLine(slo.text) + (slo.level === 'error' ? '' : ` (${slo.level})`),
    observed: slo.observed === null ? '–' : formatValue(slo.observed, slo.unit),
    baseline: relative === null ? '' : formatOrDash(relative.baseline, slo.unit),
    bound: `${slo.op} ${formatOrDash(slo.bound, slo.unit)}`,
    deviation: relative === null ? formatMargin(slo) : formatAllowed(relative, slo.unit),
    interval: relative === null ? formatInterval(slo) : formatChanges(relative, slo.unit),
    over: slo.exceedances === null ? '' : `${formatCount(slo.exceedances)}/${allowed(slo)}`,
    n: formatCount(slo.n),
  }
}

export function formatOrDash(value: Measured | null, unit: SloDocument['unit']): string {
  return value === null ? '–' : formatValue(value, unit)
}

type Relative = NonNullable<SloDocument['relative']>

function formatAllowed({ change, allowed }: Relative, unit: SloDocument['unit']): string {
  const limit = `(${formatChange(allowed, unit)})`
  return change === null ? limit : `${formatChange(change, unit)} ${limit}`
}

export function formatChanges(
  { low, high }: Pick<Relative, 'low' | 'high'>,
  unit: SloDocument['unit'],
): string {
  if (low === null || high === null) return ''
  return `[${formatChange(low, unit)}, ${formatChange(high, unit)}]`
}

function formatMargin(slo: SloDocument): string {
  const { margin, bound, unit } = slo
  if (margin === null || typeof bound !== 'number') return ''
  return formatDeviation(deviation(slo), bound, unit)
}

/** The margin is positive when the SLO holds; which side of the bound that is, the comparator says. */
function deviation({ margin, op }: SloDocument): Measured {
  if (margin === null || margin === 'infinite') return 'infinite'
  return op.startsWith('<') ? 0 - margin : margin
}

/** Nothing is allowed where even no exceedance would not prove a PASS. */
function allowed({ pass_at_most: most }: SloDocument): string {
  return most === null || most < 0 ? '–' : formatCount(most)
}

function formatInterval({ interval, unit }: SloDocument): string {
  const { low, high } = interval ?? { low: null, high: null }
  // No limit lies beyond it.
  if (low === 'infinite') return formatValue(low, unit)
  if (low !== null && high !== null) {
    return `[${formatValue(low, unit)}, ${formatValue(high, unit)}]`
  }
  if (low !== null) return `≥ ${formatValue(low, unit)}`
  return high === null ? '' : `≤ ${formatValue(high, unit)}`
}

/** Title of the column of intervals: each of the two limits holds with this confidence. */
export function intervalTitle({ verdict }: Results): string {
  return `${Number((verdict.looks.confidence * 100).toPrecision(6))}% limits`
}

/** What stops a gate first, what is fine last; otherwise in the order of the spec. */
export function issuesFirst(slos: readonly SloDocument[]): SloDocument[] {
  return slos.toSorted((a, b) => urgency(a) - urgency(b))
}

function urgency({ status, level }: SloDocument): number {
  if (status === 'PASS') return 4
  if (level !== 'error') return 3
  return ['FAIL', 'ERROR', 'INCONCLUSIVE'].indexOf(status)
}

export const percentileNames = ['p50', 'p90', 'p95', 'p99', 'max'] as const

type PercentileName = (typeof percentileNames)[number]

/** `tpot`, number of values, then the percentiles that were asked for. */
export interface PercentileRow {
  metric: string
  n: string
  values: string[]
  /** Whether one of them is of too few values and marked. */
  rough: boolean
}

type TimeMetric = RequestMetric | 'chunk_gap'

/** Those of every run, or of one at a rate, whose own delays are part of its figures. */
export function allTimes({ load }: Results): TimeMetric[] {
  const [first, ...rest] = ['ttft', 'ttfo', 'latency', 'tpot', 'chunk_gap', 'stall'] as const
  return load.kind === 'closed' ? [first, ...rest] : [first, ...scheduledTimes, ...rest]
}

/** The same without those that few ask for. */
export function mainTimes({ load }: Results): TimeMetric[] {
  const rest = ['latency', 'tpot', 'chunk_gap'] as const
  return load.kind === 'closed' ? ['ttft', ...rest] : ['ttft', ...scheduledTimes, ...rest]
}

const scheduledTimes = ['scheduled_ttft', 'scheduled_latency', 'dispatch_delay'] as const

/**
 * Rows of the percentile table, the metrics without a value left out. A percentile of fewer than
 * 1/(1 − p) values is the largest value under another name and is marked `~`, see `roughNote`.
 */
export function percentileRows(
  { summary }: Pick<Results, 'summary'>,
  metrics: readonly TimeMetric[],
  names: readonly PercentileName[] = percentileNames,
): PercentileRow[] {
  return metrics.flatMap((metric) => {
    const distribution = summary[`${metric}_ms`]
    return distribution === null ? [] : [percentileRow(metric, distribution, names)]
  })
}

/** Explains the mark `~`; `undefined` where no row has it. */
export function roughNote(rows: readonly PercentileRow[]): string | undefined {
  return rows.some(({ rough }) => rough) ? '~ too few values for this percentile' : undefined
}

function percentileRow(
  metric: string,
  distribution: DistributionDocument,
  names: readonly PercentileName[],
): PercentileRow {
  const needed = { p50: 2, p90: 10, p95: 20, p99: 100, max: 1 }
  const isRough = (name: PercentileName): boolean => distribution.count < needed[name]
  return {
    metric,
    n: formatCount(distribution.count),
    values: names.map((name) => (isRough(name) ? '~' : '') + formatMs(distribution[name])),
    rough: names.some(isRough),
  }
}

export const tokenBases: Readonly<Record<Results['summary']['token_basis'], string>> = {
  usage: 'as the server counts',
  estimated: 'estimated: token events',
  mixed: 'in part estimated',
  none: '',
}

/** `success 99.3%`, `11.7 req/s`, `540 tok/s (as the server counts)`; what is not known is left out. */
export function rateCells({ summary }: Results): string[] {
  const { success_rate: success, requests_per_second: requests } = summary
  const { output_tokens_per_second: tokens, goodput, sent_rate: rate } = summary
  return [
    ...(rate === null ? [] : [sentCell(rate)]),
    ...(success === null ? [] : [`success ${formatValue(success, 'share')}`]),
    ...(goodput === null ? [] : [`goodput ${formatValue(goodput, 'share')}`]),
    ...(requests === null ? [] : [formatValue(requests, '/s').replace('/s', ' req/s')]),
    ...(tokens === null
      ? []
      : [`${formatValue(tokens, 'tok/s')} (${tokenBases[summary.token_basis]})`]),
  ]
}

/** `prompts 8 400 tok, 62.1% cached`, and how many requests say so where not all do; none where none does. */
export function cachedCells({ summary }: Results): string[] {
  const { counted, tokens, told, cached_share: share } = summary.prompts
  if (tokens === null || share === null) return []
  const by = told < counted ? ` (${formatCount(told)} of ${formatCount(counted)} say)` : ''
  return [`prompts ${formatCount(tokens)} tok, ${formatValue(share, 'share')} cached${by}`]
}

/** `sent 19.9 of 20.1/s, 12 held back`: as drawn, and as it was. */
function sentCell(rate: NonNullable<Results['summary']['sent_rate']>): string {
  const { due_per_second: due, sent_per_second: sent, held_back: heldBack } = rate
  const late = heldBack === 0 ? '' : `, ${formatCount(heldBack)} held back`
  return `sent ${formatValue(sent, '/s').replace('/s', '')} of ${formatValue(due, '/s')}${late}`
}

/** `c=10`, `n=300`, `warm-up 10`, `25.7s`, `ok 298`, `err 2`, and what else befell requests. */
export function loadCells({ load, summary }: Results): string[] {
  const { total, completed, failed, cancelled, left, leaving, resent, warmup } = summary.requests
  return [
    flowCell(load),
    `n=${formatCount(total)}`,
    ...(summary.sessions === null ? [] : [sessionCell(summary.sessions)]),
    ...(warmup === 0 ? [] : [`warm-up ${formatCount(warmup)}`]),
    ...(summary.wall_ms === null ? [] : [formatMs(summary.wall_ms)]),
    `ok ${formatCount(completed)}`,
    `err ${formatCount(failed)}`,
    ...(leaving === 0 ? [] : [`left ${formatCount(left)}`]),
    ...(cancelled === 0 ? [] : [`cancelled ${formatCount(cancelled)}`]),
    ...(resent === 0 ? [] : [`resent ${formatCount(resent)}`]),
  ]
}

/** `50 conversations`, `50 conversations, 2 broken, 5 turns not sent`. */
function sessionCell(sessions: NonNullable<Results['summary']['sessions']>): string {
  const { completed, broken, unfinished, turns_not_sent: missing } = sessions
  const begun = completed + broken + unfinished
  return [
    `${formatCount(begun)} conversation${begun === 1 ? '' : 's'}`,
    ...(broken === 0 ? [] : [`${formatCount(broken)} broken`]),
    ...(missing === 0 ? [] : [`${formatCount(missing)} turns not sent`]),
  ].join(', ')
}

/** `c=10`, with users who think `c=10 thinking 500ms`, or the rate: `20/s constant`. */
export function flowCell(load: Results['load']): string {
  if (load.kind === 'closed') {
    const { concurrency, think_time_ms: time } = load
    return `c=${formatCount(concurrency)}${time === null ? '' : ` thinking ${formatMs(time)}`}`
  }
  if (load.trace !== null) return `${load.trace.format} trace ${load.trace.speed}x`
  return `${formatValue(load.rate_per_second, '/s')} ${formatArrival(load)}`
}

function formatArrival({ burstiness }: Extract<Results['load'], { kind: 'open' }>): string {
  if (burstiness === null) return 'constant'
  return burstiness === 1 ? 'Poisson' : `gamma ${burstiness}`
}

/** What the run was compared with, and how its requests fared or why they do not count; none without a baseline. */
export function baselineCells({ baseline }: Results): string[] {
  if (baseline === null) return []
  const { kind, source, comparable, differences, contrasts, summary } = baseline
  const { completed, failed } = summary.requests
  const how = kind === 'interleaved' ? 'alternating' : 'an earlier run'
  const counts = `ok ${formatCount(completed)}  err ${formatCount(failed)}`
  const line = `baseline ${cleanLine(source)} (${how})   ${counts}`
  return [
    line,
    ...explainDifferences({ comparable, differences, contrasts }).map((each) => cleanLine(each)),
  ]
}

/** `http_status 503 ×12`. */
export function failureCell(failure: Results['summary']['failures'][number]): string {
  const status = failure.status === null ? '' : ` ${failure.status}`
  return `${cleanLine(failure.kind)}${status} ×${formatCount(failure.count)}`
}

const endWords: Readonly<Record<Exclude<Results['end']['kind'], 'finished'>, string>> = {
  curtailed: 'stopped',
  unhealthy: 'stopped',
  exhausted: 'stopped',
  interrupted: 'interrupted',
  crashed: 'crashed',
}

/** What the client's own error was found to be; `undefined`: it was never calibrated. */
export function calibrationCell({ calibration, load }: Results): string | undefined {
  if (calibration === null) return undefined
  const { measured_at, requests, client_error_ms, concurrency, mismatch } = calibration
  const day = cleanLine(measured_at.slice(0, 10))
  if (mismatch !== null) {
    return `calibration of ${day} not used: ${cleanLine(explainMismatch(mismatch))}`
  }
  const at =
    load.kind === 'closed' && concurrency === load.concurrency
      ? ''
      : ` at c=${formatCount(concurrency)}`
  const { p50, p99, max } = client_error_ms
  const most =
    p99 === null
      ? `max ${formatMs(max)} of only ${formatCount(requests)} requests`
      : `p99 ${formatMs(p99)}`
  return `client error p50 ${formatMs(p50)}, ${most} (calibrated ${day}${at})`
}

/** Why the run did not end by itself; `undefined` when it did. */
export function endCell({ end, load, summary }: Results): string | undefined {
  if (end.kind === 'finished') return undefined
  const of = load.requests === null ? '' : ` of ${formatCount(load.requests)}`
  const after = `${endWords[end.kind]} after ${formatCount(summary.requests.total)}${of} requests`
  return `${after}: ${cleanLine(explainEnd(end))}`
}

function clientCell({ processes, ...worst }: NonNullable<Results['client']>): string {
  const each = processes ?? [worst]
  const used = each.map((process) => `${Math.round(process.event_loop_utilization * 100)} %`)
  const loops =
    processes === null ? 'event loop' : `${processes.length} load processes, event loops`
  return `${loops} ${used.join(', ')} used`
}

const transportWords: Record<Results['load']['transport'], string> = {
  lean: 'its own',
  undici: 'undici',
}

/** Name and value of what a run can be repeated or compared by; what is not known is left out. */
export function environmentCells(results: Results): [name: string, value: string][] {
  const { environment, client, load, tool, spec, ...run } = results
  const { node, platform, arch, cpu, cores } = environment
  const facts: Record<string, string | null> = {
    spec: spec.file,
    sha256: spec.sha256,
    started: run.started_at,
    load: `warm-up ${load.warmup}, rounds ${load.rounds}, seed ${load.seed}`,
    dialects: run.stream.dialects.map(({ name, count }) => `${name} ×${count}`).join(', '),
    policy: `${run.verdict.policy}, confidence ${run.verdict.confidence}, failures ${run.verdict.failures}, look ${run.verdict.looks.taken} of ${run.verdict.looks.planned}`,
    transport: transportWords[load.transport],
    client: client && clientCell(client),
    calibration: calibrationCell(results) ?? null,
    machine: `${cpu}, ${cores} cores, ${platform} ${arch}, node ${node}`,
    tool: `${tool.name} ${tool.version}`,
  }
  return Object.entries(facts).filter((fact): fact is [string, string] => Boolean(fact[1]))
}
