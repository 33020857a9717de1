import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Clock } from './clock.ts'
import type { Ask, Dialect } from './dialect/dialect.ts'
import type { Fault } from './fault/option.ts'
import type { Fields } from './fields.ts'
import type { Options } from './options.ts'
import { createOverrides } from './override.ts'
import type { Recipe } from './override.ts'
import { planError } from './plan.ts'
import type { Plan } from './plan.ts'
import type { Identity } from './planner.ts'
import { play } from './player.ts'
import { profiles } from './profile.ts'
import { createQueue } from './queue.ts'
import { Refusal } from './refusal.ts'
import { readBody } from './request-body.ts'
import { recordPlan, recordStep } from './truth.ts'
import type { Arrival, Truth, TruthRecord } from './truth.ts'

/** The requests that are recorded: those for an answer, and those that find none. */
export interface Generation {
  /**
   * Answers one request. `refusal` says why it gets none, whatever its body; otherwise `dialect`
   * reads it.
   */
  serve(exchange: Exchange): Promise<void>
  stats(): { running: number; waiting: number; peak: number; served: number }
  reset(): void
}

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  arrival: Arrival
  dialect: Dialect | undefined
  refusal: Refusal | undefined
}

/** A request that holds a slot or waits for one. */
interface Ticket {
  begin(): void
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
  const queue = createQueue<Ticket>(options.queue)
  const overrides = createOverrides(options, written)
  let turn = 0

  async function serve(exchange: Exchange): Promise<void> {
    const { request, response, arrival } = exchange
    const record = truth.open(arrival)
    let stop: (() => void) | undefined
    const ticket: Ticket = { begin: () => {} }
    let outcomeOfLeaving: Outcome = 'client_aborted'

    function run(plan: Plan, from: number, outcome: Outcome): void {
      recordPlan(record, plan)
      stop = play(plan, response, from, clock, {
        onStep: (step, at) => {
          recordStep(record, step, at)
        },
        // In the same turn as the last write, so that a client cannot come back before its slot is free.
        onEnd: () => {
          if (plan.end.kind === 'never') outcomeOfLeaving = outcome
          else finish(outcome)
        },
      })
    }

    function finish(outcome: Outcome): void {
      truth.close(record, outcome)
      queue.leave(ticket)?.begin()
    }

    response.on('close', () => {
      if (record.outcome !== null) return
      stop?.()
      record.end_ms = clock.now()
      finish(outcomeOfLeaving)
    })

    const body = await readBody(request)
    if (record.outcome !== null) return
    record.body_ms = clock.now()
    const asked = readAsk(exchange, body)
    if (asked instanceof Refusal) {
      run(planRefusal(asked), record.body_ms, 'http_error')
      return
    }
    const { ask, recipe } = asked

    const place = queue.arrive(ticket)
    if (place === 'rejected') {
      run(planRefusal(refuseBusy()), record.body_ms, 'rejected')
      return
    }
    if (place === 'running') record.admitted_ms = clock.now()
    const identity = identify(record)
    const intact = recipe.planner.plan(ask, identity)
    const fault = recipe.chooser.choose(record, typeof body === 'string' ? body : '')
    const { plan, outcome } = spoil(intact, fault, record, identity)
    ticket.begin = () => {
      record.admitted_ms ??= clock.now()
      run(plan, record.admitted_ms, outcome)
    }
    if (place === 'running') ticket.begin()
  }

  /** A fault that the format has no place for leaves the plan as it is and is not recorded. */
  function spoil(
    intact: Plan,
    fault: Fault | undefined,
    record: TruthRecord,
    { ref }: Identity,
  ): { plan: Plan; outcome: Outcome } {
    if (fault === undefined || record.dialect === null) return { plan: intact, outcome: 'ok' }
    const scene = { dialect: record.dialect, ref, renderError: profile.renderError }
    const plan = fault.transform(intact, scene)
    if (plan === intact) return { plan, outcome: 'ok' }
    record.fault = fault.kind
    const isBroken = fault.breaks || plan.end.kind !== 'clean'
    return { plan, outcome: isBroken ? `fault:${fault.kind}` : 'ok' }
  }

  function readAsk(
    { request, dialect, refusal }: Exchange,
    body: string | Refusal,
  ): { ask: Ask; recipe: Recipe } | Refusal {
    if (refusal !== undefined) return refusal
    if (dialect === undefined) return new Refusal(404, 'Not Found')
    if (body instanceof Refusal) return body
    try {
      const ask = dialect.readAsk(body)
      const recipe = overrides.find(request.headers)
      recipe.planner.check(ask)
      return { ask, recipe }
    } catch (error) {
      if (error instanceof Refusal) return error
      throw error
    }
  }

  function planRefusal(refusal: Refusal): Plan {
    return planError(refusal.status, profile.renderError(refusal))
  }

  function refuseBusy(): Refusal {
    return new Refusal(503, '服务繁忙，请稍后重试', {
      type: 'ServiceUnavailableError',
      extra: { queue_size: queue.count().waiting, max_queue_size: options.queue?.waiting },
    })
  }

  function identify(record: TruthRecord): Identity {
    return {
      key: record.key,
      turn: record.phase === 'warmup' ? undefined : turn++,
      ref: options.deterministicIds ? `mock-${record.key.padStart(6, '0')}` : randomUUID(),
      created: options.deterministicIds ? fixedCreated : Math.floor(Date.now() / 1000),
    }
  }

  return {
    serve,
    stats: () => ({ ...queue.count(), served: truth.served() }),
    reset() {
      truth.reset()
      queue.resetPeak()
      overrides.reset()
      turn = 0
    },
  }
}
