import { drawFrom } from '../bench-spec/distribution.ts'
import { type Message, recordAnswer } from '../bench-spec/message.ts'
import { mix, mulberry32 } from '../bench-spec/random.ts'
import { orderSessions } from '../bench-spec/session-order.ts'
import { type Ask, listAsks, type Turn } from '../bench-spec/session.ts'
import type { Conversation, Dataset, Load } from '../bench-spec/spec.ts'
import type { Alarm } from './alarm.ts'
import type { Dispatcher, Place, Sending } from './pace.ts'
import type { Ticket } from './schedule.ts'

/** Sends whole conversations: what it is given to send is one of them, by its number. */
export interface SessionDispatcher extends Dispatcher {
  /** Nothing more is sent: conversations whose users think end here. */
  release(): void
}

/** A conversation in progress. */
interface Held {
  place: Place
  /** Of the whole conversation. */
  ticket: Ticket
  row: number
  asks: readonly Ask[]
  turns: readonly Turn[]
  /** Number of its first request. */
  first: number
  messages: Message[]
  onEnd: Parameters<Dispatcher['send']>[2]
}

/** Not those of rows and arrivals. */
const useOfThinking = 2 ** 32 - 3

/** A load whose requests are conversations, as a pace takes it. */
export function countSessions<L extends Load>(load: L): L {
  const { requests: _turns, ...rest } = load
  return (load.sessions === undefined ? rest : { ...rest, requests: load.sessions }) as L
}

/**
 * Lets a pace give out conversations as if each were one request: it has its place from its first
 * turn to its last, is in flight also while its user thinks, and ends with its last turn or with the
 * first that does not complete. A turn is due when the answer before has ended and its user has
 * thought. In the warm-up a conversation is its first turn.
 */
export function holdSessions(
  { load, dataset, conversation }: { load: Load; dataset: Dataset; conversation: Conversation },
  dispatcher: Dispatcher,
  alarm: Alarm,
): SessionDispatcher {
  const { sessions = [] } = dataset
  const order = orderSessions(sessions, load)
  const asks = sessions.map(listAsks)
  const seed = mix(load.seed, useOfThinking)
  const thinking = new Map<Held, () => void>()
  let inProgress = 0
  let pending = 0

  function begin(place: Place, { ticket, ...when }: Sending, onEnd: Held['onEnd']): void {
    const { phase, index } = ticket
    const isMeasured = phase === 'measured'
    const row = order.row(ticket)
    const all = asks[row] ?? []
    inProgress++
    if (isMeasured) pending++
    const held: Held = {
      place,
      ticket,
      row,
      asks: isMeasured ? all : all.slice(0, 1),
      turns: sessions[row]?.turns ?? [],
      first: isMeasured ? order.count(index) : index,
      messages: [],
      onEnd,
    }
    ask(held, 0, when)
  }

  /** Sends the ask at that place in the conversation. */
  function ask(held: Held, at: number, when: Omit<Sending, 'ticket'>): void {
    const { place, ticket, row, first, messages, turns } = held
    const { turn, step } = held.asks[at] ?? { turn: 0, step: 0 }
    const { user, results } = turns[turn] ?? { user: '', results: [] }
    if (step === 0) messages.push({ role: 'user', content: user })
    const own = { ...ticket, index: first + at, session: ticket.index, turn, step }
    const sending = { ticket: own, ...when, said: { row, turn, messages } }
    dispatcher.send(place, sending, (ended) => {
      const { record, answer } = ended ?? {}
      if (record?.outcome !== 'completed' || answer === undefined) return end(held)
      const result = results[Math.min(step, results.length - 1)] ?? conversation.toolResult
      messages.push(...recordAnswer(answer, result))
      const next = findNext(held, at + 1)
      if (next === undefined || dispatcher.isStopped()) return end(held)
      goOn(held, next, record.marks.ended)
    })
  }

  /** One of results of tools only behind an answer that called some. */
  function findNext({ asks: all, messages }: Held, from: number): number | undefined {
    const called = messages.at(-1)?.role === 'tool'
    const next = all.findIndex(({ step }, at) => at >= from && (step === 0 || called))
    return next === -1 ? undefined : next
  }

  function goOn(held: Held, next: number, ended: number): void {
    const due = ended + think(held, next)
    if (due === ended) return ask(held, next, { scheduled: due })
    const ring = (): void => {
      thinking.delete(held)
      ask(held, next, { scheduled: due })
    }
    thinking.set(held, alarm(due, ring))
  }

  /** ms; results of tools are there at once. */
  function think({ asks: all, turns, first }: Held, at: number): number {
    const { turn, step } = all[at] ?? { turn: 0, step: 0 }
    if (step > 0) return 0
    const own = turns[turn]?.think
    if (own !== undefined || conversation.thinkTime === undefined) return own ?? 0
    return drawFrom(conversation.thinkTime, mulberry32(mix(seed, first + at)))
  }

  function end({ ticket, onEnd }: Held): void {
    inProgress--
    if (ticket.phase === 'measured') pending--
    onEnd()
  }

  return {
    ...dispatcher,
    send: begin,
    inFlight: () => inProgress,
    pending: () => pending,
    release() {
      const waiting = [...thinking]
      thinking.clear()
      for (const [held, cancel] of waiting) {
        cancel()
        end(held)
      }
    },
  }
}
