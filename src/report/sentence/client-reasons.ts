import type { ClientReasonDocument } from '../../results/results.ts'
import { formatQuantity } from '../quantity.ts'

/** `its event loop was 50% busy, it waited for a core 6% of the time`. */
export function nameClientReasons(reasons: readonly ClientReasonDocument[]): string {
  return reasons.map(nameClientReason).join(', ')
}

function nameClientReason(reason: ClientReasonDocument): string {
  switch (reason.kind) {
    case 'event-loop-busy':
      return `its event loop was ${formatQuantity(reason.utilization, 'share')} busy`
    case 'event-loop-late':
      return `its event loop was late by ${formatQuantity(reason.delay_p99_ms, 'ms')} (p99)`
    case 'waited-for-core':
      return `it waited for a core ${formatQuantity(reason.share, 'share')} of the time`
  }
}
