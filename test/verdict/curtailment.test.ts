import { expect, test } from 'vitest'

import { findRound } from '../../src/bench-spec/round.ts'
import type { Slo } from '../../src/bench-spec/slo.ts'
import type { Gate, Load } from '../../src/bench-spec/spec.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { foresee } from '../../src/verdict/curtailment.ts'
import { isCertain, judge } from '../../src/verdict/judge.ts'
import { completed, failed, load as anyLoad, times } from '../metrics/records.ts'
import { slo } from '../metrics/slos.ts'
import { tell, tellRun } from './_tell.ts'
import { createRandom } from './random.ts'

const gate: Gate = { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 }
const finished = { kind: 'finished' } as const
const curtailed = { kind: 'curtailed' } as const

function loadOf(requests: number, rounds: number): Load {
  return { ...anyLoad, requests, rounds }
}

/** Request `index` of the load: 100 ms, or too slow. */
function request(index: number, bad: boolean, load: Load): RequestRecord {
  const { requests = 0, rounds } = load
  const round = findRound(index, { requests, rounds })
  return completed({ index, round, ttft: bad ? 900 : 100 })
}

function makeRecords(bad: readonly boolean[], load: Load, from = 0): RequestRecord[] {
  return bad.map((each, index) => request(from + index, each, load))
}

const p90 = slo('ttft p90 <= 500')

test('never says what some way of going on would not bear out: all ways of small runs', () => {
  const random = createRandom(21)
  const found = { FAIL: 0, PASS: 0 }
  for (let run = 0; run < 600; run++) {
    const rounds = 1 + (run % 5)
    const load = loadOf(12, rounds)
    const loose: Gate = { ...gate, confidence: 0.55 + 0.4 * random() }
    const asked = slo(`ttft p${20 + 10 * Math.floor(7 * random())} <= 500`)
    const chance = random()
    // Requests end in any order.
    const order = times(12, (index) => ({ index, place: random() })).toSorted(
      (a, b) => a.place - b.place,
    )
    const seen = 6 + Math.floor(random() * 6)
    const known = order.slice(0, seen).map(({ index }) => request(index, random() < chance, load))
    const certainty = foresee(asked, known, { gate: loose, load, family: 1 })
    const statuses = new Set(
      times(2 ** (12 - seen), (mask) => {
        const rest = order
          .slice(seen)
          .map(({ index }, bit) => request(index, (mask & (2 ** bit)) > 0, load))
        return judge([asked], [...known, ...rest], { gate: loose, load, end: finished }).status
      }),
    )
    if (certainty !== undefined) {
      found[certainty.status]++
      expect([...statuses]).toEqual([certainty.status])
    } else if (rounds < 3) {
      // Without a design effect the worst that can come is known exactly, so nothing is missed.
      expect(statuses.size === 1 && !statuses.has('INCONCLUSIVE')).toBe(false)
    }
  }
  expect(found.FAIL).toBeGreaterThan(20)
  expect(found.PASS).toBeGreaterThan(20)
})

test('agrees with the whole run on 1000 random sequences, bursts included', () => {
  const random = createRandom(22)
  let certain = 0
  for (let run = 0; run < 1000; run++) {
    const load = loadOf(200, [1, 2, 5, 10, 20][run % 5] ?? 1)
    const luck = times(20, () => random() ** 3)
    const steady = random() < 0.5
    const bad = times(200, (i) => random() < (steady ? luck[0]! : luck[Math.floor(i / 10)]!))
    const records = makeRecords(bad, load)
    for (let seen = 20; seen < 200; seen += 20) {
      const certainty = foresee(p90, records.slice(0, seen), { gate, load, family: 1 })
      if (certainty === undefined) continue
      certain++
      expect(judge([p90], records, { gate, load, end: finished }).status).toBe(certainty.status)
      break
    }
  }
  expect(certain).toBeGreaterThan(200)
})

test('knows of one round or two at the number of bad ones that decides the whole run', () => {
  const load = loadOf(500, 2)
  const p95 = slo('ttft p95 <= 500')
  const after = (bad: number) =>
    foresee(p95, makeRecords([...times(bad, () => true), false], load), { gate, load, family: 1 })
  expect(after(33)).toBeUndefined()
  expect(after(34)).toMatchObject({ status: 'FAIL', remaining: 465 })
})

test('waits longer when there are rounds, because good ones would show that it was a bad hour', () => {
  const load = loadOf(500, 10)
  const p95 = slo('ttft p95 <= 500')
  const until = (seen: number) =>
    foresee(p95, makeRecords([false, ...times(seen - 1, () => true)], load), {
      gate,
      load,
      family: 1,
    })
  expect(until(250)).toBeUndefined()
  expect(until(400)?.status).toBe('FAIL')
  // All of the rest good: the whole run is undecided, although 250 of 500 were too slow.
  const halves = makeRecords([false, ...times(249, () => true), ...times(250, () => false)], load)
  expect(judge([p95], halves, { gate, load, end: finished }).status).toBe('INCONCLUSIVE')
})

test('is not certain where Holm could still take a FAIL back', () => {
  const load = loadOf(500, 1)
  const p95 = slo('ttft p95 <= 500')
  const records = makeRecords([...times(35, () => true), false], load)
  expect(foresee(p95, records, { gate, load, family: 1 })?.status).toBe('FAIL')
  expect(foresee(p95, records, { gate, load, family: 10 })).toBeUndefined()
})

test('says nothing of what it cannot foresee', () => {
  const load = loadOf(100, 1)
  const records = makeRecords(
    times(99, () => true),
    load,
  )
  const look = (asked: Slo, more: object = {}) =>
    foresee(asked, records, { gate, load, family: 1, ...more })
  expect(look(p90)?.status).toBe('FAIL')
  expect(look(p90, { load: { ...load, duration: 1000 } })).toBeUndefined()
  expect(look(p90, { gate: { ...gate, policy: 'point' } })).toBeUndefined()
  expect(look(p90, { gate: { ...gate, failures: 'exclude' } })).toBeUndefined()
  expect(look(p90, { stream: { dialect: 'sse', completionEvent: 'end' } })).toBeUndefined()
  for (const text of ['ttft mean <= 500', 'ttft max <= 500', 'chunk_gap p90 <= 1']) {
    expect(look(slo(text))).toBeUndefined()
  }
  // A run in which nothing completed is an ERROR, so nothing is certain before something has.
  const broken = times(99, (index) => failed({ index }))
  expect(foresee(slo('success_rate >= 0.9'), broken, { gate, load, family: 1 })).toBeUndefined()
})

test('stops for one FAIL that blocks, or when every SLO is a PASS', () => {
  const load = loadOf(200, 1)
  const good = makeRecords(
    times(198, () => false),
    load,
  )
  const bad = makeRecords([...times(40, () => true), false], load)
  const sure = (slos: Slo[], records: RequestRecord[]) => isCertain(slos, records, { gate, load })
  expect(sure([p90], good)).toBe(true)
  expect(sure([p90, slo('ttft max <= 9')], good)).toBe(false)
  expect(sure([p90, slo('ttft max <= 9')], bad)).toBe(true)
  expect(sure([slo(p90.text, { level: 'warn' })], bad)).toBe(false)
  expect(sure([], bad)).toBe(false)
})

test('lets what was certain stand and nothing else', () => {
  const load = loadOf(200, 1)
  const records = makeRecords([...times(40, () => true), false], load)
  const slos = [p90, slo('success_rate >= 0.99'), slo('ttft mean <= 1')]
  const verdict = judge(slos, records, { gate, load, end: curtailed })
  expect(verdict).toMatchObject({ status: 'FAIL', exitCode: 1 })
  expect(tellRun(verdict, curtailed)).toContain(
    'The run was stopped because its outcome was certain.',
  )
  expect(verdict.slos.map(({ status }) => status)).toEqual(['FAIL', 'INCONCLUSIVE', 'INCONCLUSIVE'])
  expect(tell(verdict.slos[0], curtailed)).toMatch(
    /^ttft p90 is 900ms so far, 40 of 41 requests bad: a FAIL whatever the other 159 would have done \(p at most 0\.000017\)\.$/,
  )
  expect(tell(verdict.slos[1], curtailed)).toBe(
    'The run was stopped because its outcome was certain before this was decided.',
  )
})

test('has an ERROR for everything of a target that was given up, with what was measured', () => {
  const load = loadOf(200, 1)
  const records = [
    ...makeRecords([false], load),
    ...times(30, (index) => failed({ index: index + 1 })),
  ]
  const illness = { kind: 'errors', failed: 30, requests: 31, limit: 0.5 } as const
  const end = { kind: 'unhealthy', illness } as const
  const verdict = judge([slo('success_rate >= 0.5'), p90], records, { gate, load, end })
  expect(verdict).toMatchObject({ status: 'ERROR', exitCode: 4, passed: false })
  expect(tellRun(verdict, end)).toBe(
    'The run was stopped, the target being unhealthy (30 of 31 requests failed, max_error_rate is 50%).',
  )
  expect(verdict.slos.map(({ status, n }) => [status, n])).toEqual([
    ['ERROR', 31],
    ['ERROR', 31],
  ])
})
