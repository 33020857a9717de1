import { connectionFaults } from './fault-connection.ts'
import type { ConnectionFault } from './fault-connection.ts'
import { contentFaults } from './fault-content.ts'
import type { ContentFault } from './fault-content.ts'
import { replyFaults } from './fault-reply.ts'
import type { ReplyFault } from './fault-reply.ts'
import { textFaults } from './fault-text.ts'
import type { TextFault } from './fault-text.ts'
import { timingFaults } from './fault-timing.ts'
import type { TimingFault } from './fault-timing.ts'
import type { FaultKind } from './fault.ts'

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
