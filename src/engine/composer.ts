import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { PreparedRequest } from '../bench-spec/template.ts'
import type { AnswerCheck } from '../stream/expectation.ts'
import { createAnswerCheck } from './answer-check.ts'
import { choosePlaces } from './kind-places.ts'
import type { LoadPlan } from './load-plan.ts'
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

/** What is sent for a ticket: a pure function of the plan and of that. */
export type Composer = (ticket: Ticket) => Composed

export function createComposer(plan: LoadPlan): Composer {
  const { load, requests, baseline = requests, mix = [plan], phaseHeader } = plan
  const choose = choosePlaces(plan)
  const readings = mix.map(({ stream, expect }) => ({
    stream,
    expected: expect && createAnswerCheck(expect),
  }))
  const mark = createPromptMarker(load.seed)
  return (ticket) => {
    const { place, kind } = choose(ticket)
    const prepared = (ticket.target === 'baseline' ? baseline : requests)[place]
    const reading = readings[kind]
    if (prepared === undefined || reading === undefined) {
      throw new Error('a load plan needs at least one request')
    }
    const request = mark(prepared, ticket)
    if (phaseHeader === undefined) return { request, ...reading }
    const headers = { ...request.headers, [phaseHeader]: ticket.phase }
    return { request: { ...request, headers }, ...reading }
  }
}
