import { expect, test } from 'vitest'

import { parseSlos } from '../../src/bench-spec/slo-list.ts'

const nowhere = (): undefined => undefined

test('the list and the map say the same', () => {
  const list = parseSlos(['ttft p95 <= 800ms', 'success_rate >= 99%'], nowhere)
  const map = parseSlos({ ttft: { p95: '800ms' }, success_rate: '99%' }, nowhere)
  expect(map).toEqual(list)
  expect(list.issues).toEqual([])
  expect(list.slos.map(({ id, level }) => [id, level])).toEqual([
    ['ttft p95 <= 800ms', 'error'],
    ['success_rate >= 99%', 'error'],
  ])
})

test('an object adds id, level and reason', () => {
  const item = { assert: 'e2e p99 <= 5s', id: 'slow', level: 'info', why: 'people leave' }
  expect(parseSlos([item], nowhere).slos[0]).toMatchObject({
    id: 'slow',
    level: 'info',
    why: 'people leave',
    text: 'latency p99 <= 5s',
  })
})

test('a ladder of levels and both directions of one statistic are no repetition', () => {
  const { slos, issues } = parseSlos(
    [
      'ttft p95 <= 800ms',
      { assert: 'ttft p95 <= 600ms', level: 'warn' },
      { assert: 'ttft p95 <= 400ms', level: 'info' },
      'ttft p95 >= 1ms',
    ],
    nowhere,
  )
  expect(issues).toEqual([])
  expect(slos).toHaveLength(4)
})

test('several SLOs may ask about the goodput that one of them defines', () => {
  const { goodput, issues } = parseSlos(
    [
      { assert: 'goodput >= 90%', goodput: { e2e: '8s', stall: '< 1s' } },
      { assert: 'goodput >= 99%', level: 'warn' },
    ],
    nowhere,
  )
  expect(issues).toEqual([])
  expect(goodput).toEqual([
    { metric: 'latency', op: '<=', bound: 8000 },
    { metric: 'stall', op: '<', bound: 1000 },
  ])
})

test('an SLO may have a bound of its own and one by the baseline', () => {
  const list = parseSlos(['ttft p95 <= 800ms', 'ttft p95 <= baseline + 10%'], nowhere, {
    baseline: 'interleaved',
  })
  expect(list.issues).toEqual([])
  const map = parseSlos({ requests_per_second: 'baseline - 5%' }, nowhere, {
    baseline: 'interleaved',
  })
  expect(map.slos[0]?.text).toBe('requests_per_second >= baseline - 5%')
})

test('in the map tags stand beside the statistic', () => {
  const map = parseSlos({ ttft: { 'p95 {topic=a}': '800ms', '{topic=b} p95': '900ms' } }, nowhere)
  expect(map.issues).toEqual([])
  expect(map.slos.map(({ text }) => text)).toEqual([
    'ttft p95 {topic=a} <= 800ms',
    'ttft p95 {topic=b} <= 900ms',
  ])
})

test('stored results keep no figures by tags', () => {
  const text = 'ttft p95 {topic=a} <= baseline + 10%'
  expect(parseSlos([text], nowhere, { baseline: 'interleaved' }).issues).toEqual([])
  const { issues } = parseSlos([text], nowhere, { baseline: 'file' })
  expect(issues.map(({ message }) => message)).toEqual([
    'compares {topic=a} with results, which keep figures of whole rounds alone. Give baseline: { url: … }, or leave the tags out.',
  ])
})
