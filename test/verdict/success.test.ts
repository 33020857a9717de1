import { expect, test } from 'vitest'

import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { completed, failed, times } from '../metrics/records.ts'
import { slo } from '../metrics/slos.ts'
import { tell } from './_tell.ts'
import { judgeAll, judgeOne } from './judging.ts'

const mean = 'ttft mean <= 120'

/** 5 rounds of requests one second apart, of which each answers in about 100 ms or fails. */
function run(n: number, fails: (index: number) => boolean): RequestRecord[] {
  return times(n, (index) => {
    const shape = { index, round: Math.floor((5 * index) / n), at: 1000 * index, tokens: 10 }
    return fails(index) ? failed(shape) : completed({ ...shape, ttft: 100 + (index % 7) })
  })
}

const half = run(200, (index) => index % 2 === 0)

test('a mean is no PASS when half of all requests fail', () => {
  const verdict = judgeOne(mean, half)
  expect(verdict).toMatchObject({
    status: 'INCONCLUSIVE',
    method: 'rounds',
    turns: [
      {
        kind: 'unproven-success',
        from: 'PASS',
        to: 'INCONCLUSIVE',
        failed: 100,
        requests: 200,
        proof: 0.95,
      },
    ],
  })
  expect(tell(verdict)).toMatch(
    / Not a PASS: it is of completed requests alone, and a success rate of 95% is not proven beside it: 100 of 200 failed\.$/,
  )
})

test.each([
  'requests_per_second >= 0.1',
  'output_tokens_per_second >= 1',
  'chunk_gap mean <= 20',
  'tpot mean <= 20',
  'latency mean <= 1000',
])('nor is a rate or any other mean: %s', (text) => {
  expect(judgeOne(text, half)).toMatchObject({
    status: 'INCONCLUSIVE',
    turns: [{ kind: 'unproven-success' }],
  })
  expect(
    judgeOne(
      text,
      run(200, () => false),
    ),
  ).toMatchObject({ status: 'PASS', turns: [] })
})

test('nor is it in fewer rounds than a test takes, where the observed value alone decides', () => {
  const records = half.map((each) => ({ ...each, round: 0 }))
  expect(judgeOne(mean, records)).toMatchObject({ status: 'INCONCLUSIVE', method: 'point' })
})

test('a mean is a PASS beside 59 requests of which none failed, and not beside 58', () => {
  expect(
    judgeOne(
      mean,
      run(59, () => false),
    ).status,
  ).toBe('PASS')
  expect(
    judgeOne(
      mean,
      run(58, () => false),
    ),
  ).toMatchObject({
    status: 'INCONCLUSIVE',
    turns: [{ kind: 'unproven-success', failed: 0, requests: 58 }],
  })
})

test('a mean is a PASS beside few failures that came singly, and not beside as many in a row', () => {
  // 16 of 500 are a PASS of 95 % when they come one by one.
  expect(
    judgeOne(
      mean,
      run(500, (index) => index % 32 === 9),
    ).status,
  ).toBe('PASS')
  expect(
    judgeOne(
      mean,
      run(500, (index) => index >= 200 && index < 216),
    ).status,
  ).toBe('INCONCLUSIVE')
})

test('a FAIL of a mean stands, whatever failed', () => {
  expect(judgeOne('ttft mean <= 90', half)).toMatchObject({ status: 'FAIL', turns: [] })
})

test('percentiles, extremes and shares need no other proof: they count what failed', () => {
  const records = run(200, (index) => index % 100 === 50)
  const excluded = judgeOne('ttft p50 <= 120', half, { failures: 'exclude' })
  expect(excluded).toMatchObject({ status: 'PASS', turns: [] })
  for (const text of ['ttft p50 <= 120', 'ttft max <= 120', 'success_rate >= 0.5']) {
    expect(judgeOne(text, records).turns).toEqual([])
  }
})

test('the success rate that the spec asks for is proof, and so are 95 %', () => {
  const statusesBeside = (success: string, records: RequestRecord[]) =>
    judgeAll([mean, success], records).slos.map(({ status }) => status)
  // Half are enough for this one, and a tenth too many for 95 %.
  const tenth = run(500, (index) => index % 10 === 0)
  expect(judgeOne(mean, tenth).status).toBe('INCONCLUSIVE')
  expect(statusesBeside('success_rate >= 0.8', tenth)).toEqual(['PASS', 'PASS'])
  expect(statusesBeside('error_rate <= 0.2', tenth)).toEqual(['PASS', 'PASS'])
  expect(statusesBeside('success_rate >= 0.89', tenth)).toEqual(['INCONCLUSIVE', 'INCONCLUSIVE'])
  expect(statusesBeside('success_rate >= 0.99', tenth)).toEqual(['INCONCLUSIVE', 'FAIL'])
  // 95 % is proven, and that 99.9 % is not stands in a verdict of its own.
  const whole = run(200, () => false)
  expect(statusesBeside('success_rate >= 0.999', whole)).toEqual(['PASS', 'INCONCLUSIVE'])
})

test('a ceiling over the success rate proves nothing', () => {
  const statuses = judgeAll([mean, 'success_rate <= 0.9'], half).slos.map(({ status }) => status)
  expect(statuses).toEqual(['INCONCLUSIVE', 'PASS'])
})

test('policy point asks for no proof', () => {
  expect(judgeOne(mean, half, { policy: 'point' })).toMatchObject({ status: 'PASS', turns: [] })
})

test('a mean that lacks the proof is not doubted besides', () => {
  const { slos } = judgeAll([mean], half, {
    findDoubt: () => ({ kind: 'client-late', target: 'candidate', delay: 9, reach: 9, margin: 1 }),
  })
  expect(slos[0]?.turns.map(({ kind }) => kind)).toEqual(['unproven-success'])
})

test('beside a baseline failures are weighed against those of the baseline', () => {
  const reference = { kind: 'interleaved', records: run(200, () => false) } as const
  const judge = (texts: string[], records: RequestRecord[]) =>
    judgeAll(
      texts.map((text) =>
        text.includes('baseline') ? { id: text, level: 'error', ...parseSlo(text) } : slo(text),
      ),
      records,
      { reference },
    ).slos
  const text = 'ttft mean <= baseline + 10%'
  expect(judge([text], half)).toMatchObject([
    { status: 'FAIL', method: 'ratio', reason: { kind: 'failures' }, turns: [] },
  ])
  expect(
    judge(
      [text],
      run(200, () => false),
    ),
  ).toMatchObject([{ status: 'PASS', turns: [] }])
})
