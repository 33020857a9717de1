import { type ConnectionFault, connectionFaults } from './connection-faults.ts'
import { type ContentFault, contentFaults } from './content-faults.ts'
import type { FaultKind } from './fault.ts'
import { type ReplyFault, replyFaults } from './reply-faults.ts'
import { type TextFault, textFaults } from './text-faults.ts'
import { type TimingFault, timingFaults } from './timing-faults.ts'

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
