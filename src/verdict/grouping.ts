import type { Slo } from '../bench-spec/slo.ts'
import type { RequestRecord, Records } from '../engine/record.ts'

/** Fewest pairs of rounds, or of groups of rounds, that are compared. */
export const fewestPairs = 3

/** Records of one round, or of neighbouring rounds, of each target. */
export interface RoundPair {
  candidate: Records
  baseline: Records
}

/**
 * Requests a round needs to have the percentile at all: of fewer than 1 ÷ (1 − p) it is their
 * maximum. One for what is no percentile, and for gaps, of which each request has many.
 */
export function requestsNeeded({ metric, stat }: Pick<Slo, 'metric' | 'stat'>): number {
  if (stat.kind !== 'percentile' || metric === 'chunk_gap') return 1
  const beyond = Math.min(stat.p, 100 - stat.p) / 100
  return Math.ceil((1 / beyond) * (1 - 4 * Number.EPSILON))
}

/**
 * Pairs the rounds of two targets by their number; both have only requests that count. Neighbours are put together until each target
 * has `needed` requests in a pair; what is left over at the end goes to the last pair.
 */
export function pairRounds(candidate: Records, baseline: Records, needed: number): RoundPair[] {
  const rounds = [byRound(candidate), byRound(baseline)] as const
  const pairs: { candidate: RequestRecord[]; baseline: RequestRecord[] }[] = []
  let open = { candidate: [] as RequestRecord[], baseline: [] as RequestRecord[] }
  for (const round of [...rounds[0].keys()].sort((a, b) => a - b)) {
    // A round of one target alone has nothing to be compared with.
    const [own, other] = [rounds[0].get(round), rounds[1].get(round)]
    if (own === undefined || other === undefined) continue
    open.candidate.push(...own)
    open.baseline.push(...other)
    if (Math.min(open.candidate.length, open.baseline.length) < needed) continue
    pairs.push(open)
    open = { candidate: [], baseline: [] }
  }
  const last = pairs.at(-1)
  last?.candidate.push(...open.candidate)
  last?.baseline.push(...open.baseline)
  return pairs
}

function byRound(records: Records): Map<number, RequestRecord[]> {
  return Map.groupBy(records, ({ round }) => round)
}
