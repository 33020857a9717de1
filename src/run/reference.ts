import type { RequestRecord } from '../engine/record.ts'
import { type FindDoubt, findDoubts } from '../metrics/doubt.ts'
import { joinRounds } from '../metrics/joining.ts'
import { summarize } from '../metrics/summary.ts'
import { type Fingerprint, listDifferences, takeFingerprint } from '../results/fingerprint.ts'
import type { BaselineInput } from '../results/results.ts'
import { readRounds } from '../results/stored.ts'
import type { Reference } from '../verdict/relative.ts'
import type { CheckedSpec } from './checked-spec.ts'

/** What a run is compared with, for the verdict and for the document. */
export interface Referred {
  reference: Reference
  document: BaselineInput
  /** Why the baseline's own figures cannot be believed. */
  findDoubt?: FindDoubt
}

/** `records`: those of the second target. `own`: of the run that is judged. */
export function referTo(
  { baseline, goodput }: CheckedSpec,
  records: readonly RequestRecord[],
  own: Fingerprint,
): Referred | undefined {
  if (baseline === undefined) return undefined
  if (baseline.kind === 'file') {
    // Read when the spec was loaded: what is there now may be what this run has written.
    const { source, results } = baseline
    const differences = listDifferences(takeFingerprint(results), own)
    const { summary } = results
    return {
      reference: { kind: 'file', rounds: readRounds(results), differences },
      document: { kind: 'file', source, differences, summary },
    }
  }
  const joined = joinRounds(records)
  const summary = summarize(joined, { goodput })
  return {
    reference: { kind: 'interleaved', records: joined },
    document: { kind: 'interleaved', source: baseline.target.url, summary },
    findDoubt: findDoubts('baseline', joined, undefined),
  }
}

/** The doubts about a run, and about its baseline where an SLO is relative to it. */
export function joinDoubts(own: FindDoubt, baseline: FindDoubt | undefined): FindDoubt {
  return (slo, margin, bound) => {
    const doubt = own(slo, margin, bound)
    if (doubt !== undefined || slo.allowance === undefined) return doubt
    // What looks slow in a baseline flatters the candidate, so its margin is no excuse.
    return baseline?.(slo, undefined, bound)
  }
}
