import type { FailureKind, TargetRole } from '../engine/record.ts'
import type { Doubt } from '../metrics/doubt.ts'
import type { Status } from './decision.ts'

/**
 * How an SLO's own figures led to a status, or why there were none. The numbers that a verdict has
 * anyway are not repeated.
 */
export type Reason =
  /**
   * Too many are bad, or few enough. `failed`: requests that are bad because they failed; `left`: those
   * that are because their client went away before there was a value; `requests`:
   * those that it took to make the observations; `withoutValue`: completed ones of them that have
   * none, or whose is not known. `asked`: the larger of what was asked for and what
   * was sent; `undefined` for a run by duration.
   */
  | {
      kind: 'exceedances'
      failed: number
      left: number
      requests: number
      withoutValue: number
      asked: number | undefined
    }
  /** A t test of the rounds' values. */
  | { kind: 'rounds' }
  /** Beside the baseline, round by round. `asked`: as above. */
  | { kind: 'ratio'; asked: number | undefined }
  /** Not every pair of rounds has a finite ratio: so many are beyond the limit, of those not exactly at it. */
  | { kind: 'signs'; beyond: number; pairs: number }
  /** Rounds of two runs, of which not every one has a finite value above 0. */
  | { kind: 'no-finite-value' }
  /** Pairs of rounds in which both sides have a value, of which each takes so many requests. */
  | { kind: 'few-pairs'; pairs: number; needed: number; requests: number }
  /** Pairs of rounds in which the baseline is nothing to be measured by, of all; `most` could be left out. */
  | { kind: 'left-out'; leftOut: number; pairs: number; most: number }
  | FailuresReason
  /** A statistic that results do not keep of their rounds. */
  | { kind: 'statistic-not-kept' }
  | PointReason
  /** No request gave a value. */
  | { kind: 'no-value'; target: TargetRole }
  /** No measured request has the tags. */
  | { kind: 'no-request'; target: TargetRole }
  | NothingCompleted
  /** Nothing that a relative SLO could be compared with. */
  | { kind: 'no-baseline' }

/** Failed requests beside those of the baseline: proven to be far more, or not proven not to be. */
export interface FailuresReason {
  kind: 'failures'
  failed: number
  /** Requests that count. */
  requests: number
  baseline: { failed: number; requests: number }
  /** Share of the candidate − share of the baseline, and its limits at α ÷ 2 on each side. */
  difference: number
  low: number
  high: number
  /** The most that the difference may be. */
  allowed: number
}

/** Why the observed value alone decided. */
export type PointReason =
  | { kind: 'policy-point' }
  /** A `min` or `max` has no test. */
  | { kind: 'extreme' }
  | { kind: 'few-rounds'; rounds: number; needed: number }
  /** A value or the bound is not above 0. */
  | { kind: 'no-logarithm' }

/** No measured request of a target completed. */
export interface NothingCompleted {
  kind: 'nothing-completed'
  target: TargetRole
  total: number
  failed: number
  /** The most frequent failure; `status` is HTTP's. */
  most?: { kind: FailureKind; status?: number }
}

/** What changed a status after the SLO's own figures had led to one. */
export type TurnCause =
  /** The number of SLOs: `family` of them were corrected for. */
  | { kind: 'holm'; family: number }
  /** Completed requests that should have a value, but whose value is not known. */
  | { kind: 'unknown-values'; requests: number }
  /** Completed requests that cannot have a value: were they all bad, it would be no PASS. */
  | { kind: 'unseen-values'; requests: number }
  /**
   * A mean or a rate is of completed requests alone: it is nothing without a proof that a share of
   * `proof` completes. So many failed, among so many.
   */
  | { kind: 'unproven-success'; failed: number; requests: number; proof: number }
  /** The figure cannot be believed. */
  | { kind: 'doubt'; doubt: Doubt }
  | { kind: 'not-comparable'; differences: readonly Difference[] }
  /** The run was ended early: whatever the `remaining` requests had done, p would not have come above this. */
  | { kind: 'certain'; p: number; remaining: number }
  /** The run ended before this was decided. */
  | { kind: 'ended' }

export type Turn = TurnCause & { from: Status; to: Status }

/** A fact in which two runs differ. */
export interface Difference {
  /** `cpu`, `workload`, … */
  fact: string
  baseline: string | number
  candidate: string | number
}

/** How the verdicts on the SLOs led to that on the run; how the run ended is said beside it. */
export type VerdictReason =
  | { kind: 'no-slo' }
  /** None of level `error`. */
  | { kind: 'none-blocks' }
  /** Of `blocking` SLOs of level `error`, those that have the status of the run, by their texts. */
  | { kind: 'slos'; slos: readonly string[]; blocking: number }
  | NothingCompleted
