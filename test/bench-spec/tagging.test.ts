import { expect, test } from 'vitest'

import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import type { Row } from '../../src/bench-spec/spec.ts'
import type { Tag } from '../../src/bench-spec/tag.ts'
import { createTagging, narrowLoad, type TagSource } from '../../src/bench-spec/tagging.ts'
import { load } from '../metrics/records.ts'

function tags(written: string): readonly Tag[] {
  return parseSlo(`ttft p95 {${written}} <= 1s`).tags ?? []
}

const rows: Row[] = [
  { topic: 'billing', turn: 1, served: 'small', big: true },
  { topic: 'sport', turn: 2, served: 'large' },
  { topic: 'bills', turn: 3, served: 'small' },
]
const dataset = {
  source: 'rows.jsonl',
  path: '/rows.jsonl',
  columns: ['topic', 'turn', 'served'],
  rows,
}

function tag(given: Partial<TagSource> = {}): ReturnType<typeof createTagging> {
  const target = { url: '/x', method: 'POST', headers: {}, body: { model: '{{served}}' } }
  return createTagging({ dataset, target, load: { seed: 1 }, ...given })
}

test('a request has the cells of its row, and all tags that are asked for', () => {
  const tagging = tag()
  const found = (written: string): number[] =>
    [0, 1, 2].filter((row) => tagging.has({ row }, tags(written)))
  expect(found('topic=bill*')).toEqual([0, 2])
  expect(found('topic=bill*, turn=2..')).toEqual([2])
  expect(found('turn=2')).toEqual([1])
  expect(found('big=true')).toEqual([0])
})

test('the model is that of the body as it is sent, to either target', () => {
  const other = { url: '/x', method: 'POST', headers: {}, body: '{"model":"tuned-{{served}}"}' }
  const tagging = tag({ baseline: other })
  expect(tagging.has({ row: 1 }, tags('model=large'))).toBe(true)
  expect(tagging.has({ row: 1, target: 'baseline' }, tags('model=large'))).toBe(false)
  expect(tagging.has({ row: 1, target: 'baseline' }, tags('model=tuned-*'))).toBe(true)
  expect(tagging.names).toEqual(['model', 'topic', 'turn', 'served'])
  expect(tagging.values('model')).toEqual(['small', 'large'])
  expect(
    tag({ dataset: undefined, target: { ...other, body: { model: 'm' } } }).has(
      {},
      tags('model=m'),
    ),
  ).toBe(true)
})

test('which requests have a tag is known before anything is sent', () => {
  expect(tag().list(tags('topic=bill*'), 8)).toEqual([0, 2, 3, 5, 6])
  const shuffled = tag({ load: { shuffle: true, seed: 7 } }).list(tags('topic=sport'), 30)
  expect(shuffled.map((index) => Math.floor(index / 3))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(new Set(shuffled.map((index) => index % 3)).size).toBeGreaterThan(1)
})

test('a load holds as many requests of an SLO as have its tags', () => {
  const asked = { ...load, requests: 8 }
  expect(narrowLoad(asked, { tags: tags('topic=bill*') }, tag()).requests).toBe(5)
  expect(narrowLoad(asked, {}, tag())).toBe(asked)
})
