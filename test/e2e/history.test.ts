import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'

import { run, runs } from '../report/_runs.ts'
import { chatSpec, config, createProject } from './_project.ts'

function readCsv(text: string): Record<string, string>[] {
  return parse(text, { columns: true })
}

test('processes that append at the same time lose no row and write one header', async () => {
  const project = createProject({})
  const source = fileURLToPath(new URL('../../src/run/history-file.ts', import.meta.url))
  const script = `
    import { appendHistory } from ${JSON.stringify(source)}
    const run = JSON.parse(process.argv[1])
    for (let i = 0; i < 50; i++) {
      const problem = appendHistory(process.argv[2], [run], {})
      if (problem) throw new Error(problem)
    }`
  const outputs = await Promise.all(
    [1, 2, 3].map((worker) => {
      const results = JSON.stringify(
        run({ load: { ...runs.pass.load, kind: 'closed', concurrency: worker } }),
      )
      return project.node(['--input-type=module', '-e', script, results, 'history.csv'])
    }),
  )
  expect(outputs.map(({ code }) => code)).toEqual([0, 0, 0])
  const rows = readCsv(project.read('history.csv'))
  for (const worker of ['1', '2', '3']) {
    expect(rows.filter(({ concurrency }) => concurrency === worker)).toHaveLength(50)
  }
  expect(rows).toHaveLength(150)
})

test('the command and the plugin append to a history, and refuse a wrong one before anything is sent [S1.47] [T19]', async () => {
  const plugin = config.replace('slogate()', `slogate({ history: 'runs/history.csv' })`)
  const project = createProject({
    'chat.bench.yaml': chatSpec(['success_rate >= 90%']),
    'vitest.config.ts': plugin,
    'other.csv': 'a,b\n',
  })
  const command = ['run', '-c', 'chat.bench.yaml', '--quiet', '--history']
  expect((await project.slogate([...command, 'runs/history.csv'])).code).toBe(0)
  expect((await project.vitest(['bench', '--run'])).code).toBe(0)
  const rows = readCsv(project.read('runs/history.csv'))
  expect(rows.map(({ spec, status }) => [spec, status])).toEqual([
    ['chat', 'PASS'],
    ['chat', 'PASS'],
  ])
  const exported = readdirSync(join(project.folder, '.vitest/slogate/exports')).sort()
  expect(exported).toEqual([
    'bencher.json',
    'benchmark-bigger.json',
    'benchmark-smaller.json',
    'ctrf.json',
    'metrics.prom',
    'openmetrics.txt',
  ])
  expect(readdirSync(join(project.folder, '.vitest/slogate/chat/exports')).sort()).toEqual(exported)

  // The run of the command was moved there by that of the plugin.
  const [earlier = '', ...more] = readdirSync(join(project.folder, '.vitest/slogate/chat/earlier'))
  expect(more).toEqual([])
  expect(readdirSync(join(project.folder, '.vitest/slogate/chat/earlier', earlier))).toContain(
    'report.html',
  )

  rmSync(join(project.folder, '.vitest'), { recursive: true })
  const refused = await project.slogate([...command, 'other.csv'])
  expect(refused.code).toBe(3)
  expect(refused.text).toContain('other.csv: has a column "a" that is not written')
  project.write(
    'vitest.config.ts',
    config.replace('slogate()', `slogate({ history: 'other.csv' })`),
  )
  const wrong = await project.vitest(['bench', '--run'])
  expect(wrong.code).toBe(1)
  expect(wrong.text).toContain('other.csv: has a column "a" that is not written')
  expect(readdirSync(project.folder)).not.toContain('.vitest')
})
