import { mostInFlight } from '../bench-spec/in-flight.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { findLeaving } from '../bench-spec/leaving.ts'
import { createRedactor } from '../bench-spec/redaction.ts'
import type { Load } from '../bench-spec/spec.ts'
import { type Alarm, createAlarm } from './alarm.ts'
import { now as monotonic } from './clock.ts'
import { keepConcurrency } from './closed-pace.ts'
import { createComposer } from './composer.ts'
import type { Connection } from './connection.ts'
import { type Exchange, startExchange } from './exchange.ts'
import { createInterleavedSchedule } from './interleaving.ts'
import type { LoadPlan } from './load-plan.ts'
import { keepRate } from './open-pace.ts'
import type { Dispatcher, Ended, Pace, Place } from './pace.ts'
import type { Recording, RequestRecord, Shortage } from './record.ts'
import { createRecorders } from './recording.ts'
import { createSchedule } from './schedule.ts'
import { countSessions, holdSessions } from './session-dispatcher.ts'
import { type Deal, dealTo, type Share, wholeLoad } from './share.ts'
import { keepStages } from './staged-pace.ts'
import { createThinking } from './thinking.ts'

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

/** Sends the requests of a plan at the pace of its load, and makes a record of each. */
export function startLoop(
  plan: LoadPlan,
  connect: () => Connection,
  events: LoopEvents,
  now: () => number = monotonic,
  alarm: Alarm = createAlarm(now),
): Loop {
  const redactor = createRedactor(plan.secrets ?? [])
  const recorders =
    plan.recorded === undefined
      ? undefined
      : createRecorders({
          requests: plan.recorded,
          secrets: plan.secrets ?? [],
          redactor,
          processes: plan.share?.of,
        })
  const compose = createComposer(plan)
  const exchanges = new Map<number, Exchange>()
  /** By slot: the instant before which no deadline of its request passes. */
  const due: number[] = []
  const deal = dealSlots(plan)
  const places: Place[] = []
  let stopped = false
  /** Measured requests in flight. */
  let pending = 0
  const { promise: finished, resolve } = Promise.withResolvers<void>()
  const { promise: started, resolve: begin } = Promise.withResolvers<number>()
  const { promise: measuring, resolve: beginMeasuring } = Promise.withResolvers<number>()

  const sweep = setInterval(() => {
    const at = now()
    for (const [slot, instant] of due.entries()) {
      if (instant <= at) due[slot] = exchanges.get(slot)?.checkDeadlines(at) ?? Infinity
    }
  }, deadlineInterval)

  const dispatcher: Dispatcher = {
    open() {
      const place = keepKnown<Place>({
        slot: deal.number(places.length),
        candidate: connect(),
        baseline: plan.baseline && connect(),
      })
      places.push(place)
      return place
    },
    send(place, { ticket, scheduled, heldBack, said }, onEnd) {
      begin(scheduled)
      if (ticket.phase === 'measured') {
        beginMeasuring(scheduled)
        pending++
      }
      const { request, stream, expected } = compose(ticket, said)
      const exchange = startExchange({
        connection: place[ticket.target] ?? place.candidate,
        request,
        recorder: recorders?.start(ticket, request, stream),
        ticket,
        slot: place.slot,
        scheduled,
        timeouts: plan.timeouts,
        leaving: findLeaving(plan.load, ticket),
        stream,
        expected,
        redactor,
        resend: plan.load.resend ?? true,
        keeps: said && (plan.talks?.conversation.toolResult === undefined ? 'text' : 'calls'),
        now,
        onShortage(shortage) {
          if (!stopped) events.onShortage?.(shortage)
          stopped = true
        },
        onRecord(record, answer) {
          exchanges.delete(place.slot)
          if (record.phase === 'measured') pending--
          events.onRecord(heldBack === true ? { ...record, heldBack } : record)
          onEnd(keepKnown<Ended>({ record, answer }))
        },
      })
      exchanges.set(place.slot, exchange)
      due[place.slot] = 0
    },
    inFlight: () => exchanges.size,
    pending: () => pending,
    isStopped: () => stopped,
    finish() {
      clearInterval(sweep)
      const opened = places.flatMap(({ candidate, baseline }) => [candidate, baseline ?? []].flat())
      void Promise.all(opened.map((connection) => connection.close())).then(() => resolve())
    },
    now,
  }
  const { talks, load } = plan
  const sessions = talks && holdSessions({ load, ...talks }, dispatcher, alarm)
  const paced = talks === undefined ? plan : { ...plan, load: countSessions(load) }
  const pace = startPace(paced, events.onOpen, alarm, sessions ?? dispatcher)

  return {
    inFlight: () => exchanges.size,
    recordings: () => recorders?.finish() ?? [],
    started,
    measuring,
    finished,
    extend: pace.extend,
    stop(inFlight) {
      stopped = true
      if (inFlight === 'cancel') for (const exchange of exchanges.values()) exchange.cancel()
      sessions?.release()
      pace.stop()
    },
  }
}

function startPace(
  { load, share, origin, baseline, extraRounds }: LoadPlan,
  onOpen: LoopEvents['onOpen'],
  alarm: Alarm,
  dispatcher: Dispatcher,
): Pace {
  const deal = dealSlots({ load, share })
  const most = deal.count(mostInFlight(load))
  if (load.kind === 'open') return keepRate(load, dispatcher, alarm, { most, share, origin })
  const { warmup, requests = Infinity, stages } = load
  if (stages !== undefined) return keepStages({ ...load, stages }, deal, dispatcher, alarm)
  const slots = Math.min(most, deal.count(warmup) + deal.count(requests))
  const schedule =
    baseline === undefined
      ? createSchedule(load, extraRounds, share)
      : createInterleavedSchedule(load)
  return keepConcurrency(schedule, dispatcher, {
    slots,
    warmup,
    warmups: deal.count(warmup),
    thinking: createThinking(load, dispatcher, alarm),
    onOpen,
  })
}

function dealSlots({ load, share }: { load: Load; share?: Share | undefined }): Deal {
  return dealTo(share ?? wholeLoad, mostInFlight(load))
}
