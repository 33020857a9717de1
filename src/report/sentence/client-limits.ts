import type { DiagnosticFacts } from '../../results/wording.ts'
import { formatQuantity } from '../quantity.ts'
import { nameClientReasons } from './client-reasons.ts'

type Limits = Extract<DiagnosticFacts, { id: 'client-busy' | 'client-limited' }>

/** What the limits of the load process mean for the SLOs that they reach. */
export function explainLimits({ id, reasons, slos }: Limits): string {
  const found =
    id === 'client-busy'
      ? 'The load process was near its limits'
      : 'The load process could not keep up'
  return `${found} (${nameClientReasons(reasons)}): ${slos.map(tellTouched).join('; ')}.`
}

function tellTouched({ slo, status, unit, reach }: Limits['slos'][number]): string {
  const by = reach === null ? undefined : formatQuantity(reach, unit)
  if (status === 'INCONCLUSIVE') {
    const error = by === undefined ? 'an unknown error' : `an error of up to ${by}`
    return `"${slo}" is too close to its bound for ${error}`
  }
  const shorter = by === undefined ? 'shorter' : `up to ${by} shorter`
  return `"${slo}" may be ${shorter} than shown, its ${status} stands`
}
