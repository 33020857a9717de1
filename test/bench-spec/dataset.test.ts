import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { loadDataset, type DataSource, type LoadedDataset } from '../../src/bench-spec/dataset.ts'
import { decodeText, findEncoding } from '../../src/bench-spec/encoding.ts'

const directory = new URL('../../fixtures/datasets/', import.meta.url).pathname

function load(file: string, rest: Partial<DataSource> = {}): LoadedDataset {
  return loadDataset({ type: 'csv', file, ...rest }, directory)
}

test('reads five rows of three columns [S1.20] [S1.27]', () => {
  const { dataset, hidden } = load('test_data.csv')
  expect(dataset?.source).toBe('test_data.csv')
  expect(dataset?.path).toBe(`${directory}test_data.csv`)
  expect(dataset?.columns).toEqual(['content', 'topic', 'category'])
  expect(dataset?.rows).toHaveLength(5)
  expect(dataset?.rows[4]).toEqual({
    content: '概述青铜器铸造的主要步骤',
    topic: '青铜器',
    category: '历史',
  })
  expect(hidden).toEqual([])
})

test('column limits what may be used [S1.22] [T10]', () => {
  const { dataset, hidden } = load('test_data.csv', { column: 'topic' })
  expect(dataset?.columns).toEqual(['topic'])
  expect(dataset?.rows[0]).toEqual({ topic: '潮汐' })
  expect(hidden).toEqual(['content', 'category'])
})

test.each([
  ['bom.csv', 'utf-8'],
  ['bom.csv', 'utf-8-sig'],
  ['test_data.csv', 'utf_8'],
  ['test_data.csv', 'UTF8'],
  ['gbk.csv', 'gbk'],
  ['gbk.csv', 'gb18030'],
  ['gbk.csv', 'gb2312'],
  ['gbk.csv', 'cp936'],
  ['utf-16le.csv', 'utf-16le'],
  ['utf-16le.csv', 'utf_16'],
])('%s reads the same as %s [S1.23] [T12]', (file, encoding) => {
  expect(load(file, { encoding }).dataset?.rows).toEqual(load('test_data.csv').dataset?.rows)
  expect(load(file, { encoding }).warnings).toEqual([])
})

test.each([
  ['big5.csv', 'big5', '潮汐', '用三句話說明潮汐是怎樣形成的'],
  ['big5.csv', 'cp950', '潮汐', '用三句話說明潮汐是怎樣形成的'],
  ['shift_jis.csv', 'shift_jis', '潮汐', '潮の満ち引きを三文で説明して'],
  ['shift_jis.csv', 'cp932', '潮汐', '潮の満ち引きを三文で説明して'],
])('reads %s as %s [S1.23]', (file, encoding, topic, content) => {
  expect(load(file, { encoding }).dataset?.rows[0]).toEqual({ topic, content })
})

test.each([
  ['latin-1', 'windows-1252'],
  ['latin_1', 'windows-1252'],
  ['ascii', 'utf-8'],
  ['cp949', 'euc-kr'],
  ['eucJP', 'euc-jp'],
  ['GBK', 'gbk'],
])('%s is %s [S1.23]', (name, encoding) => {
  expect(findEncoding(name)).toBe(encoding)
})

test('quotes, line breaks in cells and blank lines are no trouble [T12]', () => {
  expect(load('quoted.csv').dataset?.rows).toEqual([
    { content: 'say "hi", then\nstop', topic: '{{content}}' },
    { content: 'plain', topic: '\\n' },
  ])
})

test('values of JSONL keep their types, and rows need not be alike', () => {
  const { dataset } = load('prompts.jsonl', { type: 'jsonl' })
  expect(dataset?.columns).toEqual(['content', 'limit', 'options', 'extra'])
  expect(dataset?.rows).toEqual([
    { content: 'count to three', limit: 16, options: { think: true } },
    { content: 'name a colour', limit: 8, options: null, extra: 1 },
  ])
})

test('doubts an encoding that turns UTF-8 into other letters [S2.3]', () => {
  const { dataset, warnings } = load('test_data.csv', { encoding: 'windows-1254' })
  expect(dataset).toBeDefined()
  expect(warnings).toEqual([
    'data_source.encoding: test_data.csv is also valid utf-8, which is likelier than windows-1254.',
  ])
})

test.each([
  ['utf-8', [0x61, 0x0a, 0x62, 0xff, 0x63], 3, 2],
  ['utf-8', [0x61, 0xe4, 0xbd, 0x41], 1, 1],
  ['utf-8', [0x61, 0xe4, 0xbd], 1, 1],
  ['gbk', [0x61, 0xc4, 0xe3, 0xc4, 0x20], 3, 1],
  ['utf-16le', [0x61, 0x00, 0x00, 0xd8, 0x61, 0x00], 2, 1],
])('finds the byte that is not %s in %j [S2.3]', (encoding, bytes, offset, line) => {
  const decoded = decodeText(Uint8Array.from(bytes), encoding)
  expect(decoded).toMatchObject({ offset, line, byte: bytes[offset] })
})

test('guesses what a file is in when it is not what was said [S2.3]', () => {
  const bytes = readFileSync(`${directory}test_data.csv`)
  expect(decodeText(bytes, 'euc-jp')).toMatchObject({ candidates: ['utf-8'] })
  const gbk = readFileSync(`${directory}gbk.csv`)
  expect(decodeText(gbk, 'utf-8')).toHaveProperty('candidates', expect.arrayContaining(['gbk']))
})

function loadText(file: string, text: string, type: DataSource['type']): LoadedDataset {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-dataset-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, file), text)
  return loadDataset({ type, file }, folder)
}

test('a row that is too deep is named by its line and place', () => {
  const deep = `{"a": 1, "b": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`
  const { dataset, issues } = loadText('deep.jsonl', `{"a": 1}\n${deep}\n`, 'jsonl')
  expect(dataset).toBeUndefined()
  expect(issues.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^deep\.jsonl:2: b(\[0\])+ is a list or an object within 100 others/),
  ])
})

test('a table may be wide', () => {
  const names = Array.from({ length: 60_000 }, (_, index) => `c${index}`).join(',')
  expect(loadText('wide.csv', `${names}\n${names}\n`, 'csv').dataset?.columns).toHaveLength(60_000)
})
