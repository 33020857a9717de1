import { expect, test } from 'vitest'

import { leaves } from '../../src/bench-spec/leaving.ts'
import { parseSlos } from '../../src/bench-spec/slo-list.ts'
import type { AbsoluteSlo } from '../../src/bench-spec/slo.ts'
import type { Gate, Load } from '../../src/bench-spec/spec.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { observe } from '../../src/metrics/observation.ts'
import { foresee } from '../../src/verdict/curtailment.ts'
import { checkFeasibility } from '../../src/verdict/feasibility.ts'
import { judge } from '../../src/verdict/judge.ts'
import { completed, failed, left, load as usual } from '../metrics/records.ts'
import { createRandom } from './random.ts'

const gate: Gate = { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 }

function parse(...texts: string[]): AbsoluteSlo[] {
  const { slos, issues } = parseSlos(texts, () => undefined, {})
  expect(issues).toEqual([])
  return slos as AbsoluteSlo[]
}

function loadOf(requests: number, share: number, seed = 1): Load {
  return { ...usual, requests, seed, cancel: { share, after: 'first-token' } }
}

interface Service {
  /** ms. */
  ttft(): number
  latency(): number
  /** Whether it fails, which shows at the end of its answer. */
  fails(): boolean
}

/** What becomes of the requests to a service some of whose clients leave `after` ms, or with their first token. */
function send(load: Load, after: number | 'first-token', service: Service): RequestRecord[] {
  const { requests = 0, rounds } = load
  return Array.from({ length: requests }, (_, index) => {
    const [ttft, latency, fails] = [service.ttft(), service.latency(), service.fails()]
    const shape = {
      index,
      ttft,
      events: 2,
      gap: latency - ttft,
      round: Math.floor((index * rounds) / requests),
    }
    const time = after === 'first-token' ? ttft : after
    if (!leaves(load, { phase: 'measured', index })) return fails ? failed(shape) : completed(shape)
    if (time < latency) return left({ ...shape, after: time })
    return fails ? failed({ ...shape, leaves: true }) : completed({ ...shape, leaves: true })
  })
}

/** Of a percentile the share of requests above the bound, of a share that of the bad ones. */
function shareOfBad(records: readonly RequestRecord[], slo: AbsoluteSlo): number {
  const observation = observe(records, slo.metric)
  if (observation?.kind === 'share') return observation.bad / (observation.good + observation.bad)
  if (observation?.kind !== 'values') throw new Error('nothing was observed')
  const all = Array.from(observation.requests)
  const good = all.filter(({ values: [value = Infinity] }) => value <= slo.bound).length
  return 1 - good / all.length
}

test('leaving flatters no figure: half of the clients leave before most of the answers have ended', () => {
  const random = createRandom(7)
  const service: Service = {
    ttft: () => (random() < 0.1 ? 3000 : 100 + 300 * random()),
    latency: () => 4000 * random() + 3000,
    fails: () => random() < 0.1,
  }
  const [success, ttft, latency] = parse(
    'success_rate >= 95%',
    'ttft p95 <= 1s',
    'latency p50 <= 5s',
  )
  if (!success || !ttft || !latency) throw new Error('all are parsed')
  const all = send({ ...usual, requests: 20_000 }, Infinity, service)
  const some = send(loadOf(20_000, 0.5), 2000, service)
  expect(shareOfBad(some, success)).toBeCloseTo(shareOfBad(all, success), 1.7)
  expect(shareOfBad(some, latency)).toBeCloseTo(shareOfBad(all, latency), 1.7)
  // Who left without a first token is bad by a bound that is below its time, as it is.
  expect(shareOfBad(some, ttft)).toBeGreaterThan(0.1)
  // The figure of those that ended, as they are counted: 10 % failed, it would say that half of it did.
  const ended = some.filter(({ outcome }) => outcome !== 'left')
  const naive = ended.filter(({ outcome }) => outcome === 'failed').length / ended.length
  expect(shareOfBad(some, success) / naive).toBeGreaterThan(0.9)
})

test('early answers alone would flatter: of those that leave the quick ones end before', () => {
  const random = createRandom(8)
  const service: Service = {
    ttft: () => 10,
    latency: () => (random() < 0.5 ? 500 : 5000),
    fails: () => false,
  }
  const [latency] = parse('latency p50 <= 1s')
  if (!latency) throw new Error('it is parsed')
  const some = send(loadOf(20_000, 0.5), 2000, service)
  const ended = some.filter(({ outcome }) => outcome === 'completed')
  const slow = ended.filter(({ marks }) => (marks.lastToken ?? 0) > 1000).length
  expect(slow / ended.length).toBeLessThan(0.36)
  expect(shareOfBad(some, latency)).toBeGreaterThan(0.48)
})

test('a false PASS or FAIL stays as rare as the gate says, when a fifth of the clients leave', () => {
  const random = createRandom(9)
  const slos = parse('success_rate >= 95%', 'ttft p90 <= 1s', 'latency p90 <= 5s')
  const bad = { pass: 0, fail: 0 }
  const runs = 400
  for (let run = 0; run < runs; run++) {
    // At their bounds: neither may be decided, but by chance.
    const service: Service = {
      ttft: () => (random() < 0.1 ? 1500 : 100),
      latency: () => (random() < 0.1 ? 6000 : 2000),
      fails: () => random() < 0.05,
    }
    const load = loadOf(400, 0.2, run)
    const records = send(load, 800, service)
    for (const slo of slos) {
      // A figure at a time: what is at both bounds at once is tested for itself.
      const [verdict] = judge([slo], records, { gate, load, end: { kind: 'finished' } }).slos
      if (verdict?.status === 'PASS') bad.pass++
      if (verdict?.status === 'FAIL' && slo.metric === 'success_rate') bad.fail++
    }
  }
  expect(bad.pass / (3 * runs)).toBeLessThan(0.06)
  expect(bad.fail / runs).toBeLessThan(0.06)
})

test('a request that left without a first token is bad at either end, also where failures are excluded', () => {
  const [upper, lower, mean] = parse('ttft p50 <= 1s', 'ttft p50 >= 1s', 'ttft mean <= 1s')
  if (!upper || !lower || !mean) throw new Error('all are parsed')
  const records = [
    ...Array.from({ length: 40 }, (_, index) => completed({ index, round: index % 5, ttft: 500 })),
    ...Array.from({ length: 60 }, (_, at) =>
      left({ index: 40 + at, round: at % 5, ttft: 900, after: 100 }),
    ),
  ]
  const load = loadOf(100, 0.6)
  const judged = judge([upper, lower], records, {
    gate: { ...gate, failures: 'exclude', policy: 'point' },
    load,
    end: { kind: 'finished' },
  })
  expect(judged.slos).toMatchObject([
    { status: 'FAIL', observed: Infinity, n: 100 },
    { status: 'FAIL', observed: Infinity, n: 100 },
  ])
  const [tested] = judge([upper], records, { gate, load, end: { kind: 'finished' } }).slos
  expect(tested).toMatchObject({
    exceedances: 60,
    reason: { kind: 'exceedances', left: 60, failed: 0 },
  })
  const [average] = judge([mean], records, { gate, load, end: { kind: 'finished' } }).slos
  expect(average).toMatchObject({ observed: 500, n: 40 })
})

test('feasibility counts those that stay, and of ttft all', () => {
  const slos = parse('latency p95 <= 1s', 'ttft p95 <= 1s')
  expect(checkFeasibility(slos, loadOf(64, 0.1), gate)).toMatchObject([
    { slo: slos[0], kind: 'few-requests', least: 59, asked: 58, whole: 64 },
    { slo: slos[1], kind: 'likely-undecided', asked: 64 },
  ])
})

test('a run is certain by those that stay: those that leave can change nothing but ttft', () => {
  const [latency, ttft] = parse('latency p50 <= 5s', 'ttft p50 <= 5s')
  if (!latency || !ttft) throw new Error('all are parsed')
  const load = loadOf(100, 0.5)
  const service: Service = { ttft: () => 100, latency: () => 1000, fails: () => false }
  const records = send(load, 'first-token', service)
  const prospect = { gate, load, family: 1 }
  // 50 stay: all but one of them are seen.
  const most = records.slice(0, 98)
  const stayed = most.filter(({ leaves }) => !leaves).length
  expect(foresee(latency, most, prospect)).toMatchObject({ status: 'PASS', remaining: 50 - stayed })
  expect(foresee(ttft, most, prospect)).toMatchObject({ status: 'PASS', remaining: 2 })
  const leaving = records.filter(({ leaves }) => leaves)
  expect(foresee(latency, [...leaving, ...records.slice(0, 4)], prospect)).toBeUndefined()
  // What is certain is what the whole run comes to.
  const [verdict] = judge([latency], records, { gate, load, end: { kind: 'finished' } }).slos
  expect(verdict).toMatchObject({ status: 'PASS', n: 50 })
})
