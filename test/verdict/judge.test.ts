import { expect, test } from 'vitest'

import { cancelled, completed, failed, times } from '../metrics/records.ts'
import { slo } from '../metrics/slos.ts'
import { tell, tellRun } from './_tell.ts'
import { judgeAll, judgeOne, ramp } from './judging.ts'

test('lets a FAIL stand only if it survives the number of SLOs', () => {
  const records = ramp(500)
  const alone = judgeOne('ttft p95 <= 465', records)
  expect(alone).toMatchObject({ status: 'FAIL', exceedances: 35, pFailAdjusted: alone.pFail })
  const others = times(4, (i) => slo(`ttft p90 <= ${470 + i}`))
  const [among] = judgeAll(['ttft p95 <= 465', ...others], records).slos
  expect(among?.status).toBe('INCONCLUSIVE')
  expect(among?.pFailAdjusted).toBeCloseTo(5 * (among?.pFail ?? 0), 12)
  expect(tell(among)).toMatch(/Not a FAIL among 5 SLOs: p 0\.0\d+ is 0\.\d+ after Holm\.$/)
})

test('leaves SLOs that do not block out of the number', () => {
  const records = ramp(500)
  const others = times(4, (i) => slo(`ttft p90 <= ${470 + i}`, { level: i % 2 ? 'warn' : 'info' }))
  const [among, other] = judgeAll(['ttft p95 <= 465', ...others], records).slos
  expect(among?.status).toBe('FAIL')
  expect(other).not.toHaveProperty('pFailAdjusted')
})

test('has an ERROR for what was not observed', () => {
  const verdict = judgeAll(['tpot p95 <= 20', 'ttft p95 <= 800'], ramp(100))
  expect(verdict.slos.map(({ status }) => status)).toEqual(['ERROR', 'PASS'])
  expect(verdict.slos[0]).toMatchObject({
    method: 'none',
    n: 0,
    reason: { kind: 'no-value', target: 'candidate' },
  })
  expect(tell(verdict.slos[0])).toContain('usage')
  expect(verdict).toMatchObject({ status: 'ERROR', exitCode: 4 })
})

test('never passes what is not known of some requests', () => {
  const records = times(200, (i) =>
    i < 190 ? completed({ round: i % 5, tokens: 10 }) : completed(),
  )
  const verdict = judgeOne('tpot p90 <= 20', records)
  expect(verdict.status).toBe('INCONCLUSIVE')
  expect(tell(verdict)).toContain('Not a PASS: 10 completed requests gave no value.')
})

test('has an ERROR for every SLO when no request completed', () => {
  const records = [
    ...times(49, () => failed()),
    failed({ failure: { kind: 'reset', message: '' } }),
  ]
  for (const level of ['error', 'warn', 'info'] as const) {
    const verdict = judgeAll(
      [slo('success_rate >= 0.99', { level }), slo('ttft p95 <= 9', { level })],
      records,
    )
    expect(verdict).toMatchObject({ status: 'ERROR', passed: false, exitCode: 4 })
    expect(verdict.slos.map(({ status }) => status)).toEqual(['ERROR', 'ERROR'])
    expect(tellRun(verdict)).toBe(
      'No request completed: 50 of 50 failed, most often with http_status 503.',
    )
  }
})

test('has an ERROR when nothing was sent or everything was cancelled', () => {
  const unsent = judgeAll(['ttft p95 <= 9'], [])
  expect(unsent.exitCode).toBe(4)
  expect(tellRun(unsent)).toBe('No request was sent.')
  const warmup = completed({ phase: 'warmup', round: -1 })
  expect(judgeAll([], [warmup])).toMatchObject({ exitCode: 4, status: 'ERROR' })
  expect(tellRun(judgeAll([], [cancelled()]))).toBe('No request completed: 1 of 1 were cancelled.')
})

const late = {
  kind: 'client-late',
  target: 'candidate',
  delay: 40,
  reach: 40,
  margin: 24,
} as const

test('does not decide what the run cannot support, whichever way it pointed', () => {
  const verdict = judgeAll(
    ['ttft p95 <= 499', 'ttft p95 <= 300', 'success_rate >= 0.9', 'tpot p95 <= 9'],
    ramp(500),
    { findDoubt: ({ unit }) => (unit === 'ms' ? late : undefined) },
  )
  expect(verdict.slos.map(({ status }) => status)).toEqual([
    'INCONCLUSIVE',
    'INCONCLUSIVE',
    'PASS',
    'ERROR',
  ])
  expect(tell(verdict.slos[0])).toMatch(/Not a PASS: client-limited: .+late by 40ms.+\.$/)
  expect(tell(verdict.slos[1])).toMatch(
    /Not a FAIL: client-limited: .+late by 40ms.+\. Not a PASS either: policy pr does not block on it/,
  )
})

test('lets only a proven FAIL stand in a run that did not finish', () => {
  const records = ramp(500)
  const end = { kind: 'interrupted', reason: 'SIGINT' } as const
  const verdict = judgeAll(['ttft p95 <= 300', 'ttft p95 <= 499', 'ttft max <= 10'], records, {
    end,
  })
  expect(verdict.slos.map(({ status }) => status)).toEqual(['FAIL', 'ERROR', 'ERROR'])
  expect(tell(verdict.slos[1], end)).toBe(
    'The run was interrupted (SIGINT) before this was decided.',
  )
  expect(verdict).toMatchObject({ status: 'FAIL', exitCode: 130, passed: false })
})

test('leaves records of the warm-up out', () => {
  const slow = times(100, () => completed({ phase: 'warmup', round: -1, ttft: 9000 }))
  expect(judgeOne('ttft p95 <= 800', [...slow, ...ramp(100)])).toMatchObject({
    n: 100,
    exceedances: 0,
  })
})

function judgeWith(maxExtraRounds: number, n: number) {
  const gate = { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds } as const
  return judgeAll(['ttft p95 <= 500'], ramp(n), { gate })
}

test('asks more of each look the more there may be', () => {
  expect(judgeWith(0, 60)).toMatchObject({
    status: 'PASS',
    looks: { planned: 1, taken: 1, confidence: 0.95 },
  })
  expect(judgeWith(1, 60)).toMatchObject({ status: 'INCONCLUSIVE', looks: { confidence: 0.975 } })
  expect(judgeWith(1, 75)).toMatchObject({ status: 'PASS' })
})
