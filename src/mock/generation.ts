import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Clock } from './clock.ts'
import type { Ask, Dialect } from './dialect.ts'
import type { Options } from './options.ts'
import { planError } from './plan.ts'
import type { Plan } from './plan.ts'
import { createPlanner } from './planner.ts'
import type { Identity } from './planner.ts'
import { play } from './player.ts'
import { profiles } from './profile.ts'
import { createQueue } from './queue.ts'
import { Refusal } from './refusal.ts'
import { createTruth, recordPlan, recordStep } from './truth.ts'
import type { Arrival, Truth, TruthRecord } from './truth.ts'

/** The requests that are recorded: those for an answer, and those that find none. */
export interface Generation {
  /**
   * Answers one request. `refusal` says why it gets none, whatever its body; otherwise `dialect`
   * reads it.
   */
  serve(exchange: Exchange): Promise<void>
  truth: Truth
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

const bodyLimit = 8 * 1024 * 1024
const fixedCreated = 1_767_225_600

export function createGeneration(options: Options, clock: Clock): Generation {
  const profile = profiles[options.profile]
  const planner = createPlanner(options)
  const queue = createQueue<Ticket>(options.queue)
  const truth = createTruth()
  let turn = 0

  async function serve(exchange: Exchange): Promise<void> {
    const { request, response, arrival } = exchange
    const record = truth.open(arrival)
    let stop: (() => void) | undefined
    const ticket: Ticket = { begin: () => {} }

    function run(plan: Plan, from: number, outcome: 'ok' | 'rejected' | 'http_error'): void {
      recordPlan(record, plan)
      stop = play(plan, response, from, clock, {
        onStep: (step, at) => {
          recordStep(record, step, at)
        },
        // In the same turn as the last write, so that a client cannot come back before its slot is free.
        onEnd: () => {
          finish(outcome)
        },
      })
    }

    function finish(outcome: NonNullable<TruthRecord['outcome']>): void {
      truth.close(record, outcome)
      queue.leave(ticket)?.begin()
    }

    response.on('close', () => {
      if (record.outcome !== null) return
      stop?.()
      record.end_ms = clock.now()
      finish('client_aborted')
    })

    const text = await readBody(request)
    if (record.outcome !== null) return
    record.body_ms = clock.now()
    const ask = readAsk(exchange, text)
    if (ask instanceof Refusal) {
      run(planRefusal(ask), record.body_ms, 'http_error')
      return
    }

    const place = queue.arrive(ticket)
    if (place === 'rejected') {
      run(planRefusal(refuseBusy()), record.body_ms, 'rejected')
      return
    }
    if (place === 'running') record.admitted_ms = clock.now()
    const plan = planner.plan(ask, identify(record))
    ticket.begin = () => {
      record.admitted_ms ??= clock.now()
      run(plan, record.admitted_ms, 'ok')
    }
    if (place === 'running') ticket.begin()
  }

  function readAsk({ dialect, refusal }: Exchange, text: string | undefined): Ask | Refusal {
    if (refusal !== undefined) return refusal
    if (dialect === undefined) return new Refusal(404, 'Not Found')
    if (text === undefined) return new Refusal(413, `The body is larger than ${bodyLimit} bytes`)
    try {
      const ask = dialect.readAsk(text)
      planner.check(ask)
      return ask
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
    truth,
    stats: () => ({ ...queue.count(), served: truth.served() }),
    reset() {
      truth.reset()
      queue.resetPeak()
      turn = 0
    },
  }
}

/** The body as text; `undefined` when it is over the limit, or when the client is gone. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size <= bodyLimit) chunks.push(chunk)
    }
  } catch {
    return undefined
  }
  return size > bodyLimit ? undefined : Buffer.concat(chunks).toString('utf8')
}
