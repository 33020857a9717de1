import { spawnSync } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { expect, onTestFinished, test } from 'vitest'

import { renderEndLine } from '../../src/report/seed-report.ts'
import type { TestResults } from '../../src/report/seed.ts'
import { parseRequests } from '../../src/results/requests.ts'
import { finishRun, writeArtifacts, writeOverview } from '../../src/run/artifacts.ts'
import type { BenchRun } from '../../src/run/bench.ts'
import { OutputError } from '../../src/run/output-file.ts'
import { folderName, openRunFolder } from '../../src/run/run-folder.ts'
import { createFolder } from '../cli/_folder.ts'
import { find, simulate } from '../report/html/_findings.ts'

test.each([
  ['chat', 'chat'],
  ['dify chatflow', 'dify_chatflow'],
  ['聊天 测试', '聊天_测试'],
  ['..', '_'],
  ['../../etc', '_.._etc'],
  ['.hidden', 'hidden'],
  ['a/b\\c', 'a_b_c'],
  ['x'.repeat(300), 'x'.repeat(100)],
  ['慢'.repeat(300), '慢'.repeat(80)],
])('a spec named %j writes below its folder, into %j', (name, folder) => {
  expect(folderName(name)).toBe(folder)
})

const bench: BenchRun = { ...find(simulate(60)), origin: 1000 }

const names = [
  'exports',
  'junit.xml',
  'report.html',
  'requests.ndjson.gz',
  'results.json',
  'summary.md',
  'test_results.json',
]

test('requests are on the disk as soon as they have ended, once each, in that order', () => {
  const out = createFolder({})
  const folder = openRunFolder(out, 'chat')
  const { log } = folder
  const read = (): string =>
    gunzipSync(readFileSync(join(out, 'chat/requests.ndjson.gz'))).toString()
  log.start(1000)
  log.add([...bench.records].slice(0, 20))
  expect(read().match(/\n/g)).toHaveLength(20)
  log.add([])
  log.add([...bench.records].slice(20))
  const whole = read()
  expect(parseRequests(whole.split('\n'), 'f').map(({ index }) => index)).toEqual(
    bench.records.map(({ index }) => index),
  )
  expect(whole).toMatch(/^[^\n]*"scheduled":0,/)
  expect(finishRun(folder, bench)).toEqual([])
  expect(read()).toBe(whole)
})

test('a request has the same number in every file and line', () => {
  const out = createFolder({})
  const [failed, ...others] = bench.records.filter(({ outcome }) => outcome === 'failed')
  if (failed === undefined) throw new Error('one request has failed')
  expect(others).toEqual([])
  writeArtifacts(join(out, 'chat'), bench)
  const read = (name: string): string => readFileSync(join(out, 'chat', name), 'utf8')
  const lines = gunzipSync(readFileSync(join(out, 'chat/requests.ndjson.gz')))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { number: number; outcome: string })
  const tests = JSON.parse(read('test_results.json')) as TestResults
  const [, gantt = ''] = /id="slowest">([^]*?)<\/section>/.exec(read('report.html')) ?? []
  const [, list = ''] = /id="requests">([^]*?)<\/section>/.exec(read('report.html')) ?? []
  expect({
    records: lines.filter(({ outcome }) => outcome === 'failed').map(({ number }) => number),
    tests: [...tests.metrics].flatMap((each) => (each.error === null ? [] : [each.request_id])),
    line: renderEndLine(failed, 'en').slice(0, 5),
    gantt: /<th scope="row">(\d+)</.exec(gantt)?.[1],
    drawing: gantt.includes('Request 50 over time'),
    list: /<th scope="row" class="number">(\d+)</.exec(list)?.[1],
    script: /"rows":\[\[(\d+),/.exec(list)?.[1],
  }).toEqual({
    records: [50],
    tests: [50],
    line: '[050]',
    gantt: '50',
    drawing: true,
    list: '50',
    script: '50',
  })
  expect(lines.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
    bench.records.map((_, place) => place + 1),
  )
})

test('a run without a request has a file without a line', () => {
  const out = createFolder({})
  finishRun(openRunFolder(out, ''), { results: bench.results, records: [] })
  expect(gunzipSync(readFileSync(join(out, 'requests.ndjson.gz'))).toString()).toBe('')
})

test('links in the output folder are replaced, and not followed', () => {
  const elsewhere = createFolder({ mine: 'mine' })
  const out = createFolder({ 'real/chat/notes.txt': '' })
  const link = (path: string, name = ''): void =>
    symlinkSync(join(elsewhere, name), join(out, path))
  // The folder that the user names may be one.
  symlinkSync(join(out, 'real'), join(out, 'named'))
  for (const name of names.filter((each) => each !== 'exports')) link(`real/chat/${name}`, 'mine')
  link('real/chat/exports')
  const folder = openRunFolder(join(out, 'named'), 'chat')
  folder.log.add([...bench.records])
  link('real/chat/junit.xml', 'mine')
  expect(finishRun(folder, bench)).toEqual([])
  expect(writeOverview(join(out, 'named'), [bench.results], 'rich')).toEqual([])
  for (const name of names) {
    expect(lstatSync(join(out, 'real/chat', name)).isSymbolicLink(), name).toBe(false)
  }
  expect(readdirSync(elsewhere)).toEqual(['mine'])
  expect(readFileSync(join(elsewhere, 'mine'), 'utf8')).toBe('mine')
  expect(lstatSync(join(out, 'named')).isSymbolicLink()).toBe(true)

  link('real/below')
  writeArtifacts(openRunFolder(join(out, 'named'), 'below').path, bench)
  expect(lstatSync(join(out, 'real/below')).isSymbolicLink()).toBe(false)
  expect(readdirSync(elsewhere)).toEqual(['mine'])
})

test('a file where a folder is needed is one sentence that names it', () => {
  const out = createFolder({ file: '', 'deep/chat': '' })
  for (const [root, name, shown] of [
    ['file', 'chat', 'file: cannot be written: a file stands where a folder is needed (EEXIST)'],
    ['file/out', 'chat', 'file/out: cannot be written: a file stands where a folder is needed'],
    ['deep', 'chat', 'deep/chat: cannot be written: a file stands where a folder is needed'],
  ] as const) {
    const open = (): unknown => openRunFolder(join(out, root), name)
    expect(open).toThrow(OutputError)
    expect(open).toThrow(join(out, shown))
  }
})

test('what cannot be written is told by its name, and keeps nothing else from being written', () => {
  const out = createFolder({})
  const folder = openRunFolder(out, 'chat')
  const { path, log } = folder
  log.add([...bench.records].slice(0, 20))
  rmSync(join(path, 'requests.ndjson.gz'))
  mkdirSync(join(path, 'requests.ndjson.gz'))
  log.add([...bench.records].slice(20, 40))
  log.add([...bench.records].slice(40))
  mkdirSync(join(path, 'report.html/inside'), { recursive: true })
  const why = 'cannot be written: a folder stands where a file is needed (EISDIR)'
  expect(finishRun(folder, bench)).toEqual([
    `${join(path, 'requests.ndjson.gz')}: ${why}; requests are missing in it`,
    `${join(path, 'report.html')}: ${why}`,
  ])
  expect(readdirSync(path).toSorted()).toEqual(names)
  expect(JSON.parse(readFileSync(join(path, 'results.json'), 'utf8'))).toEqual(bench.results)
  rmSync(path, { recursive: true })
  writeFileSync(path, '')
  expect(() => writeArtifacts(path, bench)).toThrow(`${path}: cannot be written: a file stands`)
})

/** A small disk of its own; only root may mount one. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0

test.skipIf(!canMount)(
  'a full disk (which only root can make here) is told by the file that is not whole',
  ({ skip }) => {
    const out = createFolder({})
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', out])
    if (mount.status !== 0) skip('this machine mounts no tmpfs')
    onTestFinished(() => void spawnSync('umount', [out]))
    const folder = openRunFolder(out, 'chat')
    const { path, log } = folder
    const many = find(simulate(600))
    log.add(many.records)
    const problems = finishRun(folder, many)
    expect(problems[0]).toBe(
      `${join(path, 'requests.ndjson.gz')}: cannot be written: no space is left there (ENOSPC); requests are missing in it`,
    )
    expect(problems[1]).toMatch(
      /^\S+report\.html( and \d more)?: cannot be written: no space is left there \(ENOSPC\)$/,
    )
    expect(problems).toHaveLength(2)
    expect(readdirSync(path).filter((name) => name.endsWith('.draft'))).toEqual([])
  },
)
