import { formatQuantity } from '../../metrics/quantity.ts'
import type { SloDocument } from '../../results/results.ts'

type Doubt = Extract<SloDocument['turns'][number], { kind: 'doubt' }>['doubt']
type ClientReason = Extract<Doubt, { kind: 'client-limited' }>['reasons'][number]

/** Why a figure cannot be believed, to stand after a colon. */
export function explainDoubt(doubt: Doubt): string {
  const found = explainCause(doubt)
  return doubt.target === 'baseline' ? `the baseline: ${found}` : found
}

function explainCause(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'not-streamed':
      return `not streamed: ${doubt.at_once} of ${doubt.requests} answers came in a single read`
    case 'client-late': {
      const late = nameClientReason({ kind: 'event-loop-late', delay_ms: doubt.delay_ms })
      return `${cannotTell} (${late}, a tenth of the bound or more)`
    }
    case 'client-limited':
      return `${cannotTell} (${doubt.reasons.map(nameClientReason).join(', ')})`
    case 'calibrated-error': {
      const { error_ms: error, margin_ms: margin } = doubt
      const found = `client-limited: its calibrated error at this load is ${formatQuantity(error, 'ms')} (p99)`
      return margin === null
        ? `${found}, a tenth of a bound or more`
        : `${found}, the margin ${formatQuantity(margin, 'ms')}`
    }
  }
}

const cannotTell = 'client-limited: the load process cannot tell this margin from its own error'

/** `its event loop was late by 12ms (p99)`. */
function nameClientReason(reason: ClientReason): string {
  switch (reason.kind) {
    case 'event-loop-busy':
      return `its event loop was ${formatQuantity(reason.utilization, 'share')} busy`
    case 'event-loop-late':
      return `its event loop was late by ${formatQuantity(reason.delay_ms, 'ms')} (p99)`
    case 'waited-for-core':
      return `it waited for a core ${formatQuantity(reason.share, 'share')} of the time`
  }
}
