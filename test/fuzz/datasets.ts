import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'

import { type DataSource, loadDataset } from '../../src/bench-spec/dataset.ts'
import { Finding, type Fuzzer, tell } from './fuzzer.ts'
import { mutateBytes } from './mutation.ts'

const words = [
  '"',
  '""',
  ',',
  '\n',
  '\r\n',
  '\r',
  ';',
  '\t',
  '\ufeff',
  '\0',
  '{',
  '}',
  '{"a":1}\n',
  'null',
  '{{x}}',
  '潮',
  '\\',
  '[1]\n',
]
const encodings = [
  undefined,
  'utf-8',
  'gbk',
  'gb18030',
  'big5',
  'shift_jis',
  'utf-16le',
  'latin1',
  'nonsense',
]

/** Data files, spoilt, in right and wrong encodings. */
export const datasets: Fuzzer = {
  name: 'datasets',
  purpose: 'spoilt CSV and JSONL: rows that have every column, or what is wrong',
  cases: 20_000,
  slice: 200,
  start() {
    const folder = mkdtempSync(join(tmpdir(), 'slogate-fuzz-'))
    const sources = readdirSync(fixtures).map((name) => ({
      name,
      bytes: readFileSync(new URL(name, fixtures)),
    }))
    return {
      attempt(chance) {
        const { name, bytes } = chance.pick(sources)
        const spoilt = mutateBytes(bytes, chance, words)
        const file = `spoilt${extname(name)}`
        const encoding = chance.pick(encodings)
        const source: DataSource = {
          type: chance.happens(0.9) === (extname(name) === '.jsonl') ? 'jsonl' : 'csv',
          file,
          ...(encoding !== undefined && { encoding }),
          ...(chance.happens(0.1) && { column: 'content' }),
        }
        writeFileSync(join(folder, file), spoilt)
        const input = { ...source, bytes: spoilt }
        tell('loading failed', input, () => check(source, folder, input))
      },
      end() {
        rmSync(folder, { recursive: true })
      },
    }
  },
}

const fixtures = new URL('../../fixtures/datasets/', import.meta.url)

function check(source: DataSource, folder: string, input: object): void {
  const { dataset, issues } = loadDataset(source, folder)
  if ((dataset === undefined) === (issues.length === 0)) {
    throw new Finding('neither rows nor an issue, or both', input)
  }
  if (issues.some(({ message }) => message.trim() === '')) {
    throw new Finding('an issue without words', input)
  }
  if (dataset === undefined) return
  const { rows, columns } = dataset
  if (rows.length === 0 || columns.length === 0) throw new Finding('a table of nothing', input)
  for (const row of rows) {
    const unknown = Object.keys(row).filter((key) => !columns.includes(key))
    if (unknown.length > 0) throw new Finding(`a row has ${unknown.join(', ')}`, input)
    const missing = columns.filter((column) => source.type === 'csv' && !Object.hasOwn(row, column))
    if (missing.length > 0) throw new Finding(`a row lacks ${missing.join(', ')}`, input)
  }
}
