import type { Load, Timeouts } from '../spec/spec.ts'
import type { StreamFormat } from '../spec/stream-format.ts'
import type { PreparedRequest } from '../spec/template.ts'
import { now as monotonic } from './clock.ts'
import { type Exchange, startExchange } from './exchange.ts'
import type { RequestRecord } from './record.ts'
import type { Connection } from './request.ts'
import { createSchedule, type Ticket } from './schedule.ts'

/** Everything the load process needs, as plain data. */
export interface LoadPlan {
  load: Load
  timeouts: Timeouts
  stream?: StreamFormat
  /** One per row; a request takes the one at its number modulo their count. */
  requests: readonly PreparedRequest[]
  /** Rounds that may be added when all measured requests have ended; none by default. */
  extraRounds?: number
  /** Header that tells the bundled mock which phase a request belongs to. */
  phaseHeader?: string
}

export interface Loop {
  inFlight(): number
  /** Resolves to the instant at which the first measured request was taken; never without one. */
  measuring: Promise<number>
  /** Resolves when nothing is in flight and nothing is left to send. */
  finished: Promise<void>
  /** Adds one round; only after `onOpen`. */
  extend(): void
  /** Sends nothing more; what is in flight is let to its end or given up. */
  stop(inFlight: 'finish' | 'cancel'): void
}

export interface LoopEvents {
  onRecord(record: RequestRecord): void
  /** Every measured request has ended and a round may be added; until then slots are kept busy. */
  onOpen?(): void
}

/** Deadlines are looked at this often, ms; a timeout is late by up to this. */
const deadlineInterval = 10

/** ms between the first requests of neighbouring slots in the warm-up, so that cold sockets and code do not all start at once. */
const rampInterval = 1

/** Keeps `concurrency` requests in flight; a slot is refilled in the same turn in which its stream has ended. */
export function startLoop(
  plan: LoadPlan,
  connect: () => Connection,
  { onRecord, onOpen }: LoopEvents,
  now: () => number = monotonic,
): Loop {
  const schedule = createSchedule(plan.load, plan.extraRounds)
  const { concurrency, warmup, requests = Infinity } = plan.load
  const slots = Math.min(concurrency, warmup + requests)
  const connections = Array.from({ length: slots }, connect)
  const exchanges = new Map<number, Exchange>()
  let openSlots = connections.length
  let stopped = false
  /** Measured requests in flight, and whether `onOpen` was called for the present end of them. */
  let pending = 0
  let told = false
  const { promise: finished, resolve } = Promise.withResolvers<void>()
  const { promise: measuring, resolve: beginMeasuring } = Promise.withResolvers<number>()

  const sweep = setInterval(() => {
    const at = now()
    for (const exchange of exchanges.values()) exchange.checkDeadlines(at)
  }, deadlineInterval)

  function fill(slot: number, connection: Connection): void {
    const free = now()
    const ticket = stopped ? undefined : schedule.take(free)
    if (ticket === undefined) return closeSlot()
    if (ticket.phase === 'measured' && ticket.index === 0) beginMeasuring(free)
    if (ticket.phase === 'measured') pending++
    const exchange = startExchange({
      connection,
      request: requestFor(plan, ticket),
      ticket,
      slot,
      scheduled: free,
      timeouts: plan.timeouts,
      stream: plan.stream,
      now,
      onRecord(record) {
        exchanges.delete(slot)
        if (record.phase === 'measured') pending--
        onRecord(record)
        fill(slot, connection)
      },
    })
    exchanges.set(slot, exchange)
    if (told || pending > 0 || !schedule.isOpen()) return
    told = true
    onOpen?.()
  }

  function closeSlot(): void {
    if (--openSlots > 0) return
    clearInterval(sweep)
    void Promise.all(connections.map((connection) => connection.close())).then(() => resolve())
  }

  connections.forEach((connection, slot) => {
    if (plan.load.warmup === 0) fill(slot, connection)
    else setTimeout(() => fill(slot, connection), slot * rampInterval)
  })

  return {
    inFlight: () => exchanges.size,
    measuring,
    finished,
    extend() {
      told = false
      schedule.extend()
    },
    stop(inFlight) {
      stopped = true
      if (inFlight === 'finish') return
      for (const exchange of exchanges.values()) exchange.cancel()
    },
  }
}

/** Measured requests take the rows from the first on, warm-up requests from the last on backwards. */
function requestFor(plan: LoadPlan, ticket: Ticket): PreparedRequest {
  const count = plan.requests.length
  const place =
    ticket.phase === 'measured' ? ticket.index % count : count - 1 - (ticket.index % count)
  const request = plan.requests[place]
  if (request === undefined) throw new Error('a load plan needs at least one request')
  if (plan.phaseHeader === undefined) return request
  return { ...request, headers: { ...request.headers, [plan.phaseHeader]: ticket.phase } }
}
