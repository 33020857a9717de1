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

/** Answers of 10 tokens; those of one token have neither a tpot nor a gap. */
function cutShort(n: number, isCut: (index: number) => boolean) {
  return times(n, (index) =>
    completed({
      index,
      ttft: 100 + (index % 7),
      ...(isCut(index) ? { events: 1, tokens: 1 } : { tokens: 10 }),
    }),
  )
}

const bounded = { goodput: [{ metric: 'tpot', op: '<=', bound: 20 }] } as const

test.each(['tpot p95 <= 20', 'stall p95 <= 20', 'chunk_gap p95 <= 20', 'goodput >= 0.95'])(
  'answers that were cut to one token are no proof: %s',
  (text) => {
    const verdict = judgeOne(
      text,
      cutShort(200, (index) => index % 10 < 3),
      bounded,
    )
    expect(verdict).toMatchObject({
      status: 'INCONCLUSIVE',
      exceedances: 0,
      turns: [{ kind: 'unseen-values', from: 'PASS', to: 'INCONCLUSIVE', requests: 60 }],
    })
    const what = text.startsWith('goodput') ? 'value that is bounded' : text.split(' ')[0]
    expect(tell(verdict)).toContain(
      `Not a PASS: 60 completed requests cannot have a ${what}, and it would be none if they were bad.`,
    )
    const one = judgeOne(
      text,
      cutShort(200, (index) => index === 120),
      bounded,
    )
    expect(one).toMatchObject({ status: 'PASS', turns: [] })
    // 59 good ones prove it, and one more that is bad takes that away.
    const few = cutShort(60, (index) => index === 30)
    if (text !== 'chunk_gap p95 <= 20')
      expect(judgeOne(text, few, bounded).status).toBe('INCONCLUSIVE')
  },
)

test('what cannot be seen is counted as bad, not as missing: a floor as well, and no FAIL', () => {
  const records = cutShort(200, (index) => index % 10 < 3)
  expect(judgeOne('tpot p5 >= 1', records).turns).toMatchObject([{ kind: 'unseen-values' }])
  // Half may be bad, so that 30 % change nothing.
  expect(judgeOne('tpot p50 <= 20', records)).toMatchObject({ status: 'PASS', turns: [] })
  expect(judgeOne('tpot p95 <= 5', records)).toMatchObject({ status: 'FAIL', turns: [] })
  // Of a ceiling the good ones are counted, and they are among them.
  const loose = { goodput: [{ metric: 'tpot', op: '<=', bound: 5 }] } as const
  expect(judgeOne('goodput <= 0.5', records, loose)).toMatchObject({
    status: 'PASS',
    exceedances: 60,
    turns: [],
  })
})

test('one token is no matter where nothing but the first token is asked for', () => {
  const records = cutShort(200, (index) => index % 10 < 3)
  const goodput = [{ metric: 'ttft', op: '<=', bound: 800 }] as const
  for (const text of ['ttft p95 <= 800', 'goodput >= 0.95', 'success_rate >= 0.95']) {
    expect(judgeOne(text, records, { goodput })).toMatchObject({ status: 'PASS', turns: [] })
  }
})

test('failed requests weigh as many gaps as others have: 20 % of them are a FAIL of a p99 of gaps', () => {
  const records = times(200, (index) =>
    index % 5 === 2 ? failed({ index }) : completed({ index, events: 51 }),
  )
  const verdict = judgeOne('chunk_gap p99 <= 60', records)
  // 160 answers of 50 gaps, and 40 requests that count as 50 each.
  expect(verdict).toMatchObject({
    status: 'FAIL',
    n: 10_000,
    exceedances: 2000,
    observed: Infinity,
  })
  expect(judgeOne('chunk_gap p99 <= 60', records, { failures: 'exclude' })).toMatchObject({
    status: 'PASS',
    n: 8000,
  })
  expect(judgeOne('chunk_gap p50 <= 60', records).status).toBe('PASS')
  expect(judgeOne('chunk_gap p1 >= 1', records)).toMatchObject({
    status: 'FAIL',
    exceedances: 2000,
  })
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
  expect(tellRun(judgeAll([], [cancelled()]))).toBe(
    'No request completed: 1 of 1 were cancelled, or left.',
  )
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
