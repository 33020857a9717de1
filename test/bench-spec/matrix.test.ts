import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { SpecError } from '../../src/bench-spec/issue.ts'
import { checkSpec, checkSpecs, loadSpec, loadSpecs } from '../../src/bench-spec/loading.ts'
import { nameCellFolder } from '../../src/bench-spec/matrix.ts'
import type { Overrides } from '../../src/bench-spec/overrides.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'

function check(
  document: object,
  { overrides = {}, env = {} }: { overrides?: Overrides; env?: Record<string, string> } = {},
): BenchSpec[] {
  const whole = { url: 'http://127.0.0.1:1/v1', name: 'chat', ...document }
  return checkSpecs(whole, { env, overrides, baseDir: '/bench' })
}

/** Writes a spec of these lines below its url; `shown`: its messages, with lines and columns. */
function fail(lines: readonly string[], load = loadSpecs as (...args: never) => unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-matrix-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'a.yaml'), ['url: http://127.0.0.1:1', ...lines, ''].join('\n'))
  try {
    load(...(['a.yaml', { env: {}, cwd: folder }] as never))
  } catch (error) {
    if (error instanceof SpecError) return error.message
    throw error
  }
  throw new Error('no SpecError was thrown')
}

test('makes a spec of each value, in the order written, named after it', () => {
  const specs = check({ matrix: { concurrency: [8, 1, 32] }, requests: 100, rounds: 2 })
  const same = { requests: 100, rounds: 2 }
  expect(specs.map(({ name, load }) => ({ name, load }))).toMatchObject([
    { name: 'chat [concurrency=8]', load: { concurrency: 8, ...same } },
    { name: 'chat [concurrency=1]', load: { concurrency: 1, ...same } },
    { name: 'chat [concurrency=32]', load: { concurrency: 32, ...same } },
  ])
  // What has no value in the spec has the default of its own cell.
  expect(specs.map(({ load }) => load.warmup)).toEqual([8, 1, 32])
  expect(specs[1]?.cell).toEqual({
    bench: 'chat',
    settings: [{ key: 'concurrency', value: 1, text: '1', number: 1 }],
    number: 2,
    count: 3,
  })
})

test('makes a spec of each pair of two keys, of which the first changes last', () => {
  const specs = check({ matrix: { duration: ['10s', '1m'], concurrency: [1, 2] } })
  expect(specs.map(({ name, load }) => [name, load.duration])).toEqual([
    ['chat [duration=10s, concurrency=1]', 10_000],
    ['chat [duration=10s, concurrency=2]', 10_000],
    ['chat [duration=1m, concurrency=1]', 60_000],
    ['chat [duration=1m, concurrency=2]', 60_000],
  ])
  expect(specs[2]?.cell?.settings.map(({ number }) => number)).toEqual([60, 1])
})

test('takes every key of the load that a spec has, in each of its forms', () => {
  const values = {
    requests: [20, 40],
    warmup: [false, 3, { requests: 5 }],
    rounds: [1, 2],
    seed: [1, 2],
    keep_alive: [true, false],
    resend: [true, false],
  }
  for (const [key, list] of Object.entries(values)) {
    expect(check({ matrix: { [key]: list } })).toHaveLength(list.length)
  }
  expect(
    check({ matrix: { warmup: values.warmup } }).map(({ name, load }) => [name, load.warmup]),
  ).toEqual([
    ['chat [warmup=false]', 0],
    ['chat [warmup=3]', 3],
    ['chat [warmup=requests:5]', 5],
  ])
})

test('is itself a spec without a matrix, and a spec is a cell where there is one value', () => {
  const [whole, ...none] = check({ concurrency: 3 })
  expect(none).toEqual([])
  expect(whole).toMatchObject({ name: 'chat', load: { concurrency: 3 } })
  expect(whole).not.toHaveProperty('cell')
  expect(check({ matrix: { concurrency: [3] } })[0]?.cell).toMatchObject({ number: 1, count: 1 })
})

test('takes variables as the values of the key', () => {
  const specs = check({ matrix: { concurrency: ['${LOW}', 8] } }, { env: { LOW: '2' } })
  expect(specs.map(({ load }) => load)).toMatchObject([{ concurrency: 2 }, { concurrency: 8 }])
})

test.each<[string[], string]>([
  [
    ['matrix: { concurency: [1, 8] }'],
    'a.yaml:2:11: matrix.concurency: unknown key. Did you mean "concurrency"?',
  ],
  [['matrix: { url: [a, b] }'], 'a.yaml:2:11: matrix.url: unknown key. Known here: concurrency, '],
  [
    ['matrix: { concurrency: [] }'],
    'a.yaml:2:24: matrix.concurrency: must have a value, got an empty list.',
  ],
  [
    ['matrix: { concurrency: 8 }'],
    'a.yaml:2:24: matrix.concurrency: must be a list, got 8. For example concurrency: [10,20].',
  ],
  [
    ['matrix:', '  concurrency:', '    - 1', '    - 0'],
    'a.yaml:5:7: matrix.concurrency[1]: must be a whole number of at least 1, got 0.',
  ],
  [
    ['matrix:', '  duration:', '    - 1s', '    - 900h'],
    'a.yaml:5:7: matrix.duration[1]: must be more than nothing and at most 24 days, got 900h.',
  ],
  [
    ['matrix: { duration: [60s, 2m, 1m] }'],
    'a.yaml:2:31: matrix.duration[2]: the value 1m is there twice. Remove one of them.',
  ],
  [
    ['concurrency: 4', 'matrix: { concurrency: [1, 8] }'],
    'a.yaml:3:11: matrix.concurrency: also stands outside of the matrix, as concurrency. Remove one of them.',
  ],
  [
    ['total_requests: 4', 'matrix: { requests: [1, 8] }'],
    'a.yaml:3:11: matrix.requests: also stands outside of the matrix, as total_requests. Remove one of them.',
  ],
  [
    ['matrix: { concurrency: [1], rounds: [1], seed: [1] }'],
    'a.yaml:2:1: matrix: takes one or two keys of the load, got concurrency, rounds, seed. For example',
  ],
  [['matrix: {}'], 'a.yaml:2:1: matrix: takes one or two keys of the load, got none. For example'],
  [
    [`matrix: { concurrency: [${[1, 2, 3, 4, 5, 6, 7, 8, 9].join()}], seed: [0,1,2,3,4,5,6,7,8] }`],
    'a.yaml:2:1: matrix: makes 81 cells, and at most 64 are run. Leave out some of its values.',
  ],
])('%j is refused where it is written', (lines, message) => {
  expect(fail(lines)).toContain(message)
})

test('what is wrong in every cell is said once, beside what is wrong with the matrix', () => {
  const lines = ['matrix: { concurrency: [1, 1] }', 'slo: [ttft p95 <= 1x]']
  expect(fail(lines).split('\n')).toEqual([
    expect.stringContaining('matrix.concurrency[1]'),
    expect.stringContaining('slo[0]'),
  ])
})

test('is refused where one spec is needed', () => {
  const message =
    'a.yaml:2:1: matrix: makes a spec of each of its values, 3 in all, and one is needed here. Write concurrency: 1 in its place.'
  expect(fail(['matrix: { concurrency: [1, 8, 32] }'], loadSpec)).toBe(message)
  const document = { url: 'http://127.0.0.1:1', matrix: { seed: [1] } }
  expect(() => checkSpec(document, { env: {}, baseDir: '/' })).toThrow(
    'matrix: makes a spec of each of its values, 1 in all',
  )
})

test('a flag or a variable for a key takes it out of the matrix', () => {
  const matrix = { concurrency: [1, 8], rounds: [1, 2] }
  expect(check({ matrix }, { overrides: { concurrency: 4 } }).map(({ name }) => name)).toEqual([
    'chat [rounds=1]',
    'chat [rounds=2]',
  ])
  const [whole, ...none] = check(
    { matrix: { concurrency: [1, 8] } },
    { env: { SLOGATE_CONCURRENCY: '4' } },
  )
  expect(whole).toMatchObject({ name: 'chat', load: { concurrency: 4 } })
  expect(none).toEqual([])
})

test('a matrix that is given goes before the matrix and the keys of the spec', () => {
  const overrides = { matrix: 'concurrency=1,8 duration=10s' }
  const document = { concurrency: 4, matrix: { rounds: [1, 2] } }
  expect(check(document, { overrides }).map(({ name }) => name)).toEqual([
    'chat [concurrency=1, duration=10s]',
    'chat [concurrency=8, duration=10s]',
  ])
  const env = { SLOGATE_MATRIX: 'keep_alive=true,false' }
  expect(check({}, { env }).map(({ load }) => load.keepAlive)).toEqual([true, false])
})

test.each([
  ['conc=1', '--matrix.conc: unknown key. Known here: '],
  ['concurrency=1,x', '--matrix.concurrency[1]: must be a whole number of at least 1, got "x".'],
  ['concurrency', '--matrix.concurrency: must have a value, got an empty list.'],
  ['seed=1,2', '--matrix.seed: also stands outside of the matrix, as seed. Remove one of them.'],
])('--matrix %s is refused by its name', (matrix, message) => {
  expect(() => check({}, { overrides: { matrix, seed: 3 } })).toThrow(message)
})

test('a baseline that is a file is the folder of a run of the same cells', () => {
  const read: string[] = []
  const options = {
    env: {},
    baseDir: '/bench',
    readStored: (path: string) => {
      read.push(path)
      return path.includes('=1/') || path.endsWith('=1')
        ? { results: 'stored' }
        : { problem: 'does not exist. Make it by a run of the baseline.' }
    },
  }
  const document = {
    url: 'http://127.0.0.1:1',
    slo: ['ttft p50 <= baseline + 10%'],
    baseline: { file: 'old' },
  }
  const [spec] = checkSpecs({ ...document, matrix: { concurrency: [1] } }, options)
  expect(spec?.baseline).toEqual({ kind: 'file', source: 'old/concurrency=1', results: 'stored' })
  expect(read).toEqual(['/bench/old/concurrency=1'])
  expect(() => checkSpecs({ ...document, matrix: { concurrency: [1, 8] } }, options)).toThrow(
    'baseline.file: old/concurrency=8 does not exist. Make it by a run of the baseline. Of a matrix it is the folder of a run of the same cells.',
  )
})

test('the folder of a cell is a name that every file system takes', () => {
  const settings = [
    { key: 'rate', text: '20 / s' },
    { key: 'arrival', text: 'gamma:0.5' },
  ]
  expect(nameCellFolder(settings)).toBe('rate=20_s,arrival=gamma_0.5')
})

test('at several rates the concurrency of a spec gives way to those that are asked for', () => {
  const specs = check(
    { concurrency: 4, requests: 100 },
    { overrides: { matrix: 'rate=5/s,600/min' } },
  )
  expect(specs.map(({ load, cell }) => [load.kind, cell?.settings[0]?.number])).toEqual([
    ['open', 5],
    ['open', 10],
  ])
})
