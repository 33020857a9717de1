import type { RequestRecord, RunEnd } from '../../src/engine/record.ts'
import { cancelled, completed, failed, times } from '../metrics/records.ts'
import { driveOf, resultsOf } from '../run/_drive.ts'
import type { Chance } from './chance.ts'
import { Finding, type Fuzzer, tell } from './fuzzer.ts'
import { ends, failureKinds, objectives } from './happenings.ts'

const requests = 40

interface Want {
  name: string
  records(chance: Chance): RequestRecord[]
  /** What it leaves nothing of; `undefined`: of everything. */
  lacks?: RegExp
}

const tokenless = /^(ttft|ttfo|tpot|chunk_gap|stall|output_tokens)/
const rest = (event: (index: number) => RequestRecord) => () => times(requests, event)

/** Ways of having no data. */
const wants: readonly Want[] = [
  { name: 'no request', records: () => [] },
  {
    name: 'warm-up alone',
    records: rest((index) => completed({ index, at: index * 10, phase: 'warmup', round: -1 })),
  },
  { name: 'all cancelled', records: rest((index) => cancelled({ index, at: index * 10 })) },
  ...failureKinds.map((kind): Want => ({
    name: `all ${kind}`,
    records: rest((index) => failed({ index, at: index * 10, failure: { kind, message: '' } })),
  })),
  {
    name: 'failures of many kinds',
    records: (chance) =>
      times(requests, (index) =>
        failed({
          index,
          at: index * 10,
          failure: { kind: chance.pick(failureKinds), message: '' },
        }),
      ),
  },
  {
    name: 'answers without a token',
    records: rest((index) => withoutTokens(completed({ index, at: index * 10, events: 0 }))),
    lacks: tokenless,
  },
  {
    name: 'answers of one token',
    records: rest((index) => completed({ index, at: index * 10, events: 1, tokens: 1 })),
    lacks: /^(tpot|chunk_gap|stall)/,
  },
]

/** Every way of having no data × every objective × every end of a run × every policy. */
export const nothing: Fuzzer = {
  name: 'nothing',
  purpose: 'no data, in every way there is: never a PASS',
  cases: wants.length * objectives.length * ends.length * 3,
  slice: 100,
  start: () => ({
    attempt(chance, number) {
      const { want, slo, end, policy } = choose(number)
      const input = { want: want.name, slo, end, policy }
      tell('judging failed', input, () => {
        const given = { slo: [slo], requests, rounds: 1, gate: { policy } }
        const results = resultsOf(driveOf(given, want.records(chance), { end }))
        const { status, passed } = results.verdict
        if (status === 'PASS' || (want.lacks === undefined && passed)) {
          throw new Finding(`${status}, ${passed ? '' : 'not '}passed`, input)
        }
      })
    },
  }),
}

const policies = ['pr', 'release', 'point'] as const

/** All combinations in an order that mixes them; the case is the place in it. */
function choose(number: number): {
  want: Want
  slo: string
  end: RunEnd
  policy: (typeof policies)[number]
} {
  const place = (number * 7919) % nothing.cases
  const byEnd = Math.floor(place / policies.length)
  const byWant = Math.floor(byEnd / ends.length)
  const want = take(wants, byWant)
  const { lacks = /./ } = want
  const lacking = objectives.filter((objective) => lacks.test(objective))
  return {
    want,
    slo: take(lacking, Math.floor(byWant / wants.length)),
    end: take(ends, byEnd),
    policy: take(policies, place),
  }
}

function take<T>(list: readonly T[], from: number): T {
  return list[from % list.length] as T
}

function withoutTokens(record: RequestRecord): RequestRecord {
  const { scheduled, called, dispatched, ended } = record.marks
  const at = dispatched === undefined ? {} : { dispatched }
  return { ...record, marks: { scheduled, called, ...at, ended } }
}
