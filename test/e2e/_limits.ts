import { rateClient } from '../../src/metrics/client.ts'
import type { DoubtDocument, Results, SloDocument } from '../../src/results/results.ts'
import { readTrust } from '../../src/results/stored.ts'

/** Whether the load process could not keep up, as where other work takes the cores away. */
export function wasLimited(results: Results): boolean {
  const trust = readTrust(results)
  return trust !== undefined && rateClient(trust).state === 'limited'
}

/** What the figures of each SLO led to, before anything was said against them. */
export function ownStatuses({ verdict }: Results): SloDocument['status'][] {
  return verdict.slos.map(({ turns, status }) => turns[0]?.from ?? status)
}

/** What was then said against them. */
export function listDoubts({ verdict }: Results): DoubtDocument['kind'][] {
  return verdict.slos.flatMap(({ turns }) =>
    turns.flatMap((turn) => (turn.kind === 'doubt' ? [turn.doubt.kind] : [])),
  )
}

/** Whether there were fewer requests in flight than asked for. */
export function lackedLoad(results: Results): boolean {
  return (
    listDoubts(results).includes('load-thinned') ||
    results.diagnostics.some(({ id }) => id === 'concurrency-not-held')
  )
}

/** Whether what is undecided is so because parts of the run differ, and nothing was beyond its bound. */
export function sharedLuck({ verdict }: Results): boolean {
  const undecided = verdict.slos.filter(({ status }) => status === 'INCONCLUSIVE')
  return undecided.every(
    ({ dependence, exceedances }) => dependence?.pass.kind === 'groups' && exceedances === 0,
  )
}
