import { connectionFaults } from './connection.ts'
import type { ConnectionFault } from './connection.ts'
import { contentFaults } from './content.ts'
import type { ContentFault } from './content.ts'
import type { FaultKind } from './fault.ts'
import { replyFaults } from './reply.ts'
import type { ReplyFault } from './reply.ts'
import { textFaults } from './text.ts'
import type { TextFault } from './text.ts'
import { timingFaults } from './timing.ts'
import type { TimingFault } from './timing.ts'

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
