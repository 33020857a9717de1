import { expect, test } from 'vitest'

import type { Accuracy } from './accuracy.ts'
import { type Candidate, runBenchmark, type Series, spreadOf } from './benchmark.ts'
import { putSections, renderFigures } from './figures.ts'
import type { Trial } from './trial.ts'

const trial: Trial = { streams: 8, mode: 'paced', seconds: 1 }

const accuracyOf = (ttftErrorP99: number): Accuracy => ({
  ttftErrorP50: ttftErrorP99 / 10,
  ttftErrorP99,
  gapErrorP99: Number.NaN,
  eventsPerSecond: 1000,
  cpuPerEvent: 20,
  serverLateP99: 0.1,
})

/** Gives these p99, one a repetition; throws for `undefined`. */
function candidate(name: string, p99: readonly (number | undefined)[]): Candidate {
  const left = p99.values()
  return {
    name,
    version: '1.2',
    async measure() {
      const { value } = left.next()
      if (value === undefined) throw new Error('it knows of 7 requests, the server of 8')
      return accuracyOf(value)
    },
  }
}

test('candidates take turns, and each is told of when it is done', async () => {
  const told: string[] = []
  const candidates = [candidate('net', [1, 2, 3]), candidate('other', [4, 5, 6])]
  await runBenchmark(candidates, [trial], 3, (_, name) => told.push(name))
  expect(told).toEqual(['net', 'other', 'net', 'other', 'net', 'other'])
})

test('a figure is the median of the repetitions, with the least and the most', async () => {
  const [series] = await runBenchmark([candidate('net', [9, 1, 4])], [trial], 3, () => {})
  expect(series && spreadOf(series, 'ttftErrorP99')).toEqual({ median: 4, least: 1, most: 9 })
  expect(series && spreadOf(series, 'gapErrorP99')).toBeUndefined()
})

const linesOf = (series: readonly Series[]): string[] =>
  renderFigures(series, 'Here').flatMap(({ heading, text }) => [heading, ...text.split('\n')])

test('a repetition whose counts are wrong gives no figure and is named below the table', async () => {
  const candidates = [candidate('net', [1, 2, 3]), candidate('other', [6, undefined, 4])]
  const series = await runBenchmark(candidates, [trial], 3, () => {})
  expect(series[1] && spreadOf(series[1], 'ttftErrorP99')).toMatchObject({ least: 4, most: 6 })
  expect(linesOf(series).at(-1)).toBe(
    '- other 1.2: 1 of 3 not counted: it knows of 7 requests, the server of 8',
  )
})

test('one that never counts right has no figures, and the others keep theirs', async () => {
  const candidates = [candidate('net', [2]), candidate('other', [undefined])]
  const lines = linesOf(await runBenchmark(candidates, [trial], 1, () => {}))
  expect(lines[0]).toBe('### 8 streams, paced')
  expect(lines.find((line) => line.startsWith('| net 1.2'))).toContain('| 2.0 |')
  expect(lines.find((line) => line.startsWith('| other 1.2'))).toMatch(/^\| other 1.2( \| +–)+ \|$/)
})

test('ratios are those of the medians to bare net', async () => {
  const candidates = [candidate('net', [1, 2, 4]), candidate('other', [6, 3, 9])]
  const lines = linesOf(await runBenchmark(candidates, [trial], 3, () => {}))
  expect(lines.find((line) => line.startsWith('| other'))).toMatch(/\| +3\.00 \|/)
})

test('a page keeps what it says of other loads, and gets new ones at its end', () => {
  const page =
    '# Page\n\n## Figures\n\n### 8 streams, paced\n\nold\n\n### 16 streams, paced\n\nkept\n'
  const put = putSections(page, [
    { heading: '### 8 streams, paced', text: 'new' },
    { heading: '### 8 streams, flood', text: 'first' },
  ])
  expect(put).toBe(
    '# Page\n\n## Figures\n\n### 8 streams, paced\n\nnew\n\n### 16 streams, paced\n\nkept\n\n### 8 streams, flood\n\nfirst\n',
  )
})
