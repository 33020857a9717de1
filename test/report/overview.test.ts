import { expect, test } from 'vitest'

import { missedFirst, overviewColumns, overviewNote } from '../../src/report/overview.ts'
import type { Results } from '../../src/results/results.ts'
import { hostile, run, runs, slo, undecided, warned } from './_runs.ts'

/** Cells by title. */
function rowsOf(results: readonly Results[]): Record<string, string>[] {
  const columns = overviewColumns(results)
  return results.map((_, row) =>
    Object.fromEntries(columns.map(({ title, cells }) => [title, cells[row] ?? ''])),
  )
}

test('puts what is missed first, then what could not be decided, then what passes', () => {
  const again = run()
  const given = [runs.pass, runs.inconclusive, again, runs.noData, runs.fail]
  expect(given.toSorted(missedFirst)).toEqual([
    runs.fail,
    runs.noData,
    runs.inconclusive,
    runs.pass,
    again,
  ])
})

test('tells of each run how its SLOs fared and what it came to', () => {
  const [row] = rowsOf([runs.fail])
  expect(row).toEqual({
    spec: 'chat',
    held: '1/4',
    missed: '1, 1 warn',
    undecided: '1',
    'ttft p95': '639ms',
    'latency p95': '3.98s',
    success: '99.3%',
    'req/s': '11.6',
    n: '300',
    'warm-up': '10',
    time: '25.7s',
  })
})

test('leaves out what no run has', () => {
  const titles = overviewColumns([runs.pass, runs.server]).map(({ title }) => title)
  expect(titles).not.toContain('missed')
  expect(titles).not.toContain('undecided')
  expect(overviewColumns([runs.pass, runs.inconclusive]).map(({ title }) => title)).toContain(
    'undecided',
  )
})

test('counts a miss that does not block under its level, and what was not measured as undecided', () => {
  const slos = [
    warned,
    slo({ ...warned, level: 'info' }),
    undecided,
    slo({ ...undecided, status: 'ERROR' }),
  ]
  const [row] = rowsOf([run({ verdict: { slos } })])
  expect(row).toMatchObject({ held: '0/4', missed: '1 warn, 1 info', undecided: '2' })
})

test('what is not known is a dash, never a zero', () => {
  const [row] = rowsOf([runs.noData])
  expect(row).toMatchObject({
    held: '0/1',
    'ttft p95': '–',
    'latency p95': '–',
    'req/s': '–',
    time: '8.40ms',
  })
  const unsent = run({ summary: { ...runs.noData.summary, wall_ms: null } })
  expect(rowsOf([unsent])[0]?.time).toBe('–')
  expect(rowsOf([runs.noSlo, runs.pass])[0]?.held).toBe('')
})

test('names the file where two specs have the same name', () => {
  const named = [
    { name: 'chat', file: 'one/chat.bench.yaml', sha256: null },
    { name: 'chat', file: 'two/chat.bench.yaml', sha256: null },
    { name: 'embed', file: 'embed.bench.yaml', sha256: null },
  ]
  expect(rowsOf(named.map((spec) => run({ spec }))).map(({ spec }) => spec)).toEqual([
    'chat (one/chat.bench.yaml)',
    'chat (two/chat.bench.yaml)',
    'embed',
  ])
})

test('marks a p95 of too few values and says so once', () => {
  expect(rowsOf([runs.one])[0]?.['ttft p95']).toBe('~639ms')
  expect(overviewNote([runs.pass, runs.one])).toBe('~ too few values for this percentile')
  // 33 values are too few for a p99, which does not stand here.
  expect(overviewNote([runs.pass, runs.interrupted])).toBeUndefined()
})

test('a name is one line without controls', () => {
  const [row] = rowsOf([run({ spec: { name: hostile, file: null, sha256: null } })])
  expect(row?.spec).not.toMatch(/[\p{Cc}\u202a-\u202e]|##\w*\[/u)
})
