import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import type { Matrix } from '../../src/results/matrix.ts'
import type { Results } from '../../src/results/results.ts'
import { config, createProject, type Project } from './_project.ts'

/** A spec without a load of its own; the SLO stands on its last line. */
function sweptSpec(matrix: string, slo: string): string {
  return [
    'url: /v1/chat/completions',
    'body: { messages: [{ role: user, content: hi }], stream: true, max_tokens: 2 }',
    `matrix: ${matrix}`,
    'mock: { profile: vllm, ttft: 5ms, itl: 1ms }',
    `slo: ["${slo}"]`,
    '',
  ].join('\n')
}

function readMatrix(project: Project, folder: string): Matrix {
  return JSON.parse(project.read(join(folder, 'matrix.json'))) as Matrix
}

test('slogate run runs each cell, and leaves a page of them all', async () => {
  const project = createProject({
    'chat.bench.yaml': sweptSpec('{ requests: [60, 20, 25] }', 'success_rate >= 90%'),
  })
  const history = ['--history', 'history.csv', '--policy', 'release']
  const first = await project.slogate(['run', '-c', 'chat.bench.yaml', ...history])
  // 20 and 25 requests cannot prove 90 %: the worst of the cells is the exit code.
  expect(first.code).toBe(2)
  expect(first.stderr).toMatch(/^chat \[requests=60\] \(cell 1 of 3\): sends 60 requests/m)
  expect(first.stdout).toMatch(
    /\n INCONCLUSIVE {2}chat {2}1 of 3 cells PASS\n {3}requests .*\n ✓ 60 .*\n \? 20 .*\n \? 25 .*\n {3}~ .*\n page .vitest\/slogate\/chat\/matrix.html\n/,
  )
  const out = '.vitest/slogate/chat'
  const matrix = readMatrix(project, out)
  expect(matrix).toMatchObject({
    spec: { name: 'chat', file: 'chat.bench.yaml' },
    keys: ['requests'],
    planned: 3,
    verdict: { status: 'INCONCLUSIVE', passed: false, exit_code: 2 },
  })
  const totals = matrix.cells.map(({ folder, summary }) => [folder, summary.requests.total])
  expect(totals).toEqual([
    ['requests=60', 60],
    ['requests=20', 20],
    ['requests=25', 25],
  ])
  for (const { folder } of matrix.cells) {
    expect(existsSync(join(project.folder, out, folder, 'report.html'))).toBe(true)
  }
  expect(project.read('history.csv').match(/chat \[requests=\d+\]/g)).toHaveLength(3)
  expect(project.read('.vitest/slogate/junit.xml').match(/<testsuite /g)).toHaveLength(3)
  expect(project.read('.vitest/slogate/summary.md')).toMatch(
    /### ⚠️ INCONCLUSIVE – chat: 1 of 3 cells PASS\n/,
  )

  const page = project.read(`${out}/matrix.html`)
  writeFileSync(join(project.folder, out, 'matrix.html'), '')
  const again = await project.slogate(['report', out])
  expect(again).toMatchObject({ code: 0, stdout: `${out}/matrix.html\n` })
  expect(project.read(`${out}/matrix.html`)).toBe(page)
  expect((await project.slogate(['explain', out])).text).toContain(
    'it holds the cells of a matrix. Give the folder of one of them.',
  )

  // The results of the cells are what those of a second run are compared with.
  const relative = 'ttft p50 <= baseline + 400%'
  project.write('chat.bench.yaml', sweptSpec('{ requests: [60, 20, 25] }', relative))
  const compared = await project.slogate(['run', '-c', 'chat.bench.yaml', '--baseline', out])
  for (const { folder } of matrix.cells) {
    const { baseline } = JSON.parse(project.read(join(out, folder, 'results.json'))) as Results
    expect(baseline).toMatchObject({ kind: 'file', comparable: true })
    expect(baseline?.source).toBe(join(project.folder, out, folder))
  }
  expect(compared.stdout).toMatch(/ earlier .*requests=20\/earlier/)
})

test('a target alone is swept by a flag, and nothing is sent where a cell is wrong', async () => {
  const project = createProject({})
  const asked = ['run', '-u', 'http://127.0.0.1:1/v1/chat', '--dry-run']
  const swept = await project.slogate([...asked, '--matrix', 'concurrency=1,8'])
  expect(swept.stdout.match(/^http.*valid/gm)).toEqual([
    'http://127.0.0.1:1/v1/chat [concurrency=1]: valid',
    'http://127.0.0.1:1/v1/chat [concurrency=8]: valid',
  ])
  const wrong = await project.slogate([...asked, '--matrix', 'concurrency=1,0'])
  expect(wrong.code).toBe(3)
  expect(wrong.text).toContain('--matrix.concurrency[1]: must be a whole number of at least 1')
})

test('after Ctrl-C the cells that were run keep their files, and there is a page of them', async () => {
  const project = createProject({
    'chat.bench.yaml': sweptSpec('{ requests: [20, 1000000, 30] }', 'success_rate >= 50%'),
  })
  const running = project.startSlogate(['run', '-c', 'chat.bench.yaml'])
  running.child.stderr?.on('data', () => {
    if (running.text().includes('(cell 2 of 3): ')) running.child.kill('SIGINT')
  })
  expect((await running.done).code).toBe(130)
  const { cells, planned, verdict } = readMatrix(project, '.vitest/slogate/chat')
  expect(planned).toBe(3)
  expect(cells[0]?.verdict.status).toBe('PASS')
  expect(cells.slice(1).map(({ verdict: { status } }) => status)).toEqual(['ERROR'])
  expect(verdict.passed).toBe(false)
  const page = join(project.folder, '.vitest/slogate/chat/matrix.html')
  expect(readFileSync(page, 'utf8')).toContain(
    '1 of 3 cells PASS; ERROR at requests=1000000; 1 was not run.',
  )
})

test('vitest has a suite for each cell, of a file and of a definition', async () => {
  const impossible = 'requests_per_second >= 1000000/s'
  const project = createProject({
    'vitest.config.ts': config,
    'chat.bench.yaml': sweptSpec('{ concurrency: [1, 2, 4] }', impossible).replace(
      'matrix:',
      'requests: 20\nmatrix:',
    ),
    'typed.bench.ts': `
      import { expect, test } from 'vitest'
      import { defineBench } from 'slogate/vitest'
      const specs = defineBench({
        url: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'hi' }], stream: true, max_tokens: 2 },
        requests: 20, matrix: { keep_alive: [true, false] }, mock: { profile: 'vllm', ttft: '5ms' }, slo: ['success_rate >= 50%'],
      }, ({ test }) => test('own', (results) => expect(results.summary.requests.total).toBe(20)))
      test('gives them all', () => expect(specs.map(({ load }) => load.keepAlive)).toEqual([true, false]))
    `,
  })
  const { code, text } = await project.vitest(['bench', '--run', '--reporter', 'verbose'])
  expect(code).toBe(1)
  for (const concurrency of [1, 2, 4]) {
    expect(text).toContain(`chat.bench.yaml > chat [concurrency=${concurrency}] > ${impossible}`)
  }
  expect(text).toContain('❯ chat.bench.yaml:6:7')
  expect(text).toContain('✓ |bench| typed.bench.ts > typed [keep_alive=false] > own')
  expect(text).toContain('typed.bench.ts > gives them all')
  expect(text).toMatch(/ FAIL {2}chat {2}0 of 3 cells PASS\n/)
  expect(text).toMatch(/ PASS {2}typed {2}2 of 2 cells PASS\n/)
  expect(readMatrix(project, '.vitest/slogate/chat').cells.map(({ folder }) => folder)).toEqual([
    'concurrency=1',
    'concurrency=2',
    'concurrency=4',
  ])
  expect(existsSync(join(project.folder, '.vitest/slogate/typed/matrix.html'))).toBe(true)
})
