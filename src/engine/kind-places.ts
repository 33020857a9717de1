import { orderKinds } from '../bench-spec/kind-order.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { orderRows } from '../bench-spec/row-order.ts'
import type { LoadKind, LoadPlan } from './load-plan.ts'
import type { Ticket } from './schedule.ts'

/** Where a request stands in its plan. */
interface Place {
  /** 0-based kind of the mix; 0 without one. */
  kind: number
  /** 0-based, among the requests of the plan. */
  place: number
}

/** Which request of a plan a ticket takes: of a mix that of a kind, by its number within the kind. */
export function choosePlaces({
  load,
  requests,
  mix = [keepKnown<LoadKind>({ weight: 1, rows: requests.length, shuffle: load.shuffle })],
}: LoadPlan): (ticket: Pick<Ticket, 'phase' | 'index'>) => Place {
  let first = 0
  const kinds = mix.map(({ rows, shuffle }) => {
    const kind = { first, order: orderRows(rows, { shuffle, seed: load.seed }) }
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
    return { kind, place: chosen.first + chosen.order({ phase, index: nth }) }
  }
}
