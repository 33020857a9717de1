import { keepKnown } from '../bench-spec/known.ts'
import type { Session } from '../bench-spec/session.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import type { RequestMarks, RequestRecord, Records } from '../engine/record.ts'
import type { Sequence } from './sequence.ts'

/** What has a place in flight for a time: a request, or a conversation from its first to its last one. */
export interface Stay extends Pick<RequestRecord, 'phase' | 'round' | 'stage'> {
  marks: Pick<RequestMarks, 'dispatched' | 'ended'>
}

/** Some of them; records are some. */
export type Stays = Sequence<Stay>

/** Conversations in the place of their requests, which are in progress also while a user thinks. */
export function joinSessions(records: Records): Stays {
  if (records.every(({ session }) => session === undefined)) return records
  return Array.from(groupBySession(records), ([first, ...rest]) => {
    const { phase, round, stage, marks } = first
    let { dispatched, ended } = marks
    for (const { marks: later } of rest) {
      if (later.dispatched !== undefined) {
        dispatched = Math.min(dispatched ?? Infinity, later.dispatched)
      }
      ended = Math.max(ended, later.ended)
    }
    return keepKnown<Stay>({ phase, round, stage, marks: keepKnown({ dispatched, ended }) })
  })
}

type Requests = [RequestRecord, ...RequestRecord[]]

/** In the order in which their first requests stand. */
function groupBySession(records: Records): Iterable<Requests> {
  const groups = new Map<string, Requests>()
  for (const record of records) {
    const key = `${record.target} ${record.phase} ${record.session}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [record])
    else group.push(record)
  }
  return groups.values()
}

/** What became of the measured conversations of a run. */
export interface SessionSummary {
  /** `undefined`: as many as fit into a duration. */
  asked?: number
  /** Every turn was answered. */
  completed: number
  /** A turn was not, which ended them. */
  broken: number
  /** The run ended before they did. */
  unfinished: number
  /** Turns of the broken ones that were not sent, by their number from 1; those of which there are none are left out. */
  turnsNotSent: readonly { turn: number; count: number }[]
  /** Requests kept for results of tools that no answer called for. */
  resultsNotNeeded: number
}

/** Conversations that a run is made of. */
export interface AskedSessions {
  /** One for each row of the data. */
  sessions: readonly Session[]
  asked?: number | undefined
}

/** Of a spec; `undefined` without any. */
export function askSessions({
  dataset,
  load,
}: Pick<BenchSpec, 'dataset' | 'load'>): AskedSessions | undefined {
  return dataset?.sessions && { sessions: dataset.sessions, asked: load.sessions }
}

export function summarizeSessions(
  records: Records,
  { sessions, asked }: AskedSessions,
): SessionSummary {
  const counts = { completed: 0, broken: 0, unfinished: 0 }
  const missing = new Map<number, number>()
  let resultsNotNeeded = 0
  for (const requests of groupBySession(records.filter(({ phase }) => phase === 'measured'))) {
    const turns = sessions[requests[0].row ?? 0]?.turns ?? []
    const last = requests.reduce((latest, each) => (each.index > latest.index ? each : latest))
    const { turn = 0 } = last
    const end = judgeEnd(last, turns.length)
    counts[end]++
    const ended = end === 'completed' ? turns.length : turn
    const sent = requests.filter((each) => (each.step ?? 0) > 0 && (each.turn ?? 0) < ended).length
    resultsNotNeeded +=
      turns.slice(0, ended).reduce((sum, { results }) => sum + results.length, 0) - sent
    if (end !== 'broken') continue
    for (let at = turn + 1; at < turns.length; at++) missing.set(at, (missing.get(at) ?? 0) + 1)
  }
  const turnsNotSent = [...missing].sort(([a], [b]) => a - b)
  return keepKnown<SessionSummary>({
    asked,
    ...counts,
    turnsNotSent: turnsNotSent.map(([turn, count]) => ({ turn: turn + 1, count })),
    resultsNotNeeded,
  })
}

function judgeEnd(
  { outcome, turn = 0 }: RequestRecord,
  turns: number,
): 'completed' | 'broken' | 'unfinished' {
  if (outcome === 'cancelled') return 'unfinished'
  if (outcome !== 'completed') return 'broken'
  return turn + 1 === turns ? 'completed' : 'unfinished'
}
