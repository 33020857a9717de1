import { keepKnown } from '../bench-spec/known.ts'
import { formatStat, type RelativeSlo } from '../bench-spec/slo.ts'
import { isUpperBound } from '../bench-spec/slo.ts'
import type { Baseline, Load } from '../bench-spec/spec.ts'
import { requestsNeeded } from './grouping.ts'
import { type NoiseFigure, smallestChange } from './noise.ts'

/** Why a comparison will hardly be decided, though it can be. */
export type LowPower =
  /** By the calibrated noise, so many rounds find this change in four of five runs; `allowed` is less. */
  | {
      kind: 'noise-above-allowance'
      rounds: number
      /** Ratios − 1, with the sign of what is allowed. */
      change: number
      allowed: number
      /** Requests that would about do; `undefined` where no number is known. */
      enough?: number
    }
  /** `asked` is `undefined` for a run by duration, and then nothing is said of `requests`. */
  | {
      kind: 'low-power'
      /** At least so many rounds of so many requests would do. */
      needed: number
      requests: number
      asked?: number
      rounds: number
    }

/**
 * With fewer, of as many requests in all, t of so few degrees of freedom costs more than about a
 * tenth of what could be told. The rounds of an earlier run are as many again.
 */
const roundsToTell = { interleaved: 10, file: 5 } as const

/** Of those that a percentile takes to be more than the maximum of its round. */
const sizesToTell = 2

/** Of a time or a rate, where nothing keeps it from being decided. */
export function checkPower(
  slo: RelativeSlo,
  load: Load,
  { alpha, kind, noise }: { alpha: number; kind: Baseline['kind']; noise: readonly NoiseFigure[] },
): LowPower | undefined {
  const { requests: asked, rounds } = load
  const size = asked === undefined ? Infinity : Math.floor(asked / rounds)
  const stat = formatStat(slo.stat)
  const known = noise.find((each) => each.metric === slo.metric && each.stat === stat)
  // What a floor comes to is known only beside the baseline's value.
  const { floor } = slo.allowance
  if (known !== undefined) {
    const found = checkNoise(slo, { asked, rounds, size }, known, alpha)
    if (found === undefined || floor === undefined) return found
  }
  const [needed, requests] = [roundsToTell[kind], sizesToTell * requestsNeeded(slo)]
  if (rounds >= needed && size >= requests) return undefined
  return keepKnown<LowPower>({ kind: 'low-power', needed, requests, asked, rounds })
}

function checkNoise(
  slo: RelativeSlo,
  { asked, rounds, size }: { asked: number | undefined; rounds: number; size: number },
  noise: NoiseFigure,
  alpha: number,
): LowPower | undefined {
  const together = Math.ceil(requestsNeeded(slo) / size)
  const pairs = Math.floor(rounds / together)
  // Of smaller rounds than the ones that were looked at, chance moves the values further.
  const spread = noise.spread * Math.sqrt(Math.max(1, noise.size / (size * together)))
  const found = Math.log1p(smallestChange(spread, pairs, alpha))
  const { change: allowed } = slo.allowance
  const reach = Math.abs(Math.log1p(allowed))
  if (found <= reach) return undefined
  const change = Math.expm1(isUpperBound(slo.op) ? found : -found)
  const enough =
    asked === undefined || reach === 0 ? undefined : Math.ceil(asked * (found / reach) ** 2)
  return keepKnown<LowPower>({
    kind: 'noise-above-allowance',
    rounds: pairs,
    change,
    allowed,
    enough,
  })
}
