import type { Slo } from '../bench-spec/slo.ts'
import type { Policy } from '../bench-spec/spec.ts'
import type { Status } from './decision.ts'
import type { Dependence } from './dependence.ts'
import type { Looks } from './looks.ts'
import type { Reason, Turn, VerdictReason } from './reason.ts'

/**
 * How a status was reached. `exact`: binomial on exceedances; `rounds`: t on per-round values;
 * `ratio`: per-round values against those of the baseline; `point`: observed value alone.
 */
export type Method = 'exact' | 'rounds' | 'ratio' | 'point' | 'none'

/** Units are the SLO's own: ms, share 0–1, per second. */
export interface SloVerdict {
  slo: Slo
  status: Status
  method: Method
  /** `undefined` when there was nothing to observe. +Infinity when failed requests fill the percentile. */
  observed?: number
  /** Distance to the bound, positive when the SLO holds. */
  margin?: number
  /** Observations, failed requests included where they count. */
  n: number
  /** Observations on the wrong side of the bound, and the most that would still be a PASS / the fewest that are a FAIL. */
  exceedances?: number
  passAtMost?: number
  failAtLeast?: number
  /** Confidence interval of the observed statistic; a side that the data do not reach is `undefined`. */
  interval?: { low?: number; high?: number }
  /** What makes the observations count as fewer than there are, on each side of the test. */
  dependence?: { fail: Dependence; pass: Dependence }
  /** Rounds whose values were tested, or groups of them. */
  rounds?: number
  /** Of a relative SLO. */
  relative?: Comparison
  pFail?: number
  pPass?: number
  /** After Holm over the error-level SLOs. */
  pFailAdjusted?: number
  /** Estimated further requests that would decide it, at the observed share. */
  more?: number
  /** What its own figures led to, and what then changed that, in this order; rendered in `report`. */
  reason: Reason
  turns: readonly Turn[]
}

/** A statistic beside the baseline's. Changes are ratios − 1, of shares differences. */
export interface Comparison {
  /** In the SLO's unit; +Infinity when failed requests fill the percentile. */
  baseline: number
  /** What the baseline makes of the allowance, in the SLO's unit. */
  bound: number
  /** Geometric mean over the rounds; `undefined` when one of them has no finite ratio. */
  change?: number
  /** Confidence limits of the change. */
  low?: number
  high?: number
  /** The looser of the allowances, with its sign. */
  allowed: number
  /** Rounds of each target that were compared, or groups of rounds. */
  rounds: number
}

export interface Verdict {
  status: Status
  policy: Policy
  looks: Looks
  /** Whether the policy lets it through. */
  passed: boolean
  /** One of `exitCodes`. */
  exitCode: number
  reason: VerdictReason
  slos: readonly SloVerdict[]
}
