import { orderRows } from '../bench-spec/row-order.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import { assumedRate } from '../bench-spec/synthetic-rows.ts'
import type { PreparedRequest } from '../bench-spec/template.ts'
import { createPromptWriter } from '../bench-spec/trace-prompt.ts'
import type { LoadPlan } from './load-plan.ts'
import { createPromptMarker } from './prompt-marker.ts'
import type { Ticket } from './schedule.ts'

/** One request as it is sent. */
interface Composed {
  request: PreparedRequest
  /** How its answer is read; `undefined`: the dialect is chosen from the response. */
  stream: StreamFormat | undefined
}

/** What is sent for a ticket: a pure function of the plan and of that. */
export type Composer = (ticket: Ticket) => Composed

export function createComposer(plan: LoadPlan): Composer {
  const { load, requests, baseline = requests, stream, phaseHeader, tokenRate = assumedRate } = plan
  const order = orderRows(requests.length, load)
  const mark = createPromptMarker(load.seed)
  const write = createPromptWriter(requests, { seed: load.seed, rate: tokenRate })
  return (ticket) => {
    const prepared = (ticket.target === 'baseline' ? baseline : requests)[order(ticket)]
    if (prepared === undefined) throw new Error('a load plan needs at least one request')
    // Heads are offsets in what was prepared: a prompt is written behind them.
    const request = write(mark(prepared, ticket), ticket)
    if (phaseHeader === undefined) return { request, stream }
    const headers = { ...request.headers, [phaseHeader]: ticket.phase }
    return { request: { ...request, headers }, stream }
  }
}
