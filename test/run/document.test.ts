import { expect, test } from 'vitest'

import { failed, times } from '../metrics/records.ts'
import { driveOf, machine, resultsOf, sendRounds, url } from './_drive.ts'

test('holds what was sent where, and what it came to', () => {
  const results = resultsOf(driveOf({ slo: ['ttft p95 <= 800ms'] }, sendRounds({ ttft: 100 })))
  expect(results).toMatchObject({
    spec: { name: 'chat', file: null, sha256: null },
    target: { url, method: 'POST', hermetic: false },
    load: { concurrency: 1, requests: 300, rounds: 10 },
    environment: machine,
    started_at: '2026-01-15T10:30:00.000Z',
    finished_at: '2026-01-15T10:30:27.000Z',
    end: { kind: 'finished' },
    summary: { requests: { completed: 300 } },
    client: { cpu_share: 0.1 },
    baseline: null,
    server: null,
    calibration: null,
    verdict: { status: 'PASS', exit_code: 0 },
  })
})

test('names the file of the spec from the root', () => {
  const driven = driveOf({}, sendRounds({ ttft: 100 }))
  const spec = { ...driven.spec, file: '/project/bench/chat.yaml', sha256: 'ab' }
  expect(resultsOf({ ...driven, spec }).spec).toMatchObject({
    file: 'bench/chat.yaml',
    sha256: 'ab',
  })
})

test('no secret of the spec is in it, whoever repeats it', () => {
  const secret = 'sk-0123456789abcdef'
  const failure = { kind: 'http_status', message: `bad key ${secret}` } as const
  const records = times(20, (index) => failed({ index, failure }))
  const driven = driveOf(
    {
      url: `${url}?access_token=${secret}`,
      baseline: { url: `http://127.0.0.1:8001/?token=${secret}` },
      slo: ['ttft p95 <= baseline + 10%'],
      rounds: 2,
    },
    records,
    { baseline: [], end: { kind: 'crashed', message: `cannot send ${secret}` } },
  )
  const text = JSON.stringify(resultsOf(driven))
  expect(text).not.toContain(secret)
  expect(text).toContain('bad key [access_token]')
  expect(text).toContain('cannot send [access_token]')
})
