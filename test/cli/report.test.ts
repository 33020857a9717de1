import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { chatSpec, createProject } from '../e2e/_project.ts'

const limit = { timeout: 60_000 }

test('renders every report of a run again, from its own files [S0.27]', limit, async () => {
  const project = createProject({ 'chat.yaml': chatSpec(['success_rate >= 90%']) })
  const ran = await project.slogate(['run', '-c', 'chat.yaml', '--out', 'out', '--quiet'])
  expect(ran.code).toBe(0)
  const names = ['junit.xml', 'report.html', 'summary.md', 'test_results.json']
  expect(readdirSync(join(project.folder, 'out/chat'))).toEqual(expect.arrayContaining(names))
  const results = project.read('out/chat/results.json')

  const first = await project.slogate(['report', 'out/chat/results.json', '--out', 'again'])
  expect(first).toMatchObject({ code: 0 })
  expect(first.text.trim().split('\n')).toEqual(
    expect.arrayContaining([...names, 'exports/ctrf.json'].map((name) => `again/${name}`)),
  )
  expect(readdirSync(join(project.folder, 'again/exports'))).toEqual(
    readdirSync(join(project.folder, 'out/chat/exports')),
  )
  expect(project.read('again/summary.md')).toBe(project.read('out/chat/summary.md'))
  expect(project.read('again/junit.xml')).toBe(project.read('out/chat/junit.xml'))
  expect(headingsOf(project.read('again/report.html'))).toEqual(
    headingsOf(project.read('out/chat/report.html')),
  )
  expect(
    /"rows":\[\[.*?\]\]/.exec(project.read('again/report.html'))?.[0].split('],['),
  ).toHaveLength(60)
  expect(project.read('out/chat/results.json')).toBe(results)

  const html = project.read('again/report.html')
  await project.slogate(['report', 'out/chat/results.json', '--out', 'again', '--format', 'html'])
  expect(project.read('again/report.html') === html).toBe(true)

  rmSync(join(project.folder, 'out/chat/requests.ndjson.gz'))
  const without = await project.slogate(['report', 'out/chat', '--out', 'less'])
  expect(without.code).toBe(0)
  expect(without.text).toContain('there is no requests.ndjson.gz beside it')
  expect(readdirSync(join(project.folder, 'less')).toSorted()).toEqual([
    'exports',
    ...names.slice(0, 3),
  ])
  expect(project.read('less/report.html').includes('were not at hand')).toBe(true)

  writeFileSync(join(project.folder, 'out/chat/requests.ndjson.gz'), 'x')
  const broken = await project.slogate(['report', 'out/chat/results.json'])
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
])('slogate %j says what is wrong', limit, async (args, words) => {
  const project = createProject({ 'broken.json': '{"a"', 'other.json': '{"schema_version":1}' })
  const { code, text } = await project.slogate(args)
  expect(text).toContain(words)
  expect(text).not.toMatch(/^ +at /m)
  expect(code).toBe(3)
})
