import { orderKinds } from '../bench-spec/kind-order.ts'
import { orderRows } from '../bench-spec/row-order.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { LoadPlan } from './load-plan.ts'
import type { Ticket } from './schedule.ts'

/** Where a request stands in its plan. */
interface Place {
  /** 0-based, among the requests of the plan. */
  place: number
  /** How its answer is read. */
  stream: StreamFormat | undefined
}

/** Which request of a plan a ticket takes: of a mix that of a kind, by its number within the kind. */
export function choosePlaces({
  load,
  requests,
  mix,
  stream,
}: LoadPlan): (ticket: Pick<Ticket, 'phase' | 'index'>) => Place {
  if (mix === undefined) {
    const order = orderRows(requests.length, load)
    return (ticket) => ({ place: order(ticket), stream })
  }
  let first = 0
  const kinds = mix.map(({ rows, shuffle, stream: own }) => {
    const kind = { first, stream: own, order: orderRows(rows, { shuffle, seed: load.seed }) }
    first += rows
    return kind
  })
  const deal = orderKinds(
    mix.map(({ weight }) => weight),
    load.seed,
  )
  return ({ phase, index }) => {
    const { kind, nth } = deal({ phase, index })
    const chosen = kinds[kind]
    if (chosen === undefined) throw new Error('a mix has no such kind')
    return { place: chosen.first + chosen.order({ phase, index: nth }), stream: chosen.stream }
  }
}
