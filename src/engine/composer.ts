import { orderRows } from '../bench-spec/row-order.ts'
import { createSayingWriter, type Said } from '../bench-spec/saying.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { PreparedRequest } from '../bench-spec/template.ts'
import type { LoadPlan, Talks } from './load-plan.ts'
import type { Ticket } from './schedule.ts'

/** One request as it is sent. */
interface Composed {
  request: PreparedRequest
  /** How its answer is read; `undefined`: the dialect is chosen from the response. */
  stream: StreamFormat | undefined
}

/** What is sent for a ticket: a pure function of the plan, of that, and of what was said in its conversation. */
export type Composer = (ticket: Ticket, said?: Said) => Composed

export function createComposer(plan: LoadPlan): Composer {
  const { load, requests, baseline = requests, stream, phaseHeader } = plan
  const order = orderRows(requests.length, load)
  const say = plan.talks && writeSayings(plan.talks)
  return (ticket, said) => {
    const request =
      say === undefined || said === undefined
        ? (ticket.target === 'baseline' ? baseline : requests)[order(ticket)]
        : say(ticket, said)
    if (request === undefined) throw new Error('a load plan needs at least one request')
    if (phaseHeader === undefined) return { request, stream }
    const headers = { ...request.headers, [phaseHeader]: ticket.phase }
    return { request: { ...request, headers }, stream }
  }
}

function writeSayings({
  dataset,
  target,
  baseline = target,
}: Talks): (ticket: Ticket, said: Said) => PreparedRequest {
  const write = {
    candidate: createSayingWriter(target, dataset),
    baseline: createSayingWriter(baseline, dataset),
  }
  return ({ target: role }, said) => write[role](said)
}
