import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parse } from 'csv-parse/sync'
import { expect, onTestFinished, test } from 'vitest'

import { historyColumns } from '../../src/report/export/history.ts'
import { appendHistory, checkHistory } from '../../src/run/history-file.ts'
import { hostile, run, runs } from '../report/_runs.ts'

function makeFile(name: string, content?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, name)
  if (content !== undefined) writeFileSync(file, content)
  return file
}

const read = (file: string): string => readFileSync(file, 'utf8')
const header = historyColumns.join(',')

function readCsv(text: string): Record<string, string>[] {
  return parse(text, { columns: true })
}

test('CSV has one header, and a row per run with the same columns', () => {
  const file = makeFile('below/history.csv')
  const env = { GITHUB_SHA: 'abc', GITHUB_HEAD_REF: 'topic', GITHUB_REF_NAME: '7/merge' }
  expect(appendHistory(file, [runs.pass], env)).toBeUndefined()
  expect(
    appendHistory(file, [runs.fail, runs.noData], { ...env, GITHUB_HEAD_REF: '' }),
  ).toBeUndefined()
  const rows = readCsv(read(file))
  expect(rows.map(({ status, branch }) => [status, branch])).toEqual([
    ['PASS', 'topic'],
    ['FAIL', '7/merge'],
    ['ERROR', '7/merge'],
  ])
  expect(rows[0]).toMatchObject({
    time: '2026-01-15T10:30:00.000Z',
    spec: 'chat',
    commit: 'abc',
    passed: 'true',
    completed: '298',
    ttft_p95_ms: '639',
    success_rate: '0.993333',
    goodput: '',
  })
  expect(readdirSync(join(file, '..'))).toEqual(['history.csv'])
})

test.each(['ndjson', 'jsonl'])(
  '%s has one object per run, null for what is not known',
  (extension) => {
    const file = makeFile(`history.${extension}`)
    appendHistory(file, [runs.pass], { CI_COMMIT_SHA: 'abc', CI_COMMIT_REF_NAME: 'main' })
    appendHistory(file, [runs.interrupted], {})
    const rows = read(file)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(rows[0]).toMatchObject({
      commit: 'abc',
      branch: 'main',
      ttft_p95_ms: 639,
      goodput: null,
    })
    expect(rows[1]).toMatchObject({
      status: 'ERROR',
      commit: null,
      ttft_p95_ms: null,
      completed: 33,
    })
    for (const row of rows) expect(Object.keys(row)).toEqual(historyColumns)
  },
)

test.each([
  ['history.txt', undefined, 'the name must end in .csv, .ndjson, .jsonl'],
  ['history.csv', 'a,b\n1,2\n', 'has a column "a" that is not written'],
  ['history.csv', `${header},extra\n`, 'has a column "extra"'],
  ['history.csv', header.replace(',tpot_p99_ms', ''), 'has no column "tpot_p99_ms"'],
  ['history.csv', header.replace('time,spec', 'spec,time'), 'in another order'],
  ['history.csv', `${header}\r\n`, 'has a column "output_tokens_per_second\\r"'],
  ['history.ndjson', '{"a": 1}\n', 'has a column "a"'],
  ['history.ndjson', `${header}\n`, 'its first line is no row of JSON'],
  ['history.jsonl', '{}\n', 'has no column "time"'],
])('%s that holds %j is refused, and left as it is', (name, content, problem) => {
  const file = makeFile(name, content)
  expect(JSON.stringify(checkHistory(file))).toContain(
    JSON.stringify(problem).slice(1, -1).replaceAll('\\\\r', '\\r'),
  )
  expect(appendHistory(file, [runs.pass], {})).toContain('no row was appended to the history')
  if (content !== undefined) expect(read(file)).toBe(content)
})

test('an empty file gets a header, and a last line without an end gets one', () => {
  const file = makeFile('history.csv', '')
  appendHistory(file, [runs.pass], {})
  writeFileSync(file, read(file).trimEnd())
  appendHistory(file, [runs.pass], {})
  expect(readCsv(read(file))).toHaveLength(2)
  expect(read(file).startsWith(`${header}\n`)).toBe(true)
})

test('a text with commas, quotes and controls stays in its cell', () => {
  const file = makeFile('history.csv')
  const named = run({ spec: { name: `a, "b"\n${hostile}`, file: null, sha256: null } })
  appendHistory(file, [named], {})
  const rows = readCsv(read(file))
  expect(rows).toHaveLength(1)
  expect(rows[0]?.['spec']).toMatch(/^a, "b" ::error/)
  expect(read(file)).not.toMatch(/(?!\n)\p{Cc}/u)
})

test('a file that cannot be written is told, not thrown', () => {
  const file = makeFile('file.csv', '')
  const inside = join(file, 'history.csv')
  expect(appendHistory(inside, [runs.pass], {})).toMatch(
    `history: ${inside}: cannot be written: a file stands where a folder is needed`,
  )
})
