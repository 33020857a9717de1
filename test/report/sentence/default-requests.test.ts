import { expect, test } from 'vitest'

import { explainRequests } from '../../../src/report/sentence/default-requests.ts'
import { listNotices } from '../../../src/run/bench.ts'
import { checkSpec } from '../../../src/run/checked-spec.ts'

test('says how many requests are sent, for which SLO, and whether that is all it takes', () => {
  expect(explainRequests({ requests: 100, forMock: false, capped: false })).toBe(
    '100 requests, as the spec does not say how many.',
  )
  const strictest = { slo: 'ttft p99 <= 800ms', least: 299 }
  expect(explainRequests({ requests: 897, strictest, forMock: false, capped: false })).toBe(
    '897 requests, as the spec does not say how many: "ttft p99 <= 800ms" takes 299 at the least, and 3 times as many to be likely.',
  )
  expect(
    explainRequests({
      requests: 5000,
      strictest: { slo: 'ttft p99.9 <= 800ms', least: 2995 },
      forMock: false,
      capped: true,
    }),
  ).toBe(
    '5000 requests, as the spec does not say how many: "ttft p99.9 <= 800ms" takes 2995 at the least, and 3 times as many to be likely. More are only sent when they are asked for.',
  )
})

function notices(document: object) {
  const given = { url: 'http://127.0.0.1:8000/v1/chat/completions', stream_format: 'openai-chat' }
  return listNotices(checkSpec({ ...given, ...document }, { env: {}, baseDir: '.', name: 'chat' }))
}

test('a note tells of what was chosen, a warning of what may be amiss', () => {
  expect(notices({ slo: ['ttft p95 <= 800ms'] })).toEqual([
    {
      level: 'note',
      message: expect.stringMatching(/^177 requests, as the spec does not/) as string,
    },
  ])
  expect(notices({ slo: ['ttft p95 <= 800ms'], requests: 60 })).toEqual([
    {
      level: 'warning',
      message:
        'ttft p95: likely INCONCLUSIVE with 60 requests, 59 are the fewest that can be a PASS; ask for 177 or more',
    },
  ])
  expect(notices({ slo: ['ttft p95 <= 800ms'], requests: 177 })).toEqual([])
  expect(notices({ slo: ['ttft p95 <= 800ms'], duration: '5s' })).toEqual([])
})

test('no number is explained where nothing is asserted', () => {
  expect(notices({}).map(({ level }) => level)).toEqual(['warning'])
})

test('says that a mock is sent more', () => {
  const [note] = notices({ url: '/v1/chat/completions', mock: true, slo: ['ttft p95 <= 800ms'] })
  expect(note?.message).toMatch(/^500 requests/)
  expect(note?.message).toContain('mock')
})
