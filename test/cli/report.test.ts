import { globSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { moveRecord } from '../../src/engine/packed-records.ts'
import type { Records, RequestRecord } from '../../src/engine/record.ts'
import { writeArtifacts } from '../../src/run/artifacts.ts'
import type { BenchRun } from '../../src/run/bench.ts'
import { find, findings, simulate } from '../report/html/_findings.ts'
import { driveOf, resultsOf, sendRounds } from '../run/_drive.ts'
import { createFolder } from './_folder.ts'
import { call, type Output } from './_terminal.ts'

test('renders every report of a run again, from its own files [S0.27]', async () => {
  const folder = createFolder({})
  writeArtifacts(join(folder, 'out/chat'), find(simulate(60)))
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const report = (...args: string[]): Promise<Output> => call(['report', ...args], { cwd: folder })
  const names = ['junit.xml', 'report.html', 'summary.md', 'test_results.json']
  expect(readdirSync(join(folder, 'out/chat'))).toEqual(expect.arrayContaining(names))
  const results = read('out/chat/results.json')

  const first = await report('out/chat/results.json', '--out', 'again')
  expect(first).toMatchObject({ code: 0 })
  expect(first.text.trim().split('\n')).toEqual(
    expect.arrayContaining([...names, 'exports/ctrf.json'].map((name) => `again/${name}`)),
  )
  expect(readdirSync(join(folder, 'again/exports'))).toEqual(
    readdirSync(join(folder, 'out/chat/exports')),
  )
  expect(/"rows":\[\[.*?\]\]/.exec(read('again/report.html'))?.[0].split('],[')).toHaveLength(60)
  expect(read('out/chat/results.json')).toBe(results)

  const html = read('again/report.html')
  await report('out/chat/results.json', '--out', 'again', '--format', 'html')
  expect(read('again/report.html') === html).toBe(true)

  rmSync(join(folder, 'out/chat/requests.ndjson.gz'))
  const without = await report('out/chat', '--out', 'less')
  expect(without.code).toBe(0)
  expect(without.text).toContain('there is no requests.ndjson.gz beside it')
  expect(readdirSync(join(folder, 'less')).toSorted()).toEqual(['exports', ...names.slice(0, 3)])
  expect(read('less/report.html').includes('were not at hand')).toBe(true)

  writeFileSync(join(folder, 'out/chat/requests.ndjson.gz'), 'x')
  const broken = await report('out/chat/results.json')
  expect(broken.text).toContain('out/chat/requests.ndjson.gz: is not a whole gzip file.')
  expect(broken.code).toBe(3)
})

/** On the clock of a machine that has run for eleven days, with all digits that it has. */
function onMonotonicClock(records: Records): RequestRecord[] {
  return records.map((record) => moveRecord(record, (at) => 987_654_321.123456 + at * 1.000_123))
}

const candidate = sendRounds({ ttft: 110, rounds: 6 }, 9000)
const alternating = driveOf(
  { slo: ['ttft p50 <= baseline + 10%'], baseline: { url: 'http://127.0.0.1:8001' } },
  onMonotonicClock(candidate),
  { baseline: onMonotonicClock(sendRounds({ target: 'baseline', ttft: 100, rounds: 6 }, 8000)) },
)
const { results, records = [] } = findings['hostile'] ?? find([])

test.each<[string, BenchRun]>([
  ['many', { ...find(onMonotonicClock(simulate(300))), origin: 987_654_321 }],
  ['hostile ones', { results, records }],
  ['none', find([])],
  [
    'those to two targets in turns',
    {
      records: alternating.records,
      baseline: alternating.baseline ?? [],
      results: resultsOf(alternating),
    },
  ],
])('every file is rendered again to the byte, of requests: %s', async (_of, run) => {
  const folder = createFolder({})
  writeArtifacts(join(folder, 'out'), run)
  const { code } = await call(['report', 'out', '--out', 'again'], { cwd: folder })
  expect(code).toBe(0)
  const listFiles = (name: string): string[] =>
    globSync('**/*.*', { cwd: join(folder, name) }).toSorted()
  const own = ['requests.ndjson.gz', 'results.json']
  expect(listFiles('again')).toEqual(listFiles('out').filter((name) => !own.includes(name)))
  for (const name of listFiles('again')) {
    const [first, again] = ['out', 'again'].map((each) => readFileSync(join(folder, each, name)))
    expect(first?.equals(again ?? Buffer.of()), name).toBe(true)
  }
})

test('reports that can be written nowhere are one sentence', async () => {
  const folder = createFolder({ file: '' })
  writeArtifacts(join(folder, 'out'), find([]))
  const { code, text } = await call(['report', 'out', '--out', 'file'], { cwd: folder })
  expect(text).toBe(
    `slogate report: ${join(folder, 'file')}: cannot be written: a file stands where a folder is needed (EEXIST)\n`,
  )
  expect(code).toBe(4)
})

test.each([
  [['report'], 'needs one results.json or its folder'],
  [['report', '.'], 'there is no results.json in this folder'],
  [['report', 'none.json'], 'none.json: there is no such file.'],
  [['report', 'broken.json'], 'broken.json:1:'],
  [['report', 'other.json'], 'other.json:1:19: schema_version: must be 2, got 1'],
  [
    ['report', 'other.json', '--format', 'pdf'],
    '--format must be some of html, junit, markdown, seed, exports',
  ],
  [['report', 'other.json', '--junit', 'loose'], '--junit must be rich or strict'],
])('slogate %j says what is wrong', async (args, words) => {
  const folder = createFolder({ 'broken.json': '{"a"', 'other.json': '{"schema_version":1}' })
  const { code, text } = await call(args, { cwd: folder })
  expect(text).toContain(words)
  expect(text).not.toMatch(/^ +at /m)
  expect(code).toBe(3)
})
