import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { finishRun, writeArtifacts } from '../../src/run/artifacts.ts'
import type { BenchRun } from '../../src/run/bench.ts'
import { findEarlier } from '../../src/run/earlier-runs.ts'
import { openRunFolder } from '../../src/run/run-folder.ts'
import { createFolder } from '../cli/_folder.ts'
import { find, simulate } from '../report/html/_findings.ts'

const { results, records } = find(simulate(60))

/** A run that was started so many seconds after midnight. */
function runAt(second: number): BenchRun & { records: typeof records } {
  const started_at = new Date(Date.UTC(2026, 10, 28, 0, 0, second)).toISOString()
  return { results: { ...results, started_at }, records: records ?? [], origin: 1000 }
}

function list(...path: string[]): string[] {
  return readdirSync(join(...path)).toSorted()
}

const names = [
  'exports',
  'junit.xml',
  'report.html',
  'requests.ndjson.gz',
  'results.json',
  'summary.md',
  'test_results.json',
]
const first = '2026-11-28T00-00-01Z'

test('a second run keeps every file of the first, and is itself where the first one was [T19] [S1.46]', () => {
  const out = createFolder({ 'chat/notes.txt': '' })
  const folder = join(out, 'chat')
  writeArtifacts(folder, runAt(1))
  expect(list(folder)).toEqual([...names, 'notes.txt'].toSorted())
  const before = names.slice(1).map((name) => readFileSync(join(folder, name)))
  const exported = list(folder, 'exports')
  const { path, earlier } = openRunFolder(out, 'chat')
  expect(path).toBe(folder)
  expect(earlier).toBe(join(folder, 'earlier', first))
  expect(list(folder)).toEqual(['earlier', 'exports', 'notes.txt', 'requests.ndjson.gz'])
  expect(list(folder, 'exports')).toEqual([])
  expect(list(earlier ?? '')).toEqual(names)
  expect(list(earlier ?? '', 'exports')).toEqual(exported)
  expect(names.slice(1).map((name) => readFileSync(join(earlier ?? '', name)))).toEqual(before)
})

test('runs of the same second do not share a folder, and one that was killed keeps its requests', () => {
  const out = createFolder({})
  for (const _ of 'abc') writeArtifacts(out, runAt(1))
  expect(list(out, 'earlier')).toEqual([first, `${first}-2`])
  openRunFolder(out, '').log.add(records ?? [])
  const { earlier = '' } = openRunFolder(out, '')
  expect(list(earlier)).toEqual(['requests.ndjson.gz'])
  // Nothing was written to it: there is nothing to keep.
  expect(openRunFolder(out, '').earlier).toBeUndefined()
  expect(findEarlier(out)).toBe(join(out, 'earlier', `${first}-3`))
})

test('the oldest go first, and nothing goes that is not ours', () => {
  const elsewhere = createFolder({ mine: '' })
  const out = createFolder({ [`earlier/${first}/notes.txt`]: '', 'earlier/mine/results.json': '' })
  symlinkSync(elsewhere, join(out, 'earlier/2025-01-01T00-00-00Z'))
  const own = ['2025-01-01T00-00-00Z', first, 'mine']
  const run = (second: number, keep?: number): void => {
    const folder = openRunFolder(out, '', keep)
    folder.log.add(records ?? [])
    finishRun(folder, runAt(second))
  }
  for (let second = 2; second <= 24; second++) run(second)
  const kept = list(out, 'earlier').filter((name) => !own.includes(name))
  expect(kept).toHaveLength(20)
  expect(kept.at(0)).toBe('2026-11-28T00-00-04Z')
  run(25, 2)
  expect(list(out, 'earlier').filter((name) => !own.includes(name))).toEqual([
    '2026-11-28T00-00-23Z',
    '2026-11-28T00-00-24Z',
  ])
  run(26, 0)
  expect(list(out, 'earlier')).toEqual(own)
  expect(list(elsewhere)).toEqual(['mine'])
})

test('links in the place of earlier runs are replaced, and not followed', () => {
  const elsewhere = createFolder({ mine: 'mine' })
  const out = createFolder({})
  writeArtifacts(out, runAt(1))
  symlinkSync(elsewhere, join(out, 'earlier'))
  rmSync(join(out, 'summary.md'))
  symlinkSync(join(elsewhere, 'mine'), join(out, 'summary.md'))
  rmSync(join(out, 'exports'), { recursive: true })
  symlinkSync(elsewhere, join(out, 'exports'))
  const { earlier = '' } = openRunFolder(out, '')
  expect(list(earlier)).toEqual(names.filter((name) => !['exports', 'summary.md'].includes(name)))
  expect(list(elsewhere)).toEqual(['mine'])
  expect(readFileSync(join(elsewhere, 'mine'), 'utf8')).toBe('mine')
})

test('of two runs at the same time the later one has the place, and each has all of its own files', () => {
  const out = createFolder({})
  const [one, two] = [runAt(1), runAt(2)]
  const early = openRunFolder(out, '')
  early.log.start(1000)
  early.log.add(one.records.slice(0, 20))
  const late = openRunFolder(out, '')
  late.log.start(1000)
  late.log.add(two.records.slice(0, 5))
  early.log.add(one.records.slice(20))
  expect(finishRun(early, one)).toEqual([])
  late.log.add(two.records.slice(5))
  expect(finishRun(late, two)).toEqual([])
  expect(late.path).toBe(out)
  expect(early.path).toBe(late.earlier)
  for (const [path, run] of [
    [early.path, one],
    [late.path, two],
  ] as const) {
    expect(list(path).filter((name) => name !== 'earlier')).toEqual(names)
    expect(JSON.parse(readFileSync(join(path, 'results.json'), 'utf8'))).toEqual(run.results)
    expect(count(path)).toBe(60)
  }
})

/** Requests in the file of a folder. */
function count(path: string): number | undefined {
  const lines = gunzipSync(readFileSync(join(path, 'requests.ndjson.gz'))).toString()
  return lines.match(/\n/g)?.length
}

test('a run whose files are removed meanwhile writes them once more, beside another run', () => {
  const out = createFolder({})
  const alone = openRunFolder(out, 'chat')
  alone.log.add(runAt(1).records.slice(0, 20))
  rmSync(join(out, 'chat'), { recursive: true })
  expect(finishRun(alone, runAt(1))).toEqual([])
  expect(alone.path).toBe(join(out, 'chat'))
  expect(count(alone.path)).toBe(60)

  const displaced = openRunFolder(out, 'both')
  // Nothing has been measured, so that nothing is kept.
  const other = openRunFolder(out, 'both')
  expect(finishRun(displaced, runAt(1))).toEqual([])
  expect(displaced.path).toBe(join(out, 'both/earlier', first))
  expect(count(displaced.path)).toBe(60)
  expect(existsSync(join(out, 'both/results.json'))).toBe(false)
  finishRun(other, runAt(2))
  expect(list(out, 'both')).toEqual(['earlier', ...names])
})

test('a results.json that says no time is kept under that of the file', () => {
  const out = createFolder({ 'results.json': '{ "started_at": "../../elsewhere" }' })
  mkdirSync(join(out, 'earlier'))
  writeFileSync(join(out, 'earlier/notes.txt'), '')
  const { earlier = '' } = openRunFolder(out, '')
  expect(earlier.slice(out.length)).toMatch(/^\/earlier\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/)
  expect(list(out, 'earlier')).toEqual([earlier.slice(-20), 'notes.txt'])
})
