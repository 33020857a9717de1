import type { RequestRecord, Records } from '../../engine/record.ts'

/** ms, and how often it counts: once, or for the tokens that it stands for. */
export interface Weighted {
  value: number
  weight: number
}

/** Of values in ascending order, never empty; `p` between 0 and 1. */
export type Quantile = (values: readonly Weighted[], p: number) => number

/** A metric of another tool: times of each completed request. */
export interface ToolMetric {
  /** As the tool calls it. */
  name: string
  /** In one line, from its sources. */
  definition: string
  /** Empty where the tool has no value of the request, or where it cannot be known. */
  values(record: RequestRecord): readonly Weighted[]
  /** A failed request has the value ∞; without one the tool does not report the metric. */
  failures?: 'infinite'
  /** Where percentiles are not taken in the way of the tool. */
  quantile?: Quantile
  /** The distribution of slogate that comes nearest. */
  ours: 'ttft' | 'ttfo' | 'latency' | 'stream_end' | 'tpot' | 'chunk_gap'
  /** Why the two differ. */
  difference: string
}

/** A figure of the whole run. */
export interface ToolRate {
  name: string
  definition: string
  /** Per second; `undefined` without a duration or without a count of tokens. */
  rate(records: Records): number | undefined
  ours: 'requests_per_second' | 'output_tokens_per_second'
  difference: string
}

/** The most that each request may take, ms. */
export type Objectives = Readonly<Partial<Record<'ttft' | 'tpot' | 'latency', number>>>

/** The share of requests that keep all objectives; a failed request keeps none. */
export interface ToolGoodput {
  name: string
  definition: string
  /** Of a completed request; `undefined`: it does not count. */
  keeps(record: RequestRecord, objectives: Objectives): boolean | undefined
  ours: 'goodput'
  difference: string
}

/** How another tool would report the same records, by definitions that were read in its sources. */
export interface Tool {
  /** As it is called on its own command line. */
  name: string
  /** The published package whose sources the definitions were read in. */
  version: string
  /** How it takes percentiles, in a few words. */
  percentiles: string
  quantile: Quantile
  metrics: readonly ToolMetric[]
  rates: readonly ToolRate[]
  goodput?: ToolGoodput
}
