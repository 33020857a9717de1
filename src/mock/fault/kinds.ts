import { connectionFaults } from './connection-faults.ts'
import type { ConnectionFault } from './connection-faults.ts'
import { contentFaults } from './content-faults.ts'
import type { ContentFault } from './content-faults.ts'
import type { FaultKind } from './fault.ts'
import { replyFaults } from './reply-faults.ts'
import type { ReplyFault } from './reply-faults.ts'
import { textFaults } from './text-faults.ts'
import type { TextFault } from './text-faults.ts'
import { timingFaults } from './timing-faults.ts'
import type { TimingFault } from './timing-faults.ts'

export type FaultName = ReplyFault | TimingFault | ConnectionFault | ContentFault | TextFault

/** Every fault there is. */
export const faultKinds: Readonly<Record<FaultName, FaultKind>> = {
  ...replyFaults,
  ...timingFaults,
  ...connectionFaults,
  ...contentFaults,
  ...textFaults,
}

export const faultNames: readonly FaultName[] = Object.keys(faultKinds) as FaultName[]
