import type { Reading, RequestRecord, Records } from '../engine/record.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Snapshot } from './snapshot.ts'

/** That clients went away, and what those that were to do so came to. */
export function diagnoseLeaving(records: Records): Diagnostic | undefined {
  const leaving = records.filter(({ phase, leaves }) => phase === 'measured' && leaves === true)
  if (leaving.length === 0) return undefined
  const count = (outcome: RequestRecord['outcome']): number =>
    leaving.filter((record) => record.outcome === outcome).length
  return {
    id: 'clients-left',
    level: 'info',
    leaving: leaving.length,
    left: count('left'),
    completed: count('completed'),
    failed: count('failed'),
    unanswered: leaving.filter(
      ({ outcome, marks }) => outcome === 'left' && marks.firstToken === undefined,
    ).length,
  }
}

/** What a server made of the requests whose clients went away. */
export interface LeavingNoticed {
  left: number
  /** Answers that it broke off. */
  noticed: number
  /** Answers that it finished though nobody waited for them, at the least. */
  finished: number
}

/** Within it a server may come to count an answer, ms. */
const lag = 1_000

/**
 * By the server's own counts between two readings; not every server counts what it broke off.
 * `undefined`: none left, or they do not tell, as where it counts neither kind, other requests were broken off as well, or there are more than this client's.
 */
export function measureNoticed(
  { before, after }: Record<'before' | 'after', Reading<Snapshot>>,
  records: Records,
): LeavingNoticed | undefined {
  const grown = (key: 'finished' | 'aborted'): number | undefined => {
    const last = after.value[key]
    return last === undefined ? undefined : last - (before.value[key] ?? 0)
  }
  const [finished, aborted = 0] = [grown('finished'), grown('aborted')]
  if (finished === undefined) return undefined
  const own = records.filter(({ marks }) => marks.ended >= before.sent - lag)
  if (own.some(({ outcome }) => outcome === 'failed' || outcome === 'cancelled')) return undefined
  const left = own.filter(
    ({ outcome, marks }) => outcome === 'left' && marks.ended >= before.received,
  ).length
  const completed = own.filter(({ outcome }) => outcome === 'completed').length
  const unwanted = Math.max(0, finished - completed)
  if (left === 0 || aborted + unwanted === 0 || aborted + unwanted > left) return undefined
  return { left, noticed: aborted, finished: unwanted }
}
