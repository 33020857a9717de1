import { expect, test } from 'vitest'

import { allowedShare, chooseRequests, fewestToPass } from '../../src/bench-spec/sample-size.ts'
import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import type { Slo } from '../../src/bench-spec/slo.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'
import { slo } from '../metrics/slos.ts'

const url = 'http://127.0.0.1:8000/v1/chat/completions'
const plain = { concurrency: 10, confidence: 0.95, mock: false }

function readSpec(document: object) {
  return checkSpec({ url, ...document }, { env: {}, baseDir: '.', name: 'chat' })
}

function relative(text: string): Slo {
  return { id: text, level: 'error', ...parseSlo(text) }
}

test('a ceiling allows what is beyond it, a floor what is not', () => {
  expect(allowedShare(slo('ttft p95 <= 1'))).toBeCloseTo(0.05, 12)
  expect(allowedShare(slo('ttft p5 >= 1'))).toBeCloseTo(0.05, 12)
  expect(allowedShare(slo('success_rate >= 0.99'))).toBeCloseTo(0.01, 12)
  expect(allowedShare(slo('error_rate <= 0.01'))).toBe(0.01)
  expect(allowedShare(slo('ttft mean <= 1'))).toBeUndefined()
  expect(allowedShare(slo('requests_per_second >= 1'))).toBeUndefined()
})

test('three times what the strictest SLO takes are sent', () => {
  const slos = [slo('ttft p90 <= 800'), slo('ttft p99 <= 800'), slo('error_rate <= 0.05')]
  expect(fewestToPass(1 - 0.99, 0.95)).toBe(299)
  expect(chooseRequests(slos, plain)).toEqual({
    requests: 897,
    strictest: { slo: 'ttft p99 <= 800', least: 299 },
    forMock: false,
    capped: false,
  })
  expect(chooseRequests([slo('ttft p5 >= 1')], plain).requests).toBe(3 * 59)
  expect(chooseRequests([slo('goodput >= 0.95')], plain).requests).toBe(3 * 59)
})

test('of two that take as many the first one is named', () => {
  const slos = [slo('ttft p95 <= 800'), slo('latency p95 <= 900')]
  expect(chooseRequests(slos, plain).strictest?.slo).toBe('ttft p95 <= 800')
})

test('a hundred are sent where fewer would do, or where no number decides', () => {
  expect(chooseRequests([], plain)).toEqual({ requests: 100, forMock: false, capped: false })
  expect(chooseRequests([slo('ttft p90 <= 800')], plain)).toMatchObject({
    requests: 100,
    strictest: { least: 29 },
  })
  for (const text of [
    'chunk_gap p99 <= 60',
    'ttft mean <= 800',
    'ttft max <= 800',
    'requests_per_second >= 5',
    'success_rate >= 1',
  ]) {
    expect(chooseRequests([slo(text)], plain)).toEqual({
      requests: 100,
      forMock: false,
      capped: false,
    })
  }
})

test('more than 5000 are only sent when they are asked for', () => {
  expect(chooseRequests([slo('ttft p99.9 <= 800')], plain)).toEqual({
    requests: 5000,
    strictest: { slo: 'ttft p99.9 <= 800', least: 2995 },
    forMock: false,
    capped: true,
  })
  expect(readSpec({ slo: ['ttft p99.9 <= 800ms'], requests: 9000 }).load.requests).toBe(9000)
})

test('the mock is sent at least 500 and twenty waves, for a spec that asserts anything', () => {
  const slos = [slo('ttft p95 <= 800')]
  const ask = (concurrency: number, mock = true) =>
    chooseRequests(slos, { ...plain, concurrency, mock }).requests
  expect(ask(10)).toBe(500)
  expect(ask(25)).toBe(500)
  expect(ask(26)).toBe(520)
  expect(ask(64)).toBe(1280)
  expect(ask(64, false)).toBe(177)
  expect(ask(1000)).toBe(5000)
  expect(chooseRequests([slo('ttft p99 <= 800')], { ...plain, mock: true }).requests).toBe(897)
  expect(chooseRequests([], { ...plain, mock: true }).requests).toBe(100)
})

function askFor(text: string): number {
  return chooseRequests([relative(text)], plain).requests
}

test('a comparison of percentiles is sent ten rounds in which two lie beyond the percentile', () => {
  expect(askFor('ttft p50 <= baseline + 10%')).toBe(100)
  expect(askFor('ttft p95 <= baseline + 10%')).toBe(400)
  expect(askFor('ttft p99 <= baseline + 10%')).toBe(2000)
  expect(askFor('success_rate >= baseline - 1%')).toBe(897)
  expect(askFor('ttft mean <= baseline + 10%')).toBe(100)
})

test('a spec that does not say how many gets as many, at the confidence of each look', () => {
  const { load } = readSpec({ slo: ['ttft p95 <= 800ms', 'ttft p50 <= 400ms'] })
  expect(load).toMatchObject({
    requests: 177,
    chosen: {
      requests: 177,
      strictest: { slo: 'ttft p95 <= 800ms', least: 59 },
      forMock: false,
      capped: false,
    },
  })
  // 72 at 97.5 %, of which there are two looks.
  expect(
    readSpec({ slo: ['ttft p95 <= 800ms'], gate: { max_extra_rounds: 1 } }).load.requests,
  ).toBe(3 * 72)
  expect(readSpec({ slo: ['ttft p95 <= 800ms'], gate: { confidence: 0.99 } }).load.requests).toBe(
    3 * 90,
  )
  expect(
    readSpec({ url: '/v1/chat/completions', mock: true, slo: ['ttft p95 <= 800ms'] }).load.requests,
  ).toBe(500)
})

test('a spec that says how many, or how long, chooses for itself', () => {
  const slos = { slo: ['ttft p99 <= 800ms'] }
  expect(readSpec({ ...slos, requests: 50 }).load).not.toHaveProperty('chosen')
  expect(readSpec({ ...slos, requests: 50 }).load.requests).toBe(50)
  expect(readSpec({ ...slos, total_requests: 60 }).load).not.toHaveProperty('chosen')
  const timed = readSpec({ ...slos, duration: '10s' }).load
  expect(timed).not.toHaveProperty('chosen')
  expect(timed).not.toHaveProperty('requests')
})

test('how failures count, and how they come', () => {
  const read = (failures: unknown) => readSpec({ slo: ['ttft p95 <= 1s'], gate: { failures } }).gate
  expect(readSpec({ slo: ['ttft p95 <= 1s'] }).gate).toMatchObject({ failures: 'as-infinite' })
  expect(read('exclude')).toMatchObject({ failures: 'exclude' })
  expect(read('exclude')).not.toHaveProperty('burst')
  expect(read({ count: 'exclude' })).toMatchObject({ failures: 'exclude' })
  expect(read({ count: 'exclude' })).not.toHaveProperty('burst')
  expect(read({ burst: 2.5 })).toMatchObject({ failures: 'as-infinite', burst: 2.5 })
  expect(read({ count: 'exclude', burst: 5 })).toMatchObject({ failures: 'exclude', burst: 5 })
  expect(read({})).toMatchObject({ failures: 'as-infinite' })
})

test.each([
  [{ burst: 0.5 }, 'gate.failures'],
  [{ burst: 'five' }, 'gate.failures'],
  [{ count: 'never' }, 'gate.failures'],
  [{ bursts: 5 }, 'gate.failures.bursts: unknown key. Did you mean "burst"?'],
  ['never', 'gate.failures'],
])('what is neither is refused: %j', (failures, path) => {
  expect(() => readSpec({ slo: ['ttft p95 <= 1s'], gate: { failures } })).toThrow(path)
})

test('a success rate is sent more where the spec says that failures come in a row', () => {
  const { load } = readSpec({
    slo: ['success_rate >= 99%'],
    gate: { failures: { burst: 2 } },
  })
  expect(load.requests).toBeGreaterThanOrEqual(3 * 3 * 298)
})
