import { meanOf } from './distribution.ts'
import { listAsks } from './session.ts'
import type { BenchSpec } from './spec.ts'

/** What the longest of what takes a place in flight may consist of: a request, or a conversation. */
export interface LongestStay {
  requests: number
  /** In which its user thinks, ms. */
  thinking: number
}

/** Draws of a distribution are rarely so many times its mean. */
const farOut = 10

/** Of conversations the one with the most requests that may take the most time. */
export function findLongestStay({
  dataset,
  conversation,
}: Pick<BenchSpec, 'dataset' | 'conversation'>): LongestStay {
  const { sessions } = dataset ?? {}
  if (sessions === undefined) return { requests: 1, thinking: 0 }
  const usual = conversation?.thinkTime === undefined ? 0 : farOut * meanOf(conversation.thinkTime)
  let longest: LongestStay = { requests: 1, thinking: 0 }
  for (const session of sessions) {
    const thinking = session.turns.slice(1).reduce((sum, { think = usual }) => sum + think, 0)
    longest = {
      requests: Math.max(longest.requests, listAsks(session).length),
      thinking: Math.max(longest.thinking, thinking),
    }
  }
  return longest
}
