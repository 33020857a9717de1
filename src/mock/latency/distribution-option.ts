/** ms as a number, or text with a unit: `40ms`, `1.5s`. */
export type DurationOption = number | string

/** A random time. `normal`, `lognormal` and `gamma` take `stddev` (a duration) or `cv` (stddev ÷ mean). */
export interface DistributionOption {
  dist: 'constant' | 'uniform' | 'normal' | 'lognormal' | 'gamma' | 'exponential'
  mean?: DurationOption
  min?: DurationOption
  max?: DurationOption
  stddev?: DurationOption
  cv?: number
}

/**
 * Times whose nearest-rank quantiles over `n` requests are exactly known: a table such as
 * `{ p50: '40ms', p99: '200ms', max: '300ms' }`, or a distribution read at (i − ½) / n.
 */
export interface ExactOption {
  exact_quantiles:
    | Readonly<Record<string, DurationOption>>
    | DistributionOption
    | MixtureOption
    | QuantileOption
  n: number
}

/** Each time from one of several, by `weight` (1 by default). */
export interface MixtureOption {
  mixture: readonly ((DistributionOption | QuantileOption) & { weight?: number })[]
}

/** Random times that neighbours share in part, and that wander to others in `over` requests. */
export interface DriftOption {
  drifting: DistributionOption | MixtureOption | QuantileOption
  over: number
}

/** Random times with these quantiles, linear in between. */
export interface QuantileOption {
  quantiles: Readonly<Record<string, DurationOption>>
}

/** One measured time for each request: over and over in this order, or each lap in another one. */
export interface SampleOption {
  samples: readonly DurationOption[]
  order?: 'cycle' | 'shuffle'
}

export type LatencyOption =
  | DurationOption
  | DistributionOption
  | MixtureOption
  | QuantileOption
  | DriftOption
  | SampleOption
  | ExactOption
