import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { expect, onTestFinished, test } from 'vitest'

import type { Records } from '../../src/engine/record.ts'
import { DocumentError } from '../../src/results/document-error.ts'
import { findResults, readRecords, readResults, readStored } from '../../src/results/findings.ts'
import { renderRequest } from '../../src/results/requests.ts'
import { completed, times } from '../metrics/records.ts'
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

test('the folder of a run that was killed says so', () => {
  const folder = createFolder({ 'requests.ndjson.gz': gzipSync('') })
  expect(() => readResults('.', folder)).toThrow(DocumentError)
  expect(() => readResults('.', folder)).toThrow(
    '.: there is no results.json in this folder: its run was killed before it was judged. The requests that had ended are in requests.ndjson.gz. Run the spec again for a verdict.',
  )
})

/** The requests in a folder of a run. */
function read(files: Readonly<Record<string, Uint8Array>>, of = results): Records | undefined {
  return readRecords(of, { file: 'results.json', cwd: createFolder(files) })
}

test('requests that are no requests are one clear error, those that are not there are not', () => {
  const readBytes = (content: Uint8Array) => (): unknown => read({ 'requests.ndjson.gz': content })
  expect(readBytes(Buffer.from('x'))).toThrow(DocumentError)
  expect(readBytes(Buffer.from('x'))).toThrow(
    'requests.ndjson.gz: is not a whole gzip file. Remove it',
  )
  expect(readBytes(gzipSync('{"ind'))).toThrow('requests.ndjson.gz:1:1: is not JSON.')
  expect(read({})).toBeUndefined()
})

test('of a file that ends anywhere the requests are read that are whole in it', () => {
  const lines = times(4, (index) => `${renderRequest(completed({ index }), 0)}\n`)
  const members = [lines.slice(0, 2), lines.slice(2)].map((some) => gzipSync(some.join('')))
  const whole = Buffer.concat(members)
  const [first = whole] = members
  const folder = createFolder()
  const found = times(whole.length + 1, (size) => {
    writeFileSync(join(folder, 'requests.ndjson.gz'), whole.subarray(0, size))
    const records = readRecords(results, { file: 'results.json', cwd: folder })
    const indexes = records?.map(({ index }) => index)
    expect(indexes).toEqual([0, 1, 2, 3].slice(0, indexes?.length))
    return indexes?.length ?? -1
  })
  expect(found.toSorted((a, b) => a - b)).toEqual(found)
  expect(new Set(found)).toEqual(new Set([0, 1, 2, 3, 4]))
  expect(found[0]).toBe(0)
  expect(found[first.length]).toBe(2)
  expect(found.at(-1)).toBe(4)
})

test('requests of alternating rounds are read back on the clock of the candidate', () => {
  const records = [
    completed({ index: 0, round: 0, at: 0 }),
    { ...completed({ index: 0, round: 0, at: 10_000 }), target: 'baseline' as const },
    completed({ index: 1, round: 1, at: 50_000 }),
  ]
  const lines = records.map((record) => `${renderRequest(record, 0)}\n`).join('')
  const { summary } = results
  const baseline = {
    kind: 'interleaved' as const,
    source: 'http://b',
    comparable: true,
    differences: [],
    contrasts: [],
    summary,
  }
  const files = { 'requests.ndjson.gz': gzipSync(lines) }
  const [first, second, ...rest] = read(files, { ...results, baseline }) ?? []
  expect(rest).toEqual([])
  expect(second?.marks.scheduled).toBe(first?.marks.ended)
})
