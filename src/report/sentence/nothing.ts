import type { VerdictReasonDocument } from '../../results/results.ts'

type Nothing = Extract<VerdictReasonDocument, { kind: 'nothing-completed' }>

/** Why no request of a target completed. */
export function explainNothing({ total, failed, most }: Nothing): string {
  if (most === null) {
    return total === 0
      ? 'No request was sent.'
      : `No request completed: ${total} of ${total} were cancelled, or left.`
  }
  const kind = most.status === null ? most.kind : `${most.kind} ${most.status}`
  return `No request completed: ${failed} of ${total} failed, most often with ${kind}.`
}
