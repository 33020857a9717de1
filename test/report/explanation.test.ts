import { expect, test } from 'vitest'

import { accountFor } from '../../src/report/explanation/explanation.ts'
import type { Results, SloDocument } from '../../src/results/results.ts'
import { completed, failed, times, trust } from '../metrics/records.ts'
import { driveOf, resultsOf, sendRounds, url } from '../run/_drive.ts'
import { createRandom } from '../verdict/random.ts'
import { createRun, judgeRecords } from './_judged.ts'
import { hostile, runs, slo } from './_runs.ts'

const slos = [
  'ttft p95 <= 190ms',
  'ttft p50 <= 100ms',
  'ttft p99 < 300ms',
  'ttft p10 >= 60ms',
  'ttft mean <= 105ms',
  'ttft max <= 400ms',
  'tpot p90 <= 15ms',
  { assert: 'chunk_gap p90 <= 15ms', level: 'warn' },
  'dispatch_delay p99 <= 1ms',
  'success_rate >= 95%',
  'error_rate <= 5%',
  'success_rate <= 99%',
  { assert: 'goodput >= 60%', goodput: { ttft: '120ms', tpot: '14ms' } },
  'requests_per_second >= 19/s',
  'output_tokens_per_second >= 100 tok/s',
]

function explainAll(results: Results): { text: string; differences: readonly string[] }[] {
  return results.verdict.slos.map((each) => accountFor(results, each))
}

function judgeSeed(seed: number): Results {
  const random = createRandom(seed + 1000)
  return judgeRecords(createRun(seed), {
    slos,
    gate: {
      confidence: [0.9, 0.95, 0.99][seed % 3] ?? 0.95,
      failures: random() < 0.5 ? 'exclude' : 'as-infinite',
      policy: seed % 10 === 0 ? 'point' : 'pr',
      max_extra_rounds: seed % 4,
    },
  })
}

test(
  'every figure of seeded runs is found anew in what results.json holds',
  { timeout: 60_000 },
  () => {
    const seen = new Set<string>()
    const turned = new Set<string>()
    for (let seed = 1; seed <= 40; seed++) {
      const results = judgeSeed(seed)
      for (const { method, status, turns } of results.verdict.slos) {
        seen.add(`${method} ${status}`)
        for (const { kind } of turns) turned.add(kind)
      }
      const differences = explainAll(results).flatMap((each) => each.differences)
      expect({ seed, differences }).toEqual({ seed, differences: [] })
    }
    expect([...seen].sort()).toEqual([
      'exact FAIL',
      'exact INCONCLUSIVE',
      'exact PASS',
      'point FAIL',
      'point INCONCLUSIVE',
      'point PASS',
      'rounds FAIL',
      'rounds INCONCLUSIVE',
      'rounds PASS',
    ])
    expect([...turned].sort()).toEqual(['holm', 'unproven-success', 'unseen-values'])
  },
)

/** P(Bin(n, q) ≤ bad) term by term: nothing of the incomplete beta function. */
function sumBinomial(n: number, q: number, bad: number): number {
  let term = (1 - q) ** n
  let sum = term
  for (let k = 1; k <= bad; k++) {
    term *= ((n - k + 1) / k) * (q / (1 - q))
    sum += term
  }
  return sum
}

const figure = (value: number): string => String(Number(value.toPrecision(3)))

test('the tails that it prints are sums of binomial terms', () => {
  const records = times(200, (i) =>
    completed({ round: Math.floor(i / 40), ttft: i % 25 === 0 ? 900 : 100 }),
  )
  const results = judgeRecords(records, { slos: ['ttft p95 <= 800ms'] })
  const text = explainAll(results)[0]?.text
  const q = 0.05
  expect(text).toContain('E = 8 of n = 200 observations')
  expect(text).toContain(
    `P(Bin(n, q) ≥ E) = I_q(E, n − E + 1): ${figure(1 - sumBinomial(200, q, 7))} > α = 0.05`,
  )
  expect(text).toContain(
    `P(Bin(n, q) ≤ E) = I_(1−q)(n − E, E + 1): ${figure(sumBinomial(200, q, 8))} > α = 0.05`,
  )
  expect(text).toContain(
    `up to E = 4: P(≤ 4) = ${figure(sumBinomial(200, q, 4))} ≤ α < P(≤ 5) = ${figure(sumBinomial(200, q, 5))}`,
  )
  expect(text).toContain(
    `from E = 16: P(≥ 16) = ${figure(1 - sumBinomial(200, q, 15))} ≤ α < P(≥ 15) = ${figure(1 - sumBinomial(200, q, 14))}`,
  )
})

test('the whole arithmetic of one verdict', async () => {
  // Of each round some more are slow than of the one before; twice two requests in a row fail.
  const records = times(500, (i) => {
    const round = Math.floor(i / 100)
    if (i % 250 === 20 || i % 250 === 21) return failed({ index: i, round })
    const slow = i % 44 < 1 + round
    return completed({ index: i, round, ttft: (slow ? 900 : 100) + ((i * 309) % 500) / 10 })
  })
  const results = judgeRecords(records, {
    slos: [
      { assert: 'ttft p95 <= 800ms', id: 'first' },
      'latency p50 <= 1s',
      'ttft mean <= 200ms',
      'success_rate >= 95%',
    ],
    trust,
  })
  await expect(
    `${explainAll(results)
      .map(({ text }) => text)
      .join('\n\n')}\n`,
  ).toMatchFileSnapshot('../../fixtures/expected/explanation.txt')
})

const halves = { kind: 'groups', of: 'slices', groups: 10, design_effect: 2, at: 'bound' } as const

const changes: readonly [Partial<SloDocument>, word: string][] = [
  [{ p_fail: 0.04 }, 'p_fail'],
  [{ p_pass: 0.06 }, 'p_pass'],
  [{ p_fail_adjusted: 0.9 }, 'p_fail_adjusted'],
  [{ pass_at_most: 17 }, 'pass_at_most'],
  [{ pass_at_most: null }, 'pass_at_most'],
  [{ fail_at_least: 33 }, 'fail_at_least'],
  [{ fail_at_least: null }, 'fail_at_least'],
  [{ more_requests: 12 }, 'more_requests'],
  [{ more_requests: null }, 'more_requests'],
  [{ exceedances: 21 }, 'p_fail'],
  [{ exceedances: 26 }, 'observed and exceedances'],
  [{ n: 510 }, 'p_fail'],
  [{ dependence: { fail: halves, pass: { kind: 'none' } } }, 'p_fail'],
  [{ dependence: { fail: { kind: 'none' }, pass: halves } }, 'p_pass'],
  [{ status: 'PASS' }, 'status is PASS'],
]

test.each(changes)('a figure that does not fit the others is told: %j', (change, word) => {
  const records = times(500, (i) => completed({ round: i % 5, ttft: ((i * 309) % 500) + 1 }))
  const results = judgeRecords(records, { slos: ['ttft p95 <= 480ms'] })
  const [before] = explainAll(results)
  expect(before?.differences).toEqual([])
  Object.assign(results.verdict.slos[0] ?? {}, change)
  const [after] = explainAll(results)
  expect(after?.differences.join('; ')).toContain(word)
  expect(after?.text.replace(/\s+/g, ' ')).toContain(
    `check ${after?.differences[0]?.split(';')[0]}`,
  )
})

test('without the dependence that was found the figures do not fit', () => {
  const records = times(500, (i) => completed({ ttft: i < 20 ? 900 : 100 }))
  const results = judgeRecords(records, { slos: ['ttft p95 <= 800ms'] })
  expect(explainAll(results)[0]?.differences).toEqual([])
  const none = { kind: 'none' } as const
  Object.assign(results.verdict.slos[0] ?? {}, { dependence: { fail: none, pass: none } })
  expect(explainAll(results)[0]?.differences.join('; ')).toMatch(/p_fail .*p_pass .*pass_at_most/)
  Object.assign(results.verdict.slos[0] ?? {}, { dependence: null })
  expect(explainAll(results)[0]?.differences).toContain('dependence is null in results.json')
})

test('says on each side what makes the observations fewer, and by how much', () => {
  // Below the bound, but the slowest twentieth is all in the first tenth.
  const records = times(500, (i) => completed({ ttft: (i < 25 ? 700 : 100) + (i % 7) }))
  const given = { slos: ['ttft p95 <= 800ms', 'success_rate >= 97%'] }
  const gate = { failures: { burst: 2.5 } }
  const [slow, success] = explainAll(judgeRecords(records, { ...given, gate })).map(({ text }) =>
    text.replace(/\s+/g, ' '),
  )
  // 10/9 · (22.5² + 9 · 2.5²) ÷ 500² ÷ (.0475 ÷ 500), and 5/4 · (20² + 4 · 5²) likewise.
  expect(slow).toContain('for FAIL deff = 1: parts of the run differ by chance alone')
  expect(slow).toContain(
    "for PASS deff = 26.3 over 5 parts of the run, beyond the run's own quantile: n* = n ÷ deff · (z ÷ t)² = 500 ÷ 26.3 · (1.64 ÷ 2.13)² = 11.3; E* = E · n* ÷ n",
  )
  expect(slow).toContain('P(Bin(n*, q) ≤ E*) = I_(1−q)(n* − E*, E* + 1) with n* = 11.3, E* = 0: ')
  expect(success).toContain(
    'for PASS failures come L = 2.5 in a row (by the spec): n* = n ÷ (2L − 1) = 125; E* = E · n* ÷ n',
  )
})

test.each([
  [{ p_fail: 0.3 }, 'p_fail is 0.3'],
  [{ p_pass: 0.3 }, 'p_pass is 0.3'],
  [{ interval: { low: 101.9, high: 102.2 } }, 'by its interval'],
] as const)('a figure of rounds that does not fit is told: %j', (change, word) => {
  const records = times(50, (i) => completed({ round: i % 5, ttft: 100 + (i % 5) }))
  const results = judgeRecords(records, { slos: ['ttft mean <= 103ms'] })
  expect(explainAll(results)[0]?.differences).toEqual([])
  Object.assign(results.verdict.slos[0] ?? {}, change)
  expect(explainAll(results)[0]?.differences.join('; ')).toContain(word)
})

test('a limit of a share that does not fit is told', () => {
  const records = times(300, (i) => (i < 3 ? failed({ round: i }) : completed({ round: i % 5 })))
  const results = judgeRecords(records, { slos: ['success_rate >= 98%'] })
  const [first] = results.verdict.slos
  expect(explainAll(results)[0]?.differences).toEqual([])
  Object.assign(first ?? {}, { interval: { low: 0.95, high: first?.interval?.high } })
  expect(explainAll(results)[0]?.differences.join('; ')).toContain('interval.low is 0.95')
})

test('says what turned a verdict around: Holm, a doubt, the end of the run', () => {
  // 34 bad ones of 500 are a FAIL alone, and not among ten.
  const records = times(500, (i) => completed({ round: i % 5, ttft: i % 15 ? 100 : 900 }))
  const many = times(10, (i) => `ttft p${95 - i / 10} <= 800ms`)
  const all = explainAll(judgeRecords(records, { slos: many }))
  const [held] = all
  expect(held?.text).not.toContain('that of a smaller one is larger')
  expect(all.at(-1)?.text).toContain('10 p_fail of level error: that of a smaller one is larger = ')
  expect(held?.text).toContain('of 10 p_fail of level error')
  expect(held?.text).toContain('Not a FAIL among 10 SLOs')
  expect(held?.differences).toEqual([])

  const late = { ...trust, eventLoopDelayP99: 90 }
  const [doubted] = explainAll(judgeRecords(records, { slos: ['ttft p50 <= 50ms'], trust: late }))
  expect(doubted?.text).toContain(
    'late by 90ms (p99), which only lengthens it; reach 90 > 50 to the',
  )
  expect(doubted?.text).toContain('turned        FAIL became INCONCLUSIVE: the figure cannot be')
  expect(doubted?.differences).toEqual([])

  const end = { kind: 'interrupted', reason: 'SIGINT' } as const
  const [ended] = explainAll(judgeRecords(records, { slos: ['ttft p50 <= 800ms'], end }))
  expect(ended?.text).toContain('PASS became ERROR: the run ended before it was decided')
  expect(ended?.differences).toEqual([])
})

test('a run that may be judged again shares α among its looks', () => {
  const records = times(200, (i) => completed({ round: Math.floor(i / 40), ttft: 100 }))
  const gate = { max_extra_rounds: 3 }
  const [shared] = explainAll(
    judgeRecords(records, { slos: ['ttft p95 <= 800ms'], gate, looks: 2 }),
  )
  expect(shared?.text).toContain('looks         2 of 4 planned, each at α = (1 − 0.95) ÷ 4')
  expect(shared?.text).toContain('≤ α = 0.0125')
  expect(shared?.differences).toEqual([])
})

test('of a run whose outcome was certain it says what was, and computes nothing anew', () => {
  const records = times(150, (index) => completed({ index, ttft: index < 140 ? 900 : 100 }))
  const slos = ['ttft p95 <= 800ms', 'latency p99 <= 1s']
  const end = { kind: 'curtailed', reason: 'its outcome was certain' } as const
  const [certain, other] = explainAll(judgeRecords(records, { slos, end, requests: 200 }))
  expect(certain?.text).toMatch(/: FAIL\n[^]*E = 140 of n = 150 observations so far/)
  expect(certain?.text).toMatch(/certain {7}p = [\d.e-]+ at the most/)
  expect(other?.text).not.toContain('at the most')
  expect([certain, other].flatMap((each) => each?.differences)).toEqual([])
})

test('a verdict without data is its sentence', () => {
  const [, none] = explainAll(
    judgeRecords([failed()], { slos: ['success_rate >= 90%', 'ttft p50 <= 1s'] }),
  )
  expect(none?.text).toMatch(/ERROR {9}No request completed: 1 of 1 failed/)
})

test('whatever a spec or a target wrote stays text on its line', () => {
  const { text } = accountFor(runs.hostile, slo({ id: hostile, text: hostile }))
  expect(text).not.toMatch(/(?!\n)\p{Cc}|\u202e/u)
  expect(text).not.toMatch(/^\s*::/m)
  expect(text).not.toMatch(/##\w*\[/)
})

test('of failures beside those of the baseline, the shares and what their limits come to', () => {
  const baseline = sendRounds({ target: 'baseline', ttft: 100, seed: 2 })
  const slo = ['ttft mean <= baseline + 10%', 'ttft p50 <= baseline + 10%']
  for (const [tenths, status] of [
    [0, 'PASS'],
    [4, 'INCONCLUSIVE'],
    [60, 'FAIL'],
  ] as const) {
    const records = sendRounds({ ttft: 80 }).map((record, i) =>
      i % 100 < tenths ? failed({ round: record.round, index: i }) : record,
    )
    const results = resultsOf(driveOf({ baseline: { url }, slo }, records, { baseline }))
    expect(results.verdict.slos[0]?.status).toBe(status)
    for (const each of results.verdict.slos) {
      const { text, differences } = accountFor(results, each)
      expect(differences).toEqual([])
      expect(text).toContain('computed anew, every figure agrees')
      if (each.reason.kind !== 'failures') continue
      expect(text).toContain(`${3 * tenths} ÷ 300 − 0 ÷ 300 = ${tenths / 100}`)
      const wrong = { ...each, reason: { ...each.reason, difference: 0.5, low: 0.01, high: 0.02 } }
      expect(accountFor(results, wrong).differences).toHaveLength(2)
    }
  }
})
