import type { Tag } from './tag.ts'

export type Metric =
  | 'ttft'
  | 'ttfo'
  | 'latency'
  | 'scheduled_ttft'
  | 'scheduled_latency'
  | 'tpot'
  | 'chunk_gap'
  | 'stall'
  | 'dispatch_delay'
  | 'output_tokens_per_second'
  | 'requests_per_second'
  | 'success_rate'
  | 'error_rate'
  | 'goodput'

/** `value` is for metrics that are one number per run: rates and shares. */
export type Stat =
  | { kind: 'percentile'; p: number }
  | { kind: 'mean' }
  | { kind: 'min' }
  | { kind: 'max' }
  | { kind: 'value' }

/** `p95`, `mean`, `value`. */
export function formatStat(stat: Stat): string {
  return stat.kind === 'percentile' ? `p${stat.p}` : stat.kind
}

export type Comparator = '<' | '<=' | '>' | '>='
export type Level = 'error' | 'warn' | 'info'

export interface Position {
  /** 1-based. */
  line: number
  /** 1-based. */
  column: number
  /** UTF-16 offset into the source. */
  offset: number
  /** Length of the marked text. */
  length: number
}

/** One assertion: metric, statistic, comparator, and a bound of its own or one by the baseline. */
export type Slo = AbsoluteSlo | RelativeSlo

export interface AbsoluteSlo extends SloBase {
  /** ms for times, 0–1 for shares, per second for rates. */
  bound: number
  allowance?: undefined
}

export interface RelativeSlo extends SloBase {
  allowance: Allowance
  bound?: undefined
}

/** How far from the baseline is allowed; the looser of the two counts. */
export interface Allowance {
  /** Ratio − 1; of shares the difference. With its sign: −0.05 is 5 % (of shares 5 points) less. */
  change: number
  /** Without a sign, in the SLO's unit; `undefined`: the change alone counts. */
  floor?: number
}

interface SloBase {
  /** Stable and unique within the spec: JUnit name and trend key. Default: `text`. */
  id: string
  /** Canonical text, for example `ttft p95 <= 800ms`. */
  text: string
  metric: Metric
  /** Which requests it is about, by all of these; `undefined`: every one. */
  tags?: readonly Tag[]
  stat: Stat
  op: Comparator
  unit: Unit
  level: Level
  why?: string
  /** Where it stands in the spec file. */
  position?: Position
}

/** Kind of the quantity; it decides how bounds and observations are printed. */
export type Unit = 'ms' | 'share' | '/s' | 'tok/s'

/** Metrics that are one time of each answer. */
export const requestMetrics = [
  'ttft',
  'ttfo',
  'latency',
  'scheduled_ttft',
  'scheduled_latency',
  'tpot',
  'stall',
] as const

export interface RequestBound {
  metric: (typeof requestMetrics)[number]
  op: Comparator
  /** ms. */
  bound: number
}

/** A request is good when it completed and keeps all of these. */
export type GoodputBounds = readonly RequestBound[]

/** Unit of each metric. Metrics in `ms` take a statistic, the others are one number per run. */
export const metricUnits: Readonly<Record<Metric, Unit>> = {
  ttft: 'ms',
  ttfo: 'ms',
  latency: 'ms',
  scheduled_ttft: 'ms',
  scheduled_latency: 'ms',
  tpot: 'ms',
  chunk_gap: 'ms',
  stall: 'ms',
  dispatch_delay: 'ms',
  output_tokens_per_second: 'tok/s',
  requests_per_second: '/s',
  success_rate: 'share',
  error_rate: 'share',
  goodput: 'share',
}

/** Whether it counts from the instant at which a request was due, which only a rate has. */
export function isOfSchedule(metric: Metric): boolean {
  return metric === 'scheduled_ttft' || metric === 'scheduled_latency'
}

/** Whether the SLO asks for no more than its bound, rather than for no less. */
export function isUpperBound(op: Comparator): boolean {
  return op === '<' || op === '<='
}
