import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Ask } from '../answer/ask.ts'
import { profiles } from '../answer/profile.ts'
import { type Dialect, renderRefusal, type Route } from '../dialect/dialect.ts'
import type { Fault } from '../fault/fault-option.ts'
import { createAgenda } from '../latency/agenda.ts'
import { driveScheduler } from '../latency/driver.ts'
import type { Work } from '../latency/engine.ts'
import type { Clock } from '../latency/monotonic-clock.ts'
import { createPace } from '../latency/pace.ts'
import { createPrefixCache } from '../latency/prefix-cache.ts'
import type { QueueCount } from '../latency/queue.ts'
import { createScheduler, type Visit } from '../latency/scheduler.ts'
import { stallEngine } from '../latency/stalled-engine.ts'
import { createEngine } from '../latency/tier.ts'
import {
  type Arrival,
  recordDecision,
  recordPlan,
  recordStep,
  type Truth,
  type TruthRecord,
} from '../metrics/truth.ts'
import type { Options } from '../options/options.ts'
import type { Fields } from '../plan/fields.ts'
import { keepKnown } from '../plan/known.ts'
import { isPreliminary } from '../plan/phase.ts'
import { type Plan, planError } from '../plan/plan.ts'
import { Refusal } from '../plan/refusal.ts'
import { createOverrides, type Recipe } from './override.ts'
import type { Identity, Past } from './planner.ts'
import { play } from './player.ts'
import { readBody } from './request-body.ts'

/** The requests that are recorded: those for an answer, and those that find none. */
export interface Generation {
  /**
   * Answers one request. `refusal` says why it gets none, whatever its body; otherwise `dialect`
   * reads it.
   */
  serve(exchange: Exchange): Promise<void>
  /** Whether the engine has died of its requests. */
  isDead(): boolean
  stats(): QueueCount & { served: number }
  reset(): void
}

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  arrival: Arrival
  dialect: Dialect | undefined
  route: Route
  refusal: Refusal | undefined
}

type Outcome = NonNullable<TruthRecord['outcome']>

const fixedCreated = 1_767_225_600

/** `written`: the options as they were given, which a request may override. */
export function createGeneration(
  options: Options,
  written: Fields,
  { truth, clock }: { truth: Truth; clock: Clock },
): Generation {
  const profile = profiles[options.profile]
  const agenda = createAgenda(clock)
  const slots = options.queue?.running ?? Infinity
  const engine = createEngine(options.tier, slots, options.latencyFactor, truth.step)
  const stalled = stallEngine(engine, options)
  const scheduler = driveScheduler(createScheduler(options.queue, stalled), agenda)
  const cache = options.prefixCache && createPrefixCache(options.prefixCache)
  const overrides = createOverrides(options, written)
  let turn = 0
  let admitted = 0

  async function serve(exchange: Exchange): Promise<void> {
    const { request, response, arrival } = exchange
    const record = truth.open(arrival)
    let stop: (() => void) | undefined
    let visit: Visit | undefined
    let outcomeOfLeaving: Outcome = 'client_aborted'

    function run(plan: Plan, from: number, outcome: Outcome): Work {
      recordPlan(record, plan, options.tier.kind)
      if (plan.end.kind === 'never') outcomeOfLeaving = outcome
      const work = describeWork(plan)
      const pace = createPace(work.contentsMs)
      // Its turn may be noticed late, by its leaving.
      if (record.outcome === null) {
        stop = play(plan, pace, response, from, agenda, {
          onStep: (step, at) => {
            recordStep(record, step, at)
          },
          onEnd: () => {
            if (plan.end.kind !== 'never') truth.close(record, outcome)
          },
        })
      }
      let last = 0
      return {
        ...work,
        decide(ms) {
          recordDecision(record, ms - last)
          last = ms
          pace.decide(ms)
        },
      }
    }

    response.on('close', () => {
      if (record.outcome !== null) return
      stop?.()
      record.end_ms = clock.now()
      truth.close(record, outcomeOfLeaving)
      if (visit !== undefined) scheduler.leave(record.end_ms, visit)
    })

    if (options.readDelay > 0) await wait(options.readDelay * options.latencyFactor)
    const body = await readBody(request)
    if (record.outcome !== null) return
    record.body_ms = clock.now()
    const asked = readAsk(exchange, body)
    if (asked instanceof Refusal) {
      run(planRefusal(asked, exchange), record.body_ms, 'http_error')
      return
    }
    const { ask, recipe } = asked

    visit = scheduler.arrive(record.body_ms, (admittedAt) => {
      record.admitted_ms = admittedAt
      const identity = identify(record)
      const intact = recipe.planner.plan(ask, identity, recall(ask))
      const fault = recipe.chooser.choose(record, typeof body === 'string' ? body : '')
      const { plan, outcome } = spoil(intact, fault, exchange, record, identity)
      return run(plan, admittedAt, outcome)
    })
    if (visit === undefined) {
      run(planRefusal(refuseBusy(), exchange), record.body_ms, 'rejected')
    }
  }

  /** A fault that the format has no place for leaves the plan as it is and is not recorded. */
  function spoil(
    intact: Plan,
    fault: Fault | undefined,
    { dialect }: Exchange,
    record: TruthRecord,
    { ref }: Identity,
  ): { plan: Plan; outcome: Outcome } {
    if (fault === undefined || dialect === undefined) return { plan: intact, outcome: 'ok' }
    const plan = fault.transform(intact, { dialect, profile, ref })
    if (plan === intact) return { plan, outcome: 'ok' }
    record.fault = fault.kind
    const isBroken = fault.breaks || plan.end.kind === 'never'
    return { plan, outcome: isBroken ? `fault:${fault.kind}` : 'ok' }
  }

  function readAsk(
    { request, dialect, route, refusal }: Exchange,
    body: string | Refusal,
  ): { ask: Ask; recipe: Recipe } | Refusal {
    if (refusal !== undefined) return refusal
    if (dialect === undefined) return new Refusal(404, 'Not Found')
    if (body instanceof Refusal) return body
    if (isDead()) return new Refusal(500, 'EngineCore is dead', { type: 'InternalServerError' })
    try {
      const ask = dialect.readAsk(body, route)
      const recipe = overrides.find(request.headers)
      recipe.planner.check(ask)
      return { ask, recipe }
    } catch (error) {
      if (error instanceof Refusal) return error
      throw error
    }
  }

  function planRefusal(refusal: Refusal, { dialect }: Exchange): Plan {
    const { status, message, retryAfterS } = refusal
    const plan = planError(status, renderRefusal(refusal, { dialect, profile }), message)
    const retry = retryAfterS === undefined ? undefined : String(retryAfterS)
    return {
      ...plan,
      headers: keepKnown<Plan['headers']>({ ...plan.headers, 'retry-after': retry }),
    }
  }

  function refuseBusy(): Refusal {
    const { status, message, retryAfterS } = profile.busy
    const detail = keepKnown({
      type: 'ServiceUnavailableError',
      retryAfterS,
      extra: { queue_size: scheduler.count().waiting, max_queue_size: options.queue?.waiting },
    })
    return new Refusal(status, message, detail)
  }

  /** Asked once for each request that is admitted. */
  function recall({ prompt }: Ask): Past {
    const { requests, delay } = options.coldStart
    return { cachedTokens: cache?.visit(prompt) ?? 0, delay: admitted++ < requests ? delay : 0 }
  }

  function identify(record: TruthRecord): Identity {
    return {
      key: record.key,
      turn: isPreliminary(record.phase) ? undefined : turn++,
      ref: options.deterministicIds ? `mock-${record.key.padStart(6, '0')}` : randomUUID(),
      created: options.deterministicIds ? fixedCreated : Math.floor(Date.now() / 1000),
    }
  }

  function isDead(): boolean {
    return admitted >= options.diesAfter
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      clock.setTimer(ms, resolve)
    })
  }

  return {
    serve,
    isDead,
    stats() {
      scheduler.advance(clock.now())
      return { ...scheduler.count(), served: truth.served() }
    },
    reset() {
      truth.reset()
      scheduler.resetPeak()
      overrides.reset()
      cache?.clear()
      turn = 0
      admitted = 0
    },
  }
}

/** What a plan asks of an engine: the contents up to its end, and how long it keeps its slot. */
function describeWork({ timing, end, promptTokens }: Plan): Omit<Work, 'decide'> {
  const contentsMs = (timing?.contentsMs ?? []).filter((ms) => ms <= end.atMs)
  return {
    promptTokens,
    prefillTokens: timing?.prefillTokens ?? 0,
    delayMs: timing?.delayMs ?? 0,
    contentsMs,
    holdMs: end.kind === 'never' ? Infinity : end.atMs - (contentsMs.at(-1) ?? 0),
  }
}
