import { keepKnown } from '../bench-spec/known.ts'
import { extraRequests } from '../bench-spec/round.ts'
import { allowedShare, enough, fewestRequests, fewestToPass } from '../bench-spec/sample-size.ts'
import type { AbsoluteSlo, RelativeSlo, Slo } from '../bench-spec/slo.ts'
import type { Baseline, Gate, Load } from '../bench-spec/spec.ts'
import { expectLoad, type Tagging } from '../bench-spec/tagging.ts'
import { allowExcess, leavesFailures } from './excess.ts'
import { roundValues } from './figures.ts'
import { fewestPairs, requestsNeeded } from './grouping.ts'
import { shareAlpha, countLooks, type Looks } from './looks.ts'
import type { NoiseFigure } from './noise.ts'
import { checkPower, type LowPower } from './power.ts'
import { leastSuccess, leavesFailuresOut } from './success.ts'

/** Why an SLO can never PASS, or never or hardly be decided, at what the spec asks for. */
export type Infeasibility = {
  slo: Slo
  /** Of an SLO with tags, or where clients go away: the requests that are asked for, of which only its own count. */
  whole?: number
} &
  /** No number of requests can prove that none ever will be bad. */
  (
    | { kind: 'no-exception' }
    /** `extra`: requests of the extra rounds; `confidence`: of the gate, of which each look has its part. */
    | {
        kind: 'few-requests'
        least: number
        asked: number
        extra: number
        confidence: number
        looks: Looks
      }
    /** A mean or a rate PASSes only beside a proven success rate, which takes so many. */
    | { kind: 'few-for-success'; least: number; asked: number; proof: number }
    /** It can be decided, but few services are far enough from the bound for so few requests. */
    | { kind: 'likely-undecided'; least: number; asked: number; likely: number }
    /** Of each target; `least` is `undefined` where no number is enough. */
    | { kind: 'few-for-share'; least?: number; asked: number }
    | { kind: 'statistic-not-kept' }
    /** A comparison takes `needed` rounds of at least so many requests each. */
    | { kind: 'few-rounds'; needed: number; requests: number; rounds: number }
    | {
        kind: 'small-rounds'
        needed: number
        requests: number
        asked: number
        rounds: number
        /** Requests in as many rounds that are enough. */
        enough: number
      }
    /** Of each target, to disprove far more failures than the baseline's. */
    | { kind: 'few-for-failures'; least: number; asked: number }
    | LowPower
  )

type Obstacle<T = Infeasibility> = T extends unknown ? Omit<T, 'slo' | 'whole'> : never

/**
 * SLOs that can never PASS at the number of their requests that is asked for, extra rounds included, even if not
 * one of them is bad.
 * Nothing is said of policy `point`, of means, rates and extremes, nor of `chunk_gap`, whose number
 * of gaps is not known before the run.
 */
export function checkFeasibility(
  slos: readonly Slo[],
  load: Load,
  gate: Gate,
  { baseline, noise = [], tagging }: Beside = {},
): Infeasibility[] {
  if (gate.policy === 'point') return []
  return slos.flatMap((slo): Infeasibility[] => {
    const own = expectLoad(load, slo, tagging)
    const obstacle =
      slo.allowance === undefined
        ? checkAbsolute(slo, own, gate)
        : checkRelative(slo, own, gate, { kind: baseline?.kind ?? 'interleaved', noise })
    const all = expectLoad(load, {}, tagging).requests
    const whole = slo.tags === undefined && own.requests === all ? undefined : all
    return obstacle === undefined ? [] : [keepKnown<Infeasibility>({ slo, ...obstacle, whole })]
  })
}

/** What a comparison is made with, and what is known of the target. */
interface Beside {
  baseline?: Baseline | undefined
  noise?: readonly NoiseFigure[]
  /** Tells how many requests an SLO with tags is about; `undefined` where none has any. */
  tagging?: Tagging | undefined
}

function checkAbsolute(slo: AbsoluteSlo, load: Load, gate: Gate): Obstacle | undefined {
  const share = allowedShare(slo)
  if (share === 0) return { kind: 'no-exception' }
  if (leavesFailuresOut(slo)) return checkSuccess(load, gate)
  const least = fewestRequests(slo, { confidence: 1 - shareAlpha(gate), burst: gate.burst })
  if (least === undefined || load.requests === undefined) return undefined
  const { requests: asked } = load
  const extra = gate.maxExtraRounds * extraRequests(load)
  const likely = enough * least
  if (asked + extra >= likely) return undefined
  if (asked + extra >= least) return { kind: 'likely-undecided', least, asked, likely }
  const { confidence } = gate
  return { kind: 'few-requests', least, asked, extra, confidence, looks: countLooks(gate, 1) }
}

function checkSuccess(load: Load, gate: Gate): Obstacle | undefined {
  const least = fewestToPass(1 - leastSuccess, 1 - shareAlpha(gate))
  const { requests: asked } = load
  if (asked === undefined) return undefined
  if (asked + gate.maxExtraRounds * extraRequests(load) >= least) return undefined
  return { kind: 'few-for-success', least, asked, proof: leastSuccess }
}

function checkRelative(
  slo: RelativeSlo,
  load: Load,
  { confidence, failures }: Gate,
  { kind, noise }: { kind: Baseline['kind']; noise: readonly NoiseFigure[] },
): Obstacle | undefined {
  const { requests, rounds } = load
  if (slo.unit === 'share') {
    const allowed = Math.abs(slo.allowance.change)
    const least = allowed === 0 ? undefined : fewestToPass(allowed, confidence)
    if (requests === undefined || requests >= (least ?? Infinity)) return undefined
    return keepKnown<Obstacle>({ kind: 'few-for-share', asked: requests, least })
  }
  if (kind === 'file' && roundValues([], slo) === undefined) return { kind: 'statistic-not-kept' }
  const inPair = requestsNeeded(slo)
  if (rounds < fewestPairs) {
    // Where they alternate, an odd number is refused.
    const needed = kind === 'file' ? fewestPairs : fewestPairs + (fewestPairs % 2)
    return { kind: 'few-rounds', needed, requests: inPair, rounds }
  }
  const alpha = 1 - confidence
  if (requests !== undefined) {
    // Neighbours are put together where rounds alternated; the rounds of a file are as they are.
    const together = kind === 'file' ? 1 : Math.floor(rounds / fewestPairs)
    const inRound = Math.ceil(inPair / together)
    if (Math.floor(requests / rounds) < inRound) {
      const enough = inRound * rounds
      const few = { needed: fewestPairs, requests: inPair, asked: requests, rounds, enough }
      return { kind: 'small-rounds', ...few }
    }
    if (leavesFailures(slo, failures)) {
      const least = fewestToPass(allowExcess(slo, failures), 1 - alpha / 2)
      if (requests < least) return { kind: 'few-for-failures', least, asked: requests }
    }
  }
  return checkPower(slo, load, { alpha, kind, noise })
}
