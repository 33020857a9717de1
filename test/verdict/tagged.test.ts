import { expect, test } from 'vitest'

import { chooseRequests } from '../../src/bench-spec/sample-size.ts'
import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import type { Slo } from '../../src/bench-spec/slo.ts'
import type { Gate } from '../../src/bench-spec/spec.ts'
import { createTagging } from '../../src/bench-spec/tagging.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { findDoubts } from '../../src/metrics/doubt.ts'
import { explainInfeasibility } from '../../src/report/sentence/infeasibility.ts'
import { foresee } from '../../src/verdict/curtailment.ts'
import { checkFeasibility } from '../../src/verdict/feasibility.ts'
import type { SloVerdict } from '../../src/verdict/verdict.ts'
import { completed, failed, load as anyLoad, times, trust } from '../metrics/records.ts'
import { judgeAll } from './judging.ts'

const gate: Gate = { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 }
const rows = [{ topic: 'fast' }, { topic: 'slow' }, { topic: 'fast' }, { topic: 'fast' }]
const target = { url: '/x', method: 'POST', headers: {} }
const dataset = { source: 'rows.csv', path: '/rows.csv', columns: ['topic'], rows }
const tagging = createTagging({ dataset, target, load: { seed: 1 } })
const load = { ...anyLoad, requests: 400 }

function read(text: string): Slo {
  return { id: text, level: 'error', ...parseSlo(text) }
}

/** Every fourth request is slow, and fails where `slowFails`. */
function run(n: number, { slowFails = false, side = 'candidate' as const, slow = 900 } = {}) {
  return times(n, (index): RequestRecord => {
    const row = index % rows.length
    const round = Math.floor((5 * index) / n)
    const shape = { target: side, index, round, at: index * 100 }
    if (row === 1 && slowFails) return { ...failed(shape), row }
    return { ...completed({ ...shape, ttft: row === 1 ? slow : 100 + (index % 7) }), row }
  })
}

function judgeOne(text: string, records = run(400)): SloVerdict {
  const [verdict] = judgeAll([read(text)], records, { load, tagging }).slos
  if (verdict === undefined) throw new Error('no verdict')
  return verdict
}

test('an SLO is judged on the requests that have its tags alone', () => {
  expect(judgeOne('ttft p95 <= 500ms')).toMatchObject({ status: 'FAIL', n: 400, exceedances: 100 })
  expect(judgeOne('ttft p95 {topic=fast} <= 500ms')).toMatchObject({
    status: 'PASS',
    n: 300,
    exceedances: 0,
    reason: { kind: 'exceedances', requests: 300, asked: 300 },
  })
  expect(judgeOne('ttft p95 {topic=s*} <= 500ms')).toMatchObject({
    status: 'FAIL',
    n: 100,
    observed: 900,
    reason: { asked: 100 },
  })
  expect(judgeOne('ttft mean {topic=slow} <= 910ms')).toMatchObject({ n: 100, observed: 900 })
})

test('failures count for the tags that they have', () => {
  const records = run(400, { slowFails: true })
  expect(judgeOne('success_rate {topic=fast} >= 99%', records)).toMatchObject({ status: 'PASS' })
  expect(judgeOne('success_rate {topic=slow} >= 99%', records)).toMatchObject({
    status: 'FAIL',
    observed: 0,
    n: 100,
  })
  // A mean is of completed requests alone: it needs a proof of their own success.
  const mean = judgeOne('ttft mean {topic=fast} <= 500ms', records)
  expect(mean.status).toBe('PASS')
  expect(judgeOne('ttft mean <= 500ms', records)).toMatchObject({
    status: 'INCONCLUSIVE',
    turns: [{ kind: 'unproven-success', failed: 100, requests: 400 }],
  })
})

test('no request with the tags is an ERROR, never a PASS', () => {
  const sent = run(400).filter(({ row }) => row !== 1)
  for (const text of ['ttft p95 {topic=slow} <= 1s', 'error_rate {topic=slow} <= 5%']) {
    expect(judgeOne(text, sent)).toMatchObject({
      status: 'ERROR',
      n: 0,
      reason: { kind: 'no-request', target: 'candidate' },
    })
  }
})

test('SLOs with tags and without are one family of Holm', () => {
  const texts = ['ttft p95 {topic=fast} <= 103ms', 'ttft p95 {topic=slow} <= 1s', 'ttft p50 <= 1s']
  const { slos } = judgeAll(texts.map(read), run(400), { load, tagging })
  const [first] = slos
  expect(first?.pFailAdjusted).toBeCloseTo(3 * (first?.pFail ?? 1), 12)
})

test('beside a baseline the same tags are compared on both sides', () => {
  const records = run(400)
  const reference = {
    kind: 'interleaved' as const,
    records: run(400, { side: 'baseline' as 'candidate', slow: 300 }),
  }
  const judge = (text: string): SloVerdict | undefined =>
    judgeAll([read(text)], records, { load, tagging, reference }).slos[0]
  expect(judge('ttft p50 {topic=fast} <= baseline + 10%')).toMatchObject({ status: 'PASS', n: 300 })
  expect(judge('ttft p50 {topic=slow} <= baseline + 10%')).toMatchObject({
    status: 'FAIL',
    n: 100,
    relative: { baseline: 300 },
  })
  expect(judge('success_rate {topic=slow} >= baseline - 10%')).toMatchObject({
    n: 100,
    relative: { baseline: 1 },
  })
})

test('says before anything is sent that too few requests have the tags, and how many would do', () => {
  const few = { ...load, requests: 100 }
  const slos = ['ttft p95 <= 1s', 'ttft p95 {topic=slow} <= 1s'].map(read)
  const found = checkFeasibility(slos, few, gate, { tagging })
  expect(found.map(explainInfeasibility)).toEqual([
    'ttft p95: likely INCONCLUSIVE with 100 requests, 59 are the fewest that can be a PASS; ask for 177 or more',
    'ttft p95 {topic=slow} needs at least 59 requests at 95% confidence, the spec asks for 25 such of 100: this SLO can never PASS; ask for about 236 in all or use policy point',
  ])
})

test('as many requests are chosen as the SLO with the rarest tags needs', () => {
  const given = { concurrency: 10, confidence: 0.95, mock: false, tagging }
  const slos = ['ttft p95 <= 1s', 'ttft p95 {topic=slow} <= 1s'].map(read)
  const chosen = chooseRequests(slos, given)
  expect(chosen).toMatchObject({
    requests: 4 * 3 * 59 - 2,
    strictest: { slo: 'ttft p95 {topic=slow} <= 1s', least: 4 * 59 - 2 },
  })
  expect(tagging.list(slos[1]?.tags ?? [], chosen.requests)).toHaveLength(3 * 59)
  const rarer = chooseRequests([read('ttft p99.5 {topic=slow} <= 1s')], given)
  expect(rarer).toMatchObject({ requests: 5000, capped: true })
})

test('what is certain of its own requests is what would be of a run of them alone', () => {
  const prospect = { gate, tagging, family: 1 }
  const found = { FAIL: 0, PASS: 0, nothing: 0 }
  for (const text of ['ttft p50 {topic=fast} <= 500ms', 'ttft p50 {topic=slow} <= 500ms']) {
    const asked = read(text)
    for (const ended of [200, 300, 380, 396]) {
      const own = run(400)
        .slice(0, ended)
        .filter((record) => tagging.has(record, asked.tags ?? []))
        .map((record, index): RequestRecord => ({ ...record, index }))
      const requests = tagging.list(asked.tags ?? [], 400).length
      const { tags: _, ...untagged } = asked
      const alone = foresee(untagged, own, { gate, family: 1, load: { ...load, requests } })
      const among = foresee(asked, run(400).slice(0, ended), { ...prospect, load })
      expect(among).toEqual(alone)
      found[among?.status ?? 'nothing']++
    }
  }
  expect(Object.values(found).every((count) => count > 0)).toBe(true)
  // Of extra rounds nothing is foreseen.
  const slow = read('ttft p50 {topic=slow} <= 500ms')
  expect(foresee(slow, run(404), { ...prospect, load })).toBeUndefined()
})

test('doubts are found on its own records', () => {
  const records = run(400).map((record): RequestRecord => {
    if (record.row !== 1) return record
    const at = (record.marks.dispatched ?? 0) + 900
    const { marks } = record
    return {
      ...record,
      tokenTimes: new Float64Array(10).fill(at),
      marks: { ...marks, lastToken: at },
    }
  })
  const find = findDoubts('candidate', records, trust, { tagging })
  const decided = { status: 'PASS', margin: 100 } as const
  expect(find(read('ttft p95 {topic=slow} <= 1s'), decided)).toMatchObject({
    kind: 'not-streamed',
    heldBack: 100,
    requests: 100,
  })
  expect(find(read('ttft p95 {topic=fast} <= 1s'), decided)).toBeUndefined()
})

const stages = [
  { name: 'calm', duration: 10_000, ramp: 0, from: 0, to: 2 },
  { name: 'peak', duration: 10_000, ramp: 0, from: 2, to: 4 },
]
const { requests: _, ...endless } = anyLoad
const stagedLoad = { ...endless, concurrency: 4, duration: 20_000, stages }
const staged = createTagging({ target, load: { seed: 1, stages } })

/** Requests of 100 ms, so many at a time in each of two stages; those of the second take `slow` ms. */
function runStages(inFlight: readonly [number, number], slow = 100): RequestRecord[] {
  return inFlight.flatMap((slots, stage) =>
    times(100 * slots, (place): RequestRecord => {
      const index = stage * 100 * inFlight[0] + place
      const at = 10_000 * stage + 100 * Math.floor(place / slots)
      const ttft = stage === 0 ? 100 : slow
      const round = Math.floor(place / slots / 20)
      return { ...completed({ index, round, at, ttft, events: 1 }), stage }
    }),
  )
}

test('a stage is judged on the requests that were due in it', () => {
  const texts = ['ttft p95 {stage=calm} <= 500ms', 'ttft p95 {stage=peak} <= 500ms']
  const { slos } = judgeAll(texts.map(read), runStages([2, 4], 900), {
    load: stagedLoad,
    tagging: staged,
  })
  expect(slos.map(({ status, n }) => [status, n])).toEqual([
    ['PASS', 200],
    ['FAIL', 400],
  ])
})

test('a rate of all stages has rounds that hold a part of each, a rate of one has its own', () => {
  const texts = ['requests_per_second >= 1/s', 'requests_per_second {stage=peak} >= 1/s']
  const { slos } = judgeAll(texts.map(read), runStages([2, 4]), {
    load: stagedLoad,
    tagging: staged,
  })
  for (const slo of slos) expect(slo).toMatchObject({ status: 'PASS', rounds: 5 })
  const [all, peak] = slos
  // The rounds of all stages are alike, since each is a fifth of either.
  expect((all?.interval?.high ?? 0) / (all?.interval?.low ?? 0)).toBeCloseTo(1, 6)
  expect(all?.observed).toBeCloseTo(30, 0)
  expect(peak?.observed).toBeCloseTo(40, 0)
})

test('a PASS takes the load of its own stage', () => {
  const grounds = { load: { ...stagedLoad, kind: 'closed' as const, drained: false } }
  const find = findDoubts('candidate', runStages([2, 3]), trust, { ...grounds, tagging: staged })
  const decided = { status: 'PASS', margin: 100 } as const
  expect(find(read('ttft p95 {stage=calm} <= 1s'), decided)).toBeUndefined()
  for (const text of ['ttft p95 {stage=peak} <= 1s', 'ttft p95 <= 1s']) {
    expect(find(read(text), decided)).toMatchObject({
      kind: 'load-not-held',
      stage: 'peak',
      concurrency: 4,
      peakInFlight: 3,
    })
  }
})

test('of stages of rates the number of requests is known, of others nothing is said', () => {
  const open = {
    ...stagedLoad,
    kind: 'open' as const,
    rate: 4,
    arrival: { kind: 'constant' as const },
    maxConcurrency: 10,
  }
  const slos = ['ttft p95 {stage=calm} <= 1s', 'ttft p50 {stage=peak} <= 1s'].map(read)
  expect(checkFeasibility(slos, open, gate, { tagging: staged }).map(explainInfeasibility)).toEqual(
    [
      'ttft p95 {stage=calm} needs at least 59 requests at 95% confidence, the spec asks for 20 such of 60: this SLO can never PASS; ask for about 177 in all or use policy point',
    ],
  )
  const mean = read('ttft mean {stage=calm} <= 1s')
  expect(checkFeasibility([...slos, mean], stagedLoad, gate, { tagging: staged })).toEqual([])
})
