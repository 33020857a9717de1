import { keepKnown } from '../bench-spec/known.ts'
import type { GoodputBounds, Slo } from '../bench-spec/slo.ts'
import type { Tagging } from '../bench-spec/tagging.ts'
import type { ClientTrust, Records } from '../engine/record.ts'
import { assumeLateness } from './client-accuracy.ts'
import { findLateness, rateClient } from './client.ts'
import type { Diagnostic, TouchedSlo } from './diagnostic.ts'
import { measureReach } from './reach.ts'
import { keepTagged } from './scope.ts'

/** What an SLO came to. */
export interface JudgedSlo {
  slo: Slo
  status: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
  /** Distance to the bound in the unit of the SLO; `undefined`: nothing was observed. */
  margin?: number
}

/**
 * Says that the client was near its limits, or past them, where that reaches a bound: where no figure is
 * so close to its bound, lateness changes nothing that was decided.
 */
export function diagnoseClient(
  records: Records,
  trust: ClientTrust,
  judged: readonly JudgedSlo[],
  { goodput, tagging }: { goodput?: GoodputBounds | undefined; tagging?: Tagging | undefined },
): Diagnostic | undefined {
  const { state, reasons } = rateClient(trust)
  const delay = findLateness(trust)
  if (state === 'ok' || delay === undefined) return undefined
  const slos: TouchedSlo[] = []
  for (const { slo, status, margin } of judged) {
    const { text, unit } = slo
    const own = keepTagged(records, slo, tagging)
    const found = measureReach(slo, assumeLateness(delay), { records: own, goodput })
    if (found === undefined || margin === undefined || status === 'ERROR') continue
    const reach = Math.max(found.below, found.above)
    if (Math.abs(margin) >= reach) continue
    const known = reach === Infinity ? undefined : reach
    slos.push(keepKnown<TouchedSlo>({ slo: text, status, unit, reach: known }))
  }
  return slos.length === 0 ? undefined : { id: `client-${state}`, level: 'warn', reasons, slos }
}
