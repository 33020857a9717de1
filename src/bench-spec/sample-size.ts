import { keepKnown } from './known.ts'
import type { LeavingLoad } from './leaving.ts'
import { type AbsoluteSlo, type Comparator, isUpperBound, type Slo } from './slo.ts'
import type { DefaultRequests } from './spec.ts'
import { listOwn, type Tagging } from './tagging.ts'

/** Share of observations that may be bad; `undefined` for an SLO that is not on a percentile or share. */
export function allowedShare({
  stat,
  unit,
  op,
  bound,
}: Pick<AbsoluteSlo, 'stat' | 'unit' | 'op' | 'bound'>): number | undefined {
  if (stat.kind === 'percentile') return allowedBeyond(stat.p, op)
  return unit === 'share' ? allowedBad(bound, op) : undefined
}

/** The same of a percentile, `percent` of 0–100. */
export function allowedBeyond(percent: number, op: Comparator): number {
  return (isUpperBound(op) ? 100 - percent : percent) / 100
}

/** The same of a share. */
export function allowedBad(bound: number, op: Comparator): number {
  return isUpperBound(op) ? bound : 1 - bound
}

/**
 * Fewest requests of which none is bad that prove that a share of at most `share` is: the smallest n
 * with (1 − q)ⁿ ≤ α = 1 − confidence.
 */
export function fewestToPass(share: number, confidence: number): number {
  const alpha = 1 - confidence
  const estimate = Math.max(1, Math.round(Math.log(alpha) / Math.log1p(-share)))
  // Rounding may end on either side of the least number; the power itself has the last word.
  return (1 - share) ** estimate <= alpha ? estimate : estimate + 1
}

/** Whether the bad ones of a share are those that failed: of a floor under good ones, or a ceiling over bad ones. */
export function limitsFailures({ metric, op }: { metric: string; op: Comparator }): boolean {
  return (metric !== 'error_rate') !== isUpperBound(op)
}

/**
 * Fewest requests that can prove an absolute SLO on a percentile or a share, not one of them being
 * bad; of failures that come `burst` in a row 2·burst − 1 times as many. `undefined` for other SLOs,
 * for one that allows no exception, and for gaps, of which requests have any number.
 */
export function fewestRequests(
  slo: AbsoluteSlo,
  { confidence, burst = 1 }: { confidence: number; burst?: number | undefined },
): number | undefined {
  const share = allowedShare(slo)
  if (share === undefined || share === 0 || slo.metric === 'chunk_gap') return undefined
  const { metric } = slo
  const isOfFailures = slo.unit === 'share' && metric !== 'goodput' && limitsFailures(slo)
  return Math.ceil(fewestToPass(share, confidence) * (isOfFailures ? 2 * burst - 1 : 1))
}

/** With fewer than so many times the fewest, a service must be far from its bound to be decided. */
export const enough = 3

/** Rounds that decide a comparison best. */
const rounds = 10

/** What the mock answers costs nothing; and so many waves make a run that luck of a wave does not decide. */
const hermetic = { requests: 500, waves: 20 }

/** More are asked for by name. */
const most = 5000

/**
 * Requests of a spec that does not say how many: enough for the strictest of its SLOs; more where the
 * bundled mock answers. `confidence`: of each look.
 */
export function chooseRequests(
  slos: readonly Slo[],
  given: {
    concurrency: number
    confidence: number
    burst?: number | undefined
    mock: boolean
    /** Tells which requests an SLO with tags is about; every one by default. */
    tagging?: Tagging | undefined
    /** Whose clients go away; no one's by default. */
    leaving?: LeavingLoad
  },
): DefaultRequests {
  const { concurrency, mock } = given
  let strictest: (DefaultRequests['strictest'] & { requests: number }) | undefined
  for (const slo of slos) {
    const wanted = scaleUp(slo, wantRequests(slo, given), given)
    if (wanted !== undefined && wanted.requests > (strictest?.requests ?? 0)) {
      strictest = { slo: slo.text, ...wanted }
    }
  }
  const hermeticLeast =
    mock && slos.length > 0 ? Math.max(hermetic.requests, hermetic.waves * concurrency) : 0
  const wanted = Math.max(100, strictest?.requests ?? 0)
  const needed = Math.max(wanted, hermeticLeast)
  return keepKnown<DefaultRequests>({
    requests: Math.min(needed, most),
    strictest: strictest && keepKnown({ slo: strictest.slo, least: strictest.least }),
    forMock: hermeticLeast > wanted,
    capped: needed > most,
  })
}

/** How many requests an SLO wants. */
interface Wish {
  requests: number
  /** The fewest that can decide, where one number is. */
  least?: number
}

/** Requests so many of which an SLO is about; more than are ever chosen where it is about too few. */
function scaleUp(
  slo: Slo,
  wish: Wish | undefined,
  {
    tagging,
    leaving = { seed: 0 },
  }: { tagging?: Tagging | undefined; leaving?: LeavingLoad | undefined },
): Wish | undefined {
  if (wish === undefined) return wish
  const list = listOwn(leaving, slo, tagging, most)
  if (list === undefined) return wish
  const count = (own: number): number => (list[own - 1] ?? most) + 1
  const { requests, least } = wish
  return { requests: count(requests), ...(least === undefined ? {} : { least: count(least) }) }
}

function wantRequests(
  slo: Slo,
  given: { confidence: number; burst?: number | undefined },
): Wish | undefined {
  if (slo.allowance === undefined) {
    const least = fewestRequests(slo, given)
    return least === undefined ? undefined : { requests: enough * least, least }
  }
  if (slo.unit === 'share') {
    const allowed = Math.abs(slo.allowance.change)
    if (allowed === 0) return undefined
    const least = fewestToPass(allowed, given.confidence)
    return { requests: enough * least, least }
  }
  // Of each round more than one request must lie beyond the percentile.
  if (slo.stat.kind !== 'percentile') return undefined
  const beyond = Math.min(slo.stat.p, 100 - slo.stat.p) / 100
  return { requests: rounds * 2 * Math.ceil((1 / beyond) * (1 - 4 * Number.EPSILON)) }
}
