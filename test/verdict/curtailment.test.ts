import { expect, test } from 'vitest'

import { findRound } from '../../src/bench-spec/round.ts'
import type { GoodputBounds, Slo } from '../../src/bench-spec/slo.ts'
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

/** Requests that end in any order, of which so many have. */
function shuffle(n: number, random: () => number): number[] {
  return times(n, (index) => ({ index, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ index }) => index)
}

test('never says what some way of going on would not bear out: all ways of small runs', () => {
  const random = createRandom(21)
  const found = { FAIL: 0, PASS: 0, missed: 0 }
  for (let run = 0; run < 400; run++) {
    const load = loadOf(12, 1 + (run % 5))
    const loose: Gate = { ...gate, confidence: 0.55 + 0.4 * random() }
    const asked = slo(`ttft p${20 + 10 * Math.floor(7 * random())} <= 500`)
    const chance = random()
    const order = shuffle(12, random)
    const seen = 6 + Math.floor(random() * 6)
    const known = order.slice(0, seen).map((index) => request(index, random() < chance, load))
    const certainty = foresee(asked, known, { gate: loose, load, family: 1 })
    const statuses = new Set(
      times(2 ** (12 - seen), (mask) => {
        const rest = order
          .slice(seen)
          .map((index, bit) => request(index, (mask & (2 ** bit)) > 0, load))
        return judge([asked], [...known, ...rest], { gate: loose, load, end: finished }).status
      }),
    )
    if (certainty !== undefined) {
      found[certainty.status]++
      expect([...statuses]).toEqual([certainty.status])
    } else if (statuses.size === 1 && !statuses.has('INCONCLUSIVE')) found.missed++
  }
  expect(found.FAIL).toBeGreaterThan(20)
  expect(found.PASS).toBeGreaterThan(20)
  // What it does not know is an upper bound of a design effect that no way of going on attains.
  expect(found.missed).toBeLessThan((found.FAIL + found.PASS) / 5)
})

/** What is asked of a small run, and a request of it that is good or bad, its value any of such. */
interface Question {
  ask: (share: number) => Slo
  goodput?: GoodputBounds
  draw: (index: number, bad: boolean, random: () => number) => RequestRecord
}

/** Good ones from 0 to 500, bad ones from there to 1000, some of them failed. */
function drawAround(index: number, high: boolean, random: () => number): RequestRecord {
  const between = [0.001, 0.999, random(), random()][Math.floor(4 * random())] ?? 0
  return completed({ index, ttft: 500 * (high ? 1 + between : between), tokens: 10 })
}

const questions: Record<string, Question> = {
  'a percentile': {
    ask: (share) => slo(`ttft p${Math.round(100 * share)} <= 500`),
    draw: (index, bad, random) =>
      bad && random() < 0.2 ? failed({ index }) : drawAround(index, bad, random),
  },
  'a floor under a percentile': {
    ask: (share) => slo(`ttft p${100 - Math.round(100 * share)} >= 500`),
    draw: (index, bad, random) =>
      bad && random() < 0.2 ? failed({ index }) : drawAround(index, !bad, random),
  },
  'a success rate': {
    ask: (share) => slo(`success_rate >= ${share}`),
    draw: (index, bad, random) => (bad ? failed({ index }) : drawAround(index, false, random)),
  },
  'a ceiling over a success rate': {
    ask: (share) => slo(`success_rate <= ${1 - share}`),
    draw: (index, bad, random) => (bad ? drawAround(index, false, random) : failed({ index })),
  },
  goodput: {
    ask: (share) => slo(`goodput >= ${share}`),
    goodput: [{ metric: 'ttft', op: '<=', bound: 500 }],
    draw: (index, bad, random) =>
      bad && random() < 0.2 ? failed({ index }) : drawAround(index, bad, random),
  },
}

test.for(Object.entries(questions))(
  'never says what some way of going on would not bear out, where values differ: %s',
  ([, { ask, goodput, draw }]) => {
    const random = createRandom(23)
    const found = { FAIL: 0, PASS: 0 }
    for (let run = 0; run < 300; run++) {
      const load = loadOf(12, 1 + (run % 5))
      const burst = random() < 0.3 ? { burst: 1 + 2 * random() } : {}
      const loose: Gate = { ...gate, ...burst, confidence: 0.55 + 0.4 * random() }
      const asked = ask(0.2 + 0.7 * random())
      const chance = random()
      const order = shuffle(12, random)
      const seen = 8 + Math.floor(random() * 4)
      const known = order.slice(0, seen).map((index) => draw(index, random() < chance, random))
      const given = { gate: loose, load, goodput }
      const certainty = foresee(asked, known, { ...given, family: 1 })
      if (certainty === undefined) continue
      found[certainty.status]++
      // Every way of being good or bad, twice or more; where the values lie by chance.
      for (let way = 0; way < 32; way++) {
        const rest = order
          .slice(seen)
          .map((index, bit) => draw(index, !!(way & (2 ** bit)), random))
        const verdict = judge([asked], [...known, ...rest], { ...given, end: finished }).slos[0]
        expect(verdict?.status).toBe(certainty.status)
        const p = certainty.status === 'FAIL' ? verdict?.pFail : verdict?.pPass
        expect(p).toBeLessThanOrEqual(certainty.p + 1e-12)
      }
    }
    expect(found.FAIL).toBeGreaterThan(10)
    expect(found.PASS).toBeGreaterThan(10)
  },
)

test('is not certain of a PASS that answers which cannot be seen would turn around', () => {
  const golden = (Math.sqrt(5) - 1) / 2
  const run = 'x..xx..x..x.x............1....x.............xx..'
  const load = loadOf(run.length, 1)
  const goodput: GoodputBounds = [
    { metric: 'ttft', op: '<=', bound: 500 },
    { metric: 'tpot', op: '<=', bound: 15 },
  ]
  const records = Array.from(run, (each, index) => {
    const ttft = (each === 'x' ? 600 : 100) + 300 * ((index * golden) % 1)
    return completed({ index, ttft, tokens: each === '1' ? 1 : 10 })
  })
  const given = { gate: { ...gate, confidence: 0.9 }, load, goodput }
  const asked = slo('goodput >= 0.68')
  const [whole] = judge([asked], records, { ...given, end: finished }).slos
  expect(whole).toMatchObject({ status: 'INCONCLUSIVE', turns: [{ kind: 'unseen-values' }] })
  const known = records.filter(({ index }) => index !== run.indexOf('1'))
  expect(foresee(asked, known, { ...given, family: 1 })).toBeUndefined()
})

test('agrees with the whole run on 200 random sequences, bursts included', () => {
  const random = createRandom(22)
  const found = { FAIL: 0, PASS: 0 }
  for (let run = 0; run < 200; run++) {
    const load = loadOf(200, [1, 2, 5, 10, 20][run % 5] ?? 1)
    const luck = times(20, () => random() ** 3)
    const steady = random() < 0.5 ? random() ** 3 / 2 : undefined
    const records = times(200, (index) => {
      const chance = steady ?? luck[Math.floor(index / 10)] ?? 0
      return drawAround(index, random() < chance, random)
    })
    for (const seen of [100, 140, 180, 195]) {
      const certainty = foresee(p90, records.slice(0, seen), { gate, load, family: 1 })
      if (certainty === undefined) continue
      found[certainty.status]++
      expect(judge([p90], records, { gate, load, end: finished }).status).toBe(certainty.status)
      break
    }
  }
  expect(found.FAIL).toBeGreaterThan(40)
  expect(found.PASS).toBeGreaterThan(20)
})

const p95 = slo('ttft p95 <= 500')

test('waits until so much of the run is bad that it was no bad hour, whatever rounds there are', () => {
  for (const rounds of [1, 2, 10, 50]) {
    const load = loadOf(500, rounds)
    const after = (seen: number) => makeRecords([false, ...times(seen - 1, () => true)], load)
    const until = (seen: number) => foresee(p95, after(seen), { gate, load, family: 1 })
    expect(until(235)).toBeUndefined()
    expect(until(236)).toMatchObject({ status: 'FAIL', remaining: 264 })
    // All of the rest good: of one that is bad less the whole run is undecided, although 234 of 500 are.
    const whole = (seen: number) => [
      ...after(seen),
      ...makeRecords(
        times(500 - seen, () => false),
        load,
        seen,
      ),
    ]
    const statuses = [235, 236].map(
      (seen) => judge([p95], whole(seen), { gate, load, end: finished }).status,
    )
    expect(statuses).toEqual(['INCONCLUSIVE', 'FAIL'])
  }
})

test('waits until so few are left that they cannot show that bad ones come all at once', () => {
  const load = loadOf(500, 5)
  const after = (seen: number) =>
    makeRecords(
      times(seen, () => false),
      load,
    )
  const until = (seen: number) => foresee(p95, after(seen), { gate, load, family: 1 })
  expect(until(492)).toBeUndefined()
  expect(until(493)).toMatchObject({ status: 'PASS', remaining: 7 })
  const statuses = [492, 493].map((seen) => {
    const rest = makeRecords(
      times(500 - seen, () => true),
      load,
      seen,
    )
    return judge([p95], [...after(seen), ...rest], { gate, load, end: finished }).status
  })
  // 8 bad ones of 500 would be few enough, did they not come in a row.
  expect(statuses).toEqual(['INCONCLUSIVE', 'PASS'])
})

test('is not certain of a PASS while slow ones, all of them good, may yet come in one part', () => {
  const load = loadOf(200, 5)
  const look = (isSlow: (index: number) => boolean) => {
    const ttfts = times(196, (index) => (isSlow(index) ? 400 + index / 10 : 100))
    const records = ttfts.map((ttft, index) => completed({ index, ttft }))
    return foresee(p90, records, { gate, load, family: 1 })
  }
  expect(look((index) => index % 12 === 0)?.status).toBe('PASS')
  expect(look((index) => index < 16)).toBeUndefined()
})

test('is not certain where Holm could still take a FAIL back', () => {
  const load = loadOf(500, 1)
  const records = makeRecords([false, ...times(300, () => true)], load)
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
  const bad = makeRecords([false, ...times(150, () => true)], load)
  const sure = (slos: Slo[], records: RequestRecord[]) => isCertain(slos, records, { gate, load })
  expect(sure([p90], good)).toBe(true)
  expect(sure([p90, slo('ttft max <= 9')], good)).toBe(false)
  expect(sure([p90, slo('ttft max <= 9')], bad)).toBe(true)
  expect(sure([slo(p90.text, { level: 'warn' })], bad)).toBe(false)
  expect(sure([], bad)).toBe(false)
})

test('lets what was certain stand and nothing else', () => {
  const load = loadOf(200, 1)
  const records = makeRecords([false, ...times(180, () => true)], load)
  const slos = [p90, slo('success_rate >= 0.99'), slo('ttft mean <= 1')]
  const verdict = judge(slos, records, { gate, load, end: curtailed })
  expect(verdict).toMatchObject({ status: 'FAIL', exitCode: 1 })
  expect(tellRun(verdict, curtailed)).toContain(
    'The run was stopped because its outcome was certain.',
  )
  expect(verdict.slos.map(({ status }) => status)).toEqual(['FAIL', 'INCONCLUSIVE', 'INCONCLUSIVE'])
  expect(tell(verdict.slos[0], curtailed)).toMatch(
    /^ttft p90 is 900ms so far, 180 of 181 requests bad: a FAIL whatever the other 19 would have done \(p at most 0\.0\d+\)\.$/,
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
