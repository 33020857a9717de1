import { expect, test } from 'vitest'

import { SpecError } from '../../src/bench-spec/issue.ts'
import { checkSpec } from '../../src/bench-spec/loading.ts'
import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import type { RelativeSlo } from '../../src/bench-spec/slo.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'
import { prepare } from '../../src/bench-spec/template.ts'

function check(document: object): BenchSpec {
  const whole = { url: 'http://127.0.0.1/v1/embeddings', stream_format: 'json', ...document }
  return checkSpec(whole, { env: {}, baseDir: '.' })
}

function explain(document: object): string {
  try {
    check(document)
  } catch (error) {
    if (error instanceof SpecError) return error.message
    throw error
  }
  return 'no error'
}

test('a whole answer is asked for by its own headers, and by no wish for a stream', () => {
  const [request] = prepare(check({}))
  expect(request).toMatchObject({ body: '{}', headers: { accept: 'application/json, */*;q=0.1' } })
  const [own] = prepare(check({ headers: { Accept: 'text/plain' }, body: { input: 'x' } }))
  expect(own?.headers).toMatchObject({ Accept: 'text/plain', 'content-type': 'application/json' })
  expect(own?.headers).not.toHaveProperty('accept')
})

test.each([
  'ttft p95 <= 1s',
  'ttfo p50 <= 1s',
  'tpot p95 <= 9ms',
  'chunk_gap p99 <= 1s',
  'stall max <= 1s',
])('an SLO on what only tokens have is refused with what to ask instead: %s', (slo) => {
  const [metric] = slo.split(' ')
  expect(explain({ slo: [slo] })).toBe(
    `slo[0]: ${metric} is about the tokens of a stream, and with stream_format: json the answer is one whole document. Ask for latency, or take another stream_format.`,
  )
  expect(explain({ stream_format: 'openai-chat', slo: [slo] })).toBe('no error')
})

test('so are bounds of goodput, and times from when a request was due', () => {
  const goodput = [{ assert: 'goodput >= 95%', goodput: { latency: '1s', tpot: '9ms' } }]
  expect(explain({ slo: goodput })).toContain('slo[0].assert: tpot is about the tokens')
  expect(explain({ rate: '5/s', slo: ['scheduled_ttft p95 <= 1s'] })).toContain(
    'Ask for scheduled_latency',
  )
  expect(explain({ slo: { ttft: { p95: '1s' } } })).toContain('slo.ttft.p95: ttft is about')
})

test('what a whole answer has can be asked for', () => {
  const slo = ['latency p95 <= 1s', 'success_rate >= 99%', 'requests_per_second >= 5/s']
  expect(explain({ slo })).toBe('no error')
})

test('keys that wait for a token or an event are refused', () => {
  const format = { type: 'json', first_token_event: 'a', completion_event: 'b' }
  const message = explain({ stream_format: format, ttft_timeout: '1s' })
  expect(message.split('\n')).toEqual([
    'ttft_timeout: waits for a first token, and with stream_format: json the answer is one whole document. Write timeout or idle_timeout in its place.',
    'stream_format.first_token_event: names an event, and with stream_format: json the answer is one whole document. Remove it.',
    'stream_format.completion_event: names an event, and with stream_format: json the answer is one whole document. Remove it.',
  ])
})

test('limits that are given for any spec are asked as far as a whole answer has them', () => {
  const limits = ['ttft p50', 'latency p95', 'requests_per_second'].map((statistic) => {
    const op = statistic === 'requests_per_second' ? '>= baseline - 10%' : '<= baseline + 10%'
    const text = `${statistic} ${op}`
    return { id: text, level: 'error', ...parseSlo(text) } as RelativeSlo
  })
  const document = { url: 'http://127.0.0.1', baseline: { url: 'http://127.0.0.2' } }
  const metrics = (stream_format: string) =>
    checkSpec({ ...document, stream_format }, { env: {}, baseDir: '.', limits }).slos.map(
      ({ metric }) => metric,
    )
  expect(metrics('openai-chat')).toEqual(['ttft', 'latency', 'requests_per_second'])
  expect(metrics('json')).toEqual(['latency', 'requests_per_second'])
})
