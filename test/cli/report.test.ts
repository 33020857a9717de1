import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { writeArtifacts } from '../../src/run/artifacts.ts'
import { find, simulate } from '../report/html/_findings.ts'
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
  expect(read('again/summary.md')).toBe(read('out/chat/summary.md'))
  expect(read('again/junit.xml')).toBe(read('out/chat/junit.xml'))
  expect(headingsOf(read('again/report.html'))).toEqual(headingsOf(read('out/chat/report.html')))
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

function headingsOf(html: string): string[] {
  return html.match(/<(?:h[1-3]|caption)[ >][^<]*/g) ?? []
}

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
