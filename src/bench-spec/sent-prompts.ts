import { orderKinds } from './kind-order.ts'
import { listKinds, prepareKind } from './kinds.ts'
import { countRequests, measureRepetition, type Repetition, type Uses } from './repetition.ts'
import { orderRows } from './row-order.ts'
import { createSayingWriter, type WriteSaying } from './saying.ts'
import { orderSessions } from './session-order.ts'
import type { Placed } from './session-tags.ts'
import type { BenchSpec, Dataset, Target } from './spec.ts'
import { prepare, type PreparedRequest, type Wanted } from './template.ts'

/** A request by its 0-based number within its phase. */
interface Numbered {
  phase: 'warmup' | 'measured'
  index: number
}

/** The prompts that a spec sends by itself: of conversations what their first turns say. */
interface SentPrompts {
  requests: readonly PreparedRequest[]
  /** Which of them a request of that number has; `undefined`: that of a later turn, which is none of them. */
  number(request: Numbered): number | undefined
  /** Which of them a request has that was sent. */
  find(request: Placed & { kind?: number }): number | undefined
}

/** How far the prompts repeat that a spec would send; `undefined` where nobody knows how many. */
export function planRepetition(spec: BenchSpec): Repetition | undefined {
  const { load } = spec
  const requests = countRequests(load)
  if (requests === undefined) return undefined
  const sent = listSentPrompts(spec)
  const numbers = function* (): Generator<Numbered> {
    for (let index = 0; index < load.warmup; index++) yield { phase: 'warmup', index }
    for (let index = 0; index < requests; index++) yield { phase: 'measured', index }
  }
  return measureRepetition(sent.requests, countUses(sent, numbers(), sent.number))
}

/** The same of requests that were sent. */
export function measureSent(
  spec: BenchSpec,
  records: Iterable<Placed & { kind?: number; phase: 'warmup' | 'measured' }>,
): Repetition | undefined {
  const sent = listSentPrompts(spec)
  return measureRepetition(sent.requests, countUses(sent, records, sent.find))
}

function countUses<T extends Pick<Numbered, 'phase'>>(
  { requests }: SentPrompts,
  asked: Iterable<T>,
  placeOf: (request: T) => number | undefined,
): Uses[] {
  const uses = requests.map(() => ({ warmup: 0, measured: 0 }))
  for (const request of asked) {
    const used = uses[placeOf(request) ?? -1]
    if (used !== undefined) used[request.phase]++
  }
  return uses
}

function listSentPrompts(spec: BenchSpec): SentPrompts {
  const { dataset, load, mix } = spec
  if (mix !== undefined) return listMixed(spec)
  if (dataset?.sessions !== undefined) return listFirstTurns(spec, dataset)
  const requests = prepare(spec)
  return { requests, number: orderRows(requests.length, load), find: ({ row = 0 }) => row }
}

function listMixed(spec: BenchSpec): SentPrompts {
  const { seed } = spec.load
  let first = 0
  const kinds = listKinds(spec).map((kind) => {
    const requests = prepareKind(spec, kind, kind.target)
    const own = { first, requests, order: orderRows(requests.length, { ...kind, seed }) }
    first += requests.length
    return own
  })
  const deal = orderKinds(
    listKinds(spec).map(({ weight }) => weight),
    seed,
  )
  return {
    requests: kinds.flatMap(({ requests }) => requests),
    number({ phase, index }) {
      const { kind, nth } = deal({ phase, index })
      const own = kinds[kind]
      return own && own.first + own.order({ phase, index: nth })
    },
    find: ({ kind = 0, row = 0 }) => (kinds[kind]?.first ?? 0) + row,
  }
}

function findFirstTurn({ row = 0, turn = 0, step = 0 }: Placed): number | undefined {
  return turn === 0 && step === 0 ? row : undefined
}

function listFirstTurns({ target, load }: BenchSpec, dataset: Dataset): SentPrompts {
  const { sessions = [] } = dataset
  const order = orderSessions(sessions, load)
  const write = createFirstTurnWriter(target, dataset)
  return {
    requests: sessions.map((_, row) => write(row)),
    number: ({ phase, index }) =>
      phase === 'warmup' ? order.row({ phase, index }) : findFirstTurn(order.find(index)),
    find: findFirstTurn,
  }
}

/** Writes what the first turn of the conversation in a row sends. */
export function createFirstTurnWriter(
  target: Target,
  dataset: Dataset,
  wanted?: Wanted,
): (row: number) => ReturnType<WriteSaying> {
  const write = createSayingWriter(target, dataset, wanted)
  return (row) => {
    const content = dataset.sessions?.[row]?.turns[0]?.user ?? ''
    return write({ row, turn: 0, messages: [{ role: 'user', content }] })
  }
}
