import type { DoubtDocument } from '../../results/results.ts'
import { formatQuantity } from '../quantity.ts'
import { nameClientReasons } from './client-reasons.ts'

/** Why a figure cannot be believed, to stand after a colon. */
export function explainDoubt(doubt: DoubtDocument): string {
  const found = explainCause(doubt)
  return doubt.target === 'baseline' ? `the baseline: ${found}` : found
}

function explainCause(doubt: DoubtDocument): string {
  switch (doubt.kind) {
    case 'not-streamed':
      return `not streamed: ${doubt.at_once} of ${doubt.requests} answers came in a single read`
    case 'client-late': {
      const late = nameClientReasons([{ ...doubt, kind: 'event-loop-late' }])
      return `${cannotTell} (${late}, a tenth of the bound or more)`
    }
    case 'client-limited':
      return `${cannotTell} (${nameClientReasons(doubt.reasons)})`
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
