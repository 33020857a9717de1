import type { ClientTrust, Records } from '../engine/record.ts'
import { type DoubtContext, type FindDoubt, findDoubts } from '../metrics/doubt.ts'
import { joinRounds } from '../metrics/joining.ts'
import { askSessions } from '../metrics/sessions.ts'
import { summarize } from '../metrics/summary.ts'
import { compareFingerprints, type Fingerprint, takeFingerprint } from '../results/fingerprint.ts'
import type { BaselineInput } from '../results/results.ts'
import { readRounds, readTrust } from '../results/stored.ts'
import type { Reference } from '../verdict/relative.ts'
import type { CheckedSpec } from './checked-spec.ts'

/** What a run is compared with, for the verdict and for the document. */
export interface Referred {
  reference: Reference
  document: BaselineInput
  /** Why the baseline's own figures cannot be believed. */
  findDoubt?: FindDoubt
}

/** What the doubts about a baseline are founded on; its process is that of the run where they alternate. */
export interface DoubtGrounds extends DoubtContext {
  trust?: ClientTrust | undefined
}

/** `records`: those of the second target. `own`, `grounds`: of the run that is judged. */
export function referTo(
  spec: CheckedSpec,
  records: Records,
  own: Fingerprint,
  { trust, ...grounds }: DoubtGrounds = {},
): Referred | undefined {
  const { baseline, goodput } = spec
  if (baseline === undefined) return undefined
  if (baseline.kind === 'file') {
    // Read when the spec was loaded: what is there now may be what this run has written.
    const { source, results } = baseline
    const found = compareFingerprints(takeFingerprint(results), own)
    const { summary } = results
    return {
      reference: { kind: 'file', rounds: readRounds(results), differences: found.differences },
      document: { kind: 'file', source, ...found, summary },
      findDoubt: findDoubts('baseline', [], readTrust(results), grounds),
    }
  }
  const joined = joinRounds(records)
  const summary = summarize(joined, { goodput, talks: askSessions(spec) })
  return {
    reference: { kind: 'interleaved', records: joined },
    document: { kind: 'interleaved', source: baseline.target.url, summary },
    findDoubt: findDoubts('baseline', joined, trust, grounds),
  }
}

/** The doubts about a run, and about its baseline where an SLO is relative to it. */
export function joinDoubts(own: FindDoubt, baseline: FindDoubt | undefined): FindDoubt {
  return (slo, decided) =>
    own(slo, decided) ?? (slo.allowance === undefined ? undefined : baseline?.(slo, decided))
}
