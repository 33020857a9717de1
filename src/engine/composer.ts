import { createSayingWriter, type Said } from '../bench-spec/saying.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import { assumedRate } from '../bench-spec/synthetic-rows.ts'
import type { PreparedRequest } from '../bench-spec/template.ts'
import { createPromptWriter } from '../bench-spec/trace-prompt.ts'
import { addTrace } from '../bench-spec/tracing.ts'
import type { AnswerCheck } from '../stream/expectation.ts'
import { createAnswerCheck } from './answer-check.ts'
import { choosePlaces } from './kind-places.ts'
import type { LoadPlan, Talks } from './load-plan.ts'
import { createPromptMarker } from './prompt-marker.ts'
import type { Ticket } from './schedule.ts'

/** One request as it is sent. */
interface Composed {
  request: PreparedRequest
  /** How its answer is read; `undefined`: the dialect is chosen from the response. */
  stream: StreamFormat | undefined
  /** What its answer is compared with; `undefined`: nothing. */
  expected: AnswerCheck | undefined
}

/** What is sent for a ticket: a pure function of the plan, of that, and of what was said in its conversation. */
export type Composer = (ticket: Ticket, said?: Said) => Composed

export function createComposer(plan: LoadPlan): Composer {
  const {
    load,
    requests,
    baseline = requests,
    mix = [plan],
    tracing,
    phaseHeader,
    tokenRate = assumedRate,
  } = plan
  const choose = choosePlaces(plan)
  const readings = mix.map(({ stream, expect }) => ({
    stream,
    expected: expect && createAnswerCheck(expect),
  }))
  const mark = createPromptMarker(load.seed)
  const write = createPromptWriter(requests, { seed: load.seed, rate: tokenRate })
  const say = plan.talks && writeSayings(plan.talks)
  return (ticket, said) => {
    const { place, kind } = choose(ticket)
    const prepared =
      say === undefined || said === undefined
        ? (ticket.target === 'baseline' ? baseline : requests)[place]
        : say(ticket, said)
    const reading = readings[kind]
    if (prepared === undefined || reading === undefined) {
      throw new Error('a load plan needs at least one request')
    }
    // Heads are offsets in what was prepared: a prompt is written behind them.
    const request = addTrace(write(mark(prepared, ticket), ticket), ticket, tracing)
    if (phaseHeader === undefined) return { request, ...reading }
    const headers = { ...request.headers, [phaseHeader]: ticket.phase }
    return { request: { ...request, headers }, ...reading }
  }
}

function writeSayings({
  dataset,
  target,
  baseline = target,
  wanted,
}: Talks): (ticket: Ticket, said: Said) => PreparedRequest {
  const write = {
    candidate: createSayingWriter(target, dataset, wanted),
    baseline: createSayingWriter(baseline, dataset, wanted),
  }
  return ({ target: role }, said) => write[role](said)
}
