import type { CancelledRecord, CompletedRecord, FailureKind, LeftRecord } from './record.ts'

/** How a request ends that did not fail. */
export type Ending = 'completed' | 'cancelled' | 'left'

/** What a record says of it. */
export const endings: {
  completed: Pick<CompletedRecord, 'outcome'>
  cancelled: Pick<CancelledRecord, 'outcome'>
  left: Pick<LeftRecord, 'outcome' | 'leaves'>
} = {
  completed: { outcome: 'completed' },
  cancelled: { outcome: 'cancelled' },
  left: { outcome: 'left', leaves: true },
}

/** What a deadline that has passed was for. */
export const waitedFor: Partial<Record<FailureKind, string>> = {
  'timeout.connect': 'connection',
  'timeout.ttft': 'first token',
  'timeout.idle': 'next bytes',
  'timeout.total': 'whole answer',
}
