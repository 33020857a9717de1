import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { expect, onTestFinished, test } from 'vitest'

import { DocumentError } from '../../src/results/document-error.ts'
import { findResults, readRecords, readResults, readStored } from '../../src/results/findings.ts'
import { renderRequest } from '../../src/results/requests.ts'
import { completed } from '../metrics/records.ts'
import { run } from '../report/_runs.ts'

function createFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

const results = run()
const whole = JSON.stringify(results, null, 2)

test('results are found by their file and by the folder that holds it', () => {
  const folder = createFolder({ 'results.json': whole })
  expect(readResults('results.json', folder)).toEqual({ results, file: 'results.json' })
  expect(readResults('.', folder)).toEqual({ results, file: 'results.json' })
  expect(readStored(folder)).toEqual({ results })
  expect(findResults(folder)).toEqual(results)
})

test('comments in them change nothing', () => {
  const folder = createFolder({ 'results.json': `// of main\n${whole}` })
  expect(readResults('.', folder).results).toEqual(results)
})

test.each([
  ['none.json', {}, 'none.json: there is no such file. Give the results.json of a run'],
  ['.', {}, '.: there is no results.json in this folder. Give that of a run.'],
  ['a.json', { 'a.json': '{"a": tru' }, /^a\.json:1:\d+: .* Was the file cut short\?$/],
  ['a.json', { 'a.json': '[]' }, 'a.json:1:1: must be an object'],
  [
    'a.json',
    { 'a.json': whole.replace('"exit_code": 0', '"exit_code": "0"') },
    /^a\.json:\d+:\d+: verdict\.exit_code: must be .*, got "0"/,
  ],
])('what cannot be read is one clear error: %s of %j', (file, files, message) => {
  const folder = createFolder(files)
  const read = (): unknown => readResults(file, folder)
  expect(read).toThrow(DocumentError)
  expect(read).toThrow(message)
})

test('where results are looked for, what is not whole is not there', () => {
  expect(findResults(createFolder())).toBeUndefined()
  expect(findResults(createFolder({ 'results.json': whole.slice(0, 200) }))).toBeUndefined()
})

test('requests that were cut off are one clear error, those that are not there are not', () => {
  const zipped = gzipSync('{"index": 0}\n{"ind')
  const read = (content: Uint8Array) => (): unknown =>
    readRecords('results.json', createFolder({ 'requests.ndjson.gz': content }))
  expect(read(zipped.subarray(0, -9))).toThrow(DocumentError)
  expect(read(zipped.subarray(0, -9))).toThrow(
    'requests.ndjson.gz: is not a whole gzip file. Remove it',
  )
  expect(read(gzipSync('{"ind'))).toThrow('requests.ndjson.gz:1:1: is not JSON.')
  expect(readRecords('results.json', createFolder())).toBeUndefined()
})

test('requests of alternating rounds are read back on the clock of the candidate', () => {
  const records = [
    completed({ index: 0, round: 0, at: 0 }),
    { ...completed({ index: 0, round: 0, at: 10_000 }), target: 'baseline' as const },
    completed({ index: 1, round: 1, at: 50_000 }),
  ]
  const lines = records.map((record) => `${renderRequest(record, 0)}\n`).join('')
  const folder = createFolder({ 'requests.ndjson.gz': gzipSync(lines) })
  const [first, second, ...rest] = readRecords('results.json', folder) ?? []
  expect(rest).toEqual([])
  expect(second?.marks.scheduled).toBe(first?.marks.ended)
})
