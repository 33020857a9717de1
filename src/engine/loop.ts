import { mostInFlight } from '../bench-spec/in-flight.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { createRedactor } from '../bench-spec/redaction.ts'
import type { Load, Secret, Timeouts } from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { PreparedRequest } from '../bench-spec/template.ts'
import { now as monotonic } from './clock.ts'
import { type Exchange, startExchange } from './exchange.ts'
import { createInterleavedSchedule } from './interleaving.ts'
import type { Recording, RequestRecord, Shortage } from './record.ts'
import { createRecorders } from './recording.ts'
import type { Connection } from './request.ts'
import { orderRows, type RowOrder } from './row-order.ts'
import { createSchedule, type Ticket } from './schedule.ts'

/** Everything the load process needs, as plain data. */
export interface LoadPlan {
  load: Load
  timeouts: Timeouts
  stream?: StreamFormat
  /** One per row; which one a request takes, `orderRows` says. */
  requests: readonly PreparedRequest[]
  /** The same for the second target, whose rounds then alternate with those of the first. */
  baseline?: readonly PreparedRequest[]
  /** Rounds that may be added when all measured requests have ended; none by default. */
  extraRounds?: number
  /** Texts that are taken out of every record; none by default. */
  secrets?: readonly Secret[]
  /** How many of the first measured requests to the candidate are recorded; none by default. */
  recorded?: number
  /** Header that tells the bundled mock which phase a request belongs to. */
  phaseHeader?: string
}

export interface Loop {
  inFlight(): number
  /** What was recorded, secrets out of it; empty unless the plan asks for it. Only when nothing is in flight. */
  recordings(): Recording[]
  /** Resolves to the instant at which the first request of all was taken: none is due before it. */
  started: Promise<number>
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
  /** A connection could not be opened on this machine: nothing more is sent. Called once. */
  onShortage?(shortage: Shortage): void
}

/** Deadlines are looked at this often, ms; a timeout is late by up to this. */
const deadlineInterval = 10

/** ms between the first requests of neighbouring slots in the warm-up, so that cold sockets and code do not all start at once. */
const rampInterval = 1

/** Keeps `concurrency` requests in flight; a slot is refilled in the same turn in which its stream has ended. */
export function startLoop(
  plan: LoadPlan,
  connect: () => Connection,
  { onRecord, onOpen, onShortage }: LoopEvents,
  now: () => number = monotonic,
): Loop {
  const alternates = plan.baseline !== undefined
  const schedule = alternates
    ? createInterleavedSchedule(plan.load)
    : createSchedule(plan.load, plan.extraRounds)
  const { warmup, requests = Infinity } = plan.load
  const slots = Math.min(mostInFlight(plan.load), warmup + requests)
  const places = Array.from({ length: slots }, () =>
    keepKnown<Connections>({
      candidate: connect(),
      baseline: alternates ? connect() : undefined,
    }),
  )
  const redactor = createRedactor(plan.secrets ?? [])
  const recorders =
    plan.recorded === undefined
      ? undefined
      : createRecorders({
          requests: plan.recorded,
          secrets: plan.secrets ?? [],
          redactor,
          stream: plan.stream,
        })
  const order = orderRows(plan.requests.length, plan.load)
  const exchanges = new Map<number, Exchange>()
  /** Slots that wait for the requests in flight to end. */
  let waiting: (() => void)[] = []
  let openSlots = places.length
  let stopped = false
  /** Measured requests in flight, and whether `onOpen` was called for the present end of them. */
  let pending = 0
  let told = false
  const { promise: finished, resolve } = Promise.withResolvers<void>()
  const { promise: started, resolve: begin } = Promise.withResolvers<number>()
  const { promise: measuring, resolve: beginMeasuring } = Promise.withResolvers<number>()

  const sweep = setInterval(() => {
    const at = now()
    for (const exchange of exchanges.values()) exchange.checkDeadlines(at)
  }, deadlineInterval)

  function fill(slot: number, connections: Connections): void {
    const free = now()
    const ticket = stopped ? undefined : schedule.take(free, exchanges.size)
    if (ticket === 'wait') {
      waiting.push(() => fill(slot, connections))
      return
    }
    if (ticket === undefined) return closeSlot()
    begin(free)
    if (ticket.phase === 'measured' && ticket.index === 0) beginMeasuring(free)
    if (ticket.phase === 'measured') pending++
    const request = requestFor(plan, ticket, order)
    const exchange = startExchange({
      connection: connections[ticket.target] ?? connections.candidate,
      request,
      recorder: recorders?.start(ticket, request),
      ticket,
      slot,
      scheduled: free,
      timeouts: plan.timeouts,
      stream: plan.stream,
      redactor,
      resend: plan.load.resend ?? true,
      now,
      onShortage(shortage) {
        if (!stopped) onShortage?.(shortage)
        stopped = true
      },
      onRecord(record) {
        exchanges.delete(slot)
        if (record.phase === 'measured') pending--
        onRecord(record)
        const idle = exchanges.size === 0 ? waiting : []
        if (idle.length > 0) waiting = []
        fill(slot, connections)
        for (const resume of idle) resume()
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
    const opened = places.flatMap((connections) => Object.values(connections))
    void Promise.all(opened.map((connection) => connection.close())).then(() => resolve())
  }

  places.forEach((connections, slot) => {
    if (plan.load.warmup === 0) fill(slot, connections)
    else setTimeout(() => fill(slot, connections), slot * rampInterval)
  })

  return {
    inFlight: () => exchanges.size,
    recordings: () => recorders?.finish() ?? [],
    started,
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

/** Of one slot, by target. */
interface Connections {
  candidate: Connection
  baseline?: Connection
}

function requestFor(plan: LoadPlan, ticket: Ticket, order: RowOrder): PreparedRequest {
  const requests = (ticket.target === 'baseline' ? plan.baseline : plan.requests) ?? []
  const request = requests[order(ticket)]
  if (request === undefined) throw new Error('a load plan needs at least one request')
  if (plan.phaseHeader === undefined) return request
  return { ...request, headers: { ...request.headers, [plan.phaseHeader]: ticket.phase } }
}
