import { createScheduler, type Visit } from '../../src/mock/latency/scheduler.ts'
import { stallEngine } from '../../src/mock/latency/stalled-engine.ts'
import { createEngine } from '../../src/mock/latency/tier.ts'
import { createTimeline } from '../../src/mock/latency/timeline.ts'
import { createTiming } from '../../src/mock/latency/timing.ts'
import type { MockOptions } from '../../src/mock/options/mock-options.ts'
import { parseOptions } from '../../src/mock/options/options.ts'

/** A request that comes at `at` ms. */
export interface Call {
  at: number
  promptTokens: number
  cachedTokens?: number
  contents: number
  /** Its client leaves then, if it is not answered yet. */
  leavesAt?: number
  key?: string
}

/** What came of a request. Times in ms, `undefined` for what has not happened. */
export interface Answered {
  call: Call
  rejected: boolean
  admittedAt: number | undefined
  contentsAt: number[]
  /** The last content, or the moment it left. */
  endAt: number | undefined
}

export interface Schedule {
  answers: Answered[]
  /** Who runs and waits from a time on. */
  counts: { at: number; running: number; waiting: number }[]
  /** Tokens of each step. */
  steps: number[]
}

/**
 * Plays requests without a clock. `refill` may answer each answered or rejected request with another
 * one.
 */
export function simulate(
  calls: readonly Call[],
  mockOptions: MockOptions,
  refill: (answered: Answered, at: number) => Call | undefined = () => undefined,
): Schedule {
  const options = parseOptions(mockOptions)
  const timeAnswer = createTiming(options)
  const steps: number[] = []
  const engine = createEngine(
    options.tier,
    options.queue?.running ?? Infinity,
    options.latencyFactor,
    (tokens) => steps.push(tokens),
  )
  const scheduler = createScheduler(options.queue, stallEngine(engine, options))
  const actions = createTimeline<() => void>()
  const answers: Answered[] = []
  const counts: Schedule['counts'] = []

  function add(call: Call): void {
    actions.add(call.at, () => enter(call))
  }

  function enter(call: Call): void {
    const answered: Answered = {
      call,
      rejected: false,
      admittedAt: undefined,
      contentsAt: [],
      endAt: undefined,
    }
    const key = call.key ?? String(answers.length + 1)
    const turn = answers.length
    answers.push(answered)
    const { promptTokens, cachedTokens = 0, contents } = call
    const end = (at: number): void => {
      answered.endAt = at
      actions.add(at, () => {
        const next = refill(answered, at)
        if (next !== undefined) add(next)
      })
    }
    const visit: Visit | undefined = scheduler.arrive(call.at, (admittedAt) => {
      answered.admittedAt = admittedAt
      const timing = timeAnswer({ promptTokens, cachedTokens, delay: 0 }, contents, key, turn)
      return {
        promptTokens,
        ...timing,
        holdMs: 0,
        decide(ms) {
          answered.contentsAt.push(admittedAt + ms)
          if (answered.contentsAt.length === contents) end(admittedAt + ms)
        },
      }
    })
    if (visit === undefined) {
      answered.rejected = true
      end(call.at)
    } else if (call.leavesAt !== undefined) {
      actions.add(call.leavesAt, () => {
        if ((answered.endAt ?? Infinity) <= call.leavesAt!) return
        answered.contentsAt = answered.contentsAt.filter((at) => at <= call.leavesAt!)
        answered.endAt = call.leavesAt
        scheduler.leave(call.leavesAt!, visit)
      })
    }
  }

  for (const call of calls) add(call)
  for (;;) {
    const coming = actions.first()?.at ?? Infinity
    const at = Math.min(coming, scheduler.nextAt())
    if (at === Infinity) return { answers, counts, steps }
    scheduler.advance(at)
    if (coming <= at) actions.shift()!.item()
    const { running, waiting } = scheduler.count()
    counts.push({ at, running, waiting })
  }
}
