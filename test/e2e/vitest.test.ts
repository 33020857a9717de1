import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { beforeAll, describe, expect, test } from 'vitest'

import type { Results } from '../../src/results/results.ts'
import { refusingUrl, serve, type TestServer, wrongAnswers } from '../_server.ts'
import { chatSpec, config, createProject, type Output } from './_project.ts'

/** Missed on every machine, and not a duration, which a busy client would refuse to judge. */
const impossible = 'requests_per_second >= 1000000/s'

describe('specs that pass', () => {
  const definition = `defineBench({
    url: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'hi' }], stream: true, max_tokens: 2 },
    requests: 20, concurrency: 4, mock: { profile: 'vllm', ttft: '5ms' }, slo: ['success_rate >= 50%'],
  })`
  const project = createProject({
    'vitest.config.ts': config,
    'bench/chat.bench.yaml': chatSpec(['success_rate >= 90%', 'dispatch_delay p50 <= 5s']),
    'bench/undecided.bench.yaml': chatSpec(['success_rate >= 99%'], 'gate: { policy: pr }'),
    'twins/chat.bench.yaml': chatSpec(['success_rate >= 50%']),
    'twins/chat.bench.ts': `
      import { defineBench } from 'slogate/vitest'
      ${definition}
      ${definition}
    `,
    'data.bench.ts': `
      import { expect, test } from 'vitest'
      import spec from './bench/chat.bench.yaml'
      test('is data', () => expect(spec.name).toBe('chat'))
    `,
  })
  let run: Output
  beforeAll(async () => {
    run = await project.vitest(['bench', '--run'])
  })

  test('a spec is a suite, one test per SLO, and every artifact is written [T26]', () => {
    const { code, text } = run
    expect(text).toContain('✓ |bench| bench/chat.bench.yaml (3 tests)')
    expect(text).toContain('✓ success_rate >= 90%')
    expect(text).toContain('✓ dispatch_delay p50 <= 5s')
    // Nothing is left of vitest's own tables, no header either, and a load is no slow test.
    expect(text).not.toContain('✓ load')
    expect(text).not.toMatch(/\bhz\b|\brme\b|\bp995\b|\(ms\)/)
    expect(text).toMatch(/PASS {2}chat/)
    expect(code).toBe(0)
    const folder = '.vitest/slogate/bench/chat'
    const results = JSON.parse(project.read(`${folder}/results.json`))
    expect(results).toMatchObject({
      spec: { name: 'chat', file: 'bench/chat.bench.yaml' },
      target: { hermetic: true },
      summary: { requests: { total: 60, completed: 60, warmup: 4 } },
      verdict: { status: 'PASS', exit_code: 0 },
    })
    const packed = readFileSync(join(project.folder, folder, 'requests.ndjson.gz'))
    expect(gunzipSync(packed).toString().trim().split('\n')).toHaveLength(64)
    for (const name of ['junit.xml', 'summary.md', 'test_results.json']) {
      expect(existsSync(join(project.folder, folder, name))).toBe(true)
    }
  })

  test('what is undecided only shows on a pull request', () => {
    expect(run.text).toMatch(/✓ \|bench\| bench\/undecided\.bench\.yaml \(2 tests \| 1 skipped\)/)
    expect(run.text).toMatch(/Tests +\d+ passed \| 1 skipped/)
    expect(run.text).toMatch(/\? success_rate >= 99%/)
    expect(run.code).toBe(0)
  })

  test('specs that differ in nothing but their ending or not at all get folders of their own [T19]', () => {
    for (const folder of ['chat.bench.yaml', 'chat.bench.ts', 'chat.bench.ts-2']) {
      const file = join(project.folder, '.vitest/slogate/twins', folder, 'results.json')
      expect(existsSync(file)).toBe(true)
    }
  })

  test('a spec that a test imports as data does not run there', () => {
    expect(run.text).toContain('data.bench.ts (1 test)')
  })
})

describe('specs that fail', () => {
  const secret = 'sk-literal-0123456789'
  const header = `headers: { Authorization: "Bearer ${secret}" }`
  const project = createProject({
    'vitest.config.ts': config,
    'summary.md': '',
    'missed.bench.yaml': chatSpec(['success_rate >= 90%', impossible]),
    'stages.bench.yaml': [
      'url: /v1/chat/completions',
      'body: { messages: [{ role: user, content: hi }], stream: true, max_tokens: 4 }',
      'stages:',
      '  - { name: calm, duration: 300ms, concurrency: 2 }',
      '  - { name: peak, duration: 600ms, concurrency: 6, ramp: 200ms }',
      '  - { duration: 1200ms, concurrency: 1 }',
      'mock: { profile: vllm, ttft: 5ms, itl: 1ms }',
      'slo:',
      '  - success_rate >= 50%',
      '  - requests_per_second {stage=peak} >= 1000000/s',
      '',
    ].join('\n'),
    'mix.bench.yaml': [
      'url: /v1/chat/completions',
      `headers: { Authorization: "Bearer ${secret}" }`,
      'mix:',
      '  - name: chat',
      '    weight: 60%',
      '    body: { messages: [{ role: user, content: hi }], stream: true, max_tokens: 4 }',
      '  - name: whole',
      '    weight: 30%',
      '    stream_format: json',
      '    body: { messages: [{ role: user, content: hi }], max_tokens: 4 }',
      '  - name: embed',
      '    weight: 10%',
      '    url: /v1/embeddings',
      '    stream_format: json',
      '    body: { model: m, input: hi }',
      '    expect: { values: [{ path: data.0.embedding }] }',
      'concurrency: 4',
      'requests: 60',
      'load: { processes: 2 }',
      'mock: { profile: vllm, ttft: 5ms, itl: 1ms }',
      'slo:',
      '  - success_rate >= 50%',
      '  - requests_per_second {kind=embed} >= 1000000/s',
      '  - dispatch_delay p50 {kind=whole} <= 5s',
      '',
    ].join('\n'),
    'unit.bench.yaml': chatSpec(['ttft p95 <= 800']),
    'undecided.bench.yaml': chatSpec(['success_rate >= 99%'], 'gate: { policy: release }'),
    'secret.bench.yaml': chatSpec([impossible], header),
    'secret-unit.bench.yaml': chatSpec(['latency p50 <= 1'], header),
    'typed.bench.ts': `
      import { defineBench, gte, lte } from 'slogate/vitest'
      import { expect } from 'vitest'
      defineBench({
        url: '/v1/chat/completions',
        body: { messages: [{ role: 'user', content: 'hi' }], stream: true, max_tokens: 4 },
        concurrency: 4,
        requests: 40,
        mock: { profile: 'vllm', ttft: '20ms' },
        slo: {
          requests_per_second: gte('1000000/s'),
          dispatch_delay: { p50: lte('5s') },
        },
      }, ({ test }) => test('sees the results', ({ summary }) => expect(summary.requests.total).toBe(40)))
    `,
    'mistaken.bench.ts': `
      import { defineBench } from 'slogate/vitest'
      defineBench({ url: '/v1', mock: {}, concurrency: 0, slo: ['tftt p95 <= 1s'] })
    `,
  })
  let run: Output
  beforeAll(async () => {
    const reporters = ['--reporter=default', '--reporter=verbose']
    run = await project.vitest(['bench', '--run', ...reporters], {
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: join(project.folder, 'summary.md'),
    })
  })

  test('every file of them fails', () => {
    expect(run.code).toBe(1)
    expect(run.text).toMatch(/Test Files +9 failed \(9\)/)
  })

  test('a missed SLO has the frame on its line, and every report says by how much', () => {
    expect(run.text).toContain('❯ missed.bench.yaml:10:')
    expect(run.text).toMatch(/10\| {3}- requests_per_second >= 1000000\/s\n +\| +\^/)
    const { verdict } = JSON.parse(project.read('.vitest/slogate/missed/results.json'))
    const missed = verdict.slos[1]
    expect(missed).toMatchObject({ status: 'FAIL', line: 10, n: 60, bound: 1_000_000 })
    const observed = `${Number(missed.observed.toPrecision(3))}/s`
    for (const report of [project.read('.vitest/slogate/junit.xml'), project.read('summary.md')]) {
      expect(report).toContain(observed)
      expect(report).toContain('60')
      expect(report).toMatch(/per\\?_second (>|&gt;)= 1000000\/s/)
      expect(report).toContain('-100.0%')
    }
  })

  test('a stage that misses its SLO has the frame on its line, and every report says which', () => {
    expect(run.text).toContain('❯ stages.bench.yaml:10:')
    expect(run.text).toMatch(/10\| {3}- requests_per_second \{stage=peak\} >= 1000000\/s\n +\| +\^/)
    const results = JSON.parse(project.read('.vitest/slogate/stages/results.json'))
    const [calm, peak, after] = results.stages
    expect([calm.name, peak.name, after.name]).toEqual(['calm', 'peak', '3'])
    expect(results.verdict.slos).toMatchObject([
      { tags: [], n: results.summary.requests.total, status: 'PASS' },
      {
        tags: [{ name: 'stage', value: 'peak' }],
        n: peak.summary.requests.completed,
        status: 'FAIL',
        method: 'rounds',
      },
    ])
    const packed = readFileSync(join(project.folder, '.vitest/slogate/stages/requests.ndjson.gz'))
    const lines = gunzipSync(packed).toString().trim().split('\n')
    const due = lines.map((line) => JSON.parse(line).stage)
    for (const [index, stage] of [calm, peak, after].entries()) {
      expect(stage.summary.requests.total).toBeGreaterThan(0)
      expect(due.filter((each) => each === index)).toHaveLength(stage.summary.requests.total)
    }
    const junit = project.read('.vitest/slogate/junit.xml')
    expect(junit).toMatch(/name="requests_per_second \{stage=peak\} (>|&gt;)= 1000000\/s"/)
    expect(junit).toContain('value="{stage=peak}"')
    expect(run.text).toMatch(/peak +c=2 → c=6 +600ms/)
    expect(project.read('summary.md')).toMatch(/\| peak \| c=2 → c=6 \| 600ms \|/)
    expect(project.read('.vitest/slogate/stages/report.html')).toContain('class="band odd"')
  })

  test('a kind of a mix that misses its SLO has the frame on its line, and every report says which', () => {
    expect(run.text).toContain('❯ mix.bench.yaml:23:')
    expect(run.text).toMatch(
      /23 *\| {3}- requests_per_second \{kind=embed\} >= 1000000\/s\n +\| +\^/,
    )
    const results: Results = JSON.parse(project.read('.vitest/slogate/mix/results.json'))
    expect(results.verdict.slos).toMatchObject([
      { tags: [], n: 60, status: 'PASS' },
      { tags: [{ name: 'kind', value: 'embed' }], n: 6, status: 'FAIL', line: 23 },
      { tags: [{ name: 'kind', value: 'whole' }], n: 18, status: 'PASS' },
    ])
    const kinds = results.mix.map(({ name, share, stream_format: format, summary }) => {
      return [name, share, format, summary.requests.completed, summary.ttft_ms?.count ?? null]
    })
    expect(kinds).toEqual([
      ['chat', 0.6, null, 36, 36],
      ['whole', 0.3, 'json', 18, null],
      ['embed', 0.1, 'json', 6, null],
    ])
    const packed = readFileSync(join(project.folder, '.vitest/slogate/mix/requests.ndjson.gz'))
    const lines = gunzipSync(packed).toString().trim().split('\n')
    const sent = lines.map((line) => JSON.parse(line)).filter(({ phase }) => phase === 'measured')
    for (const [name, , , total] of kinds) {
      expect(sent.filter(({ kind }) => kind === name)).toHaveLength(Number(total))
    }
    const junit = project.read('.vitest/slogate/junit.xml')
    expect(junit).toMatch(
      /<testcase line="23" [^>]*name="requests_per_second \{kind=embed\} (>|&gt;)= 1000000\/s"/,
    )
    expect(junit).toContain('value="{kind=embed}"')
    expect(run.text).toMatch(/embed +10\.0% +6 +100\.0%/)
    expect(project.read('summary.md')).toMatch(/\| embed \| 10\.0% \| 6 \| 100\.0% \|/)
    expect(project.read('.vitest/slogate/mix/report.html')).toContain('Kinds of request')
  })

  test('no reporter of vitest prints what is not there', () => {
    expect(run.text).toContain('SLOViolation')
    expect(run.text).not.toContain('Serialized Error')
  })

  test('a spec error stands on its own line and sends nothing', () => {
    expect(run.text).toContain('unit.bench.yaml:9:')
    expect(run.text).toContain('ttft p95 <= 800')
    expect(existsSync(join(project.folder, '.vitest/slogate/unit'))).toBe(false)
  })

  test('what is undecided blocks a release', () => {
    expect(run.text).toMatch(/❯ \|bench\| undecided\.bench\.yaml \(2 tests \| 1 failed\)/)
    expect(run.text).toContain('SLOInconclusive')
  })

  test('no frame shows a secret that stands next to the line it points at', () => {
    for (const [name, slo] of [
      ['secret', impossible],
      ['secret-unit', 'latency p50 <= 1'],
    ]) {
      expect(run.text).toContain(`${name}.bench.yaml:9:`)
      expect(run.text).toContain(slo)
    }
    expect(run.text).not.toContain(secret)
  })

  test('defineBench runs on the same path, and a miss points at its bound [S1.19]', () => {
    expect(run.text).toContain('❯ typed.bench.ts:11:')
    expect(run.text).toContain('✓ dispatch_delay p50 <= 5s')
    expect(run.text).toContain('✓ sees the results')
  })

  test('defineBench reports every mistake of its definition', () => {
    const [, mistakes = ''] = /FAIL .*mistaken\.bench\.ts([^]*?)⎯{3}/.exec(run.text) ?? []
    expect(mistakes).toContain('concurrency')
    expect(mistakes).toContain('ttft')
  })
})

const fileOf = (name: string): string => name.replace(' ', '-')

describe('targets that do not answer as they should', () => {
  const names = ['unreachable', ...Object.keys(wrongAnswers)]
  const project = createProject({ 'vitest.config.ts': config })
  let run: Output
  let servers: Map<string, TestServer>
  beforeAll(async () => {
    servers = new Map(
      await Promise.all(
        Object.entries(wrongAnswers).map(
          async ([name, listener]) => [name, await serve(listener)] as const,
        ),
      ),
    )
    for (const name of names) {
      const url = servers.get(name)?.url ?? (await refusingUrl())
      const spec = chatSpec(['success_rate >= 90%', 'dispatch_delay p50 <= 5s'])
        .replace('/v1/chat', `${url}/v1/chat`)
        .replace(/^mock: .*$/m, '')
      project.write(`${fileOf(name)}.bench.yaml`, spec)
    }
    run = await project.vitest(['bench', '--run', '--retry=3'])
    for (const server of servers.values()) await server.close()
  })

  test('leave no stack trace', () => {
    expect(run.code).toBe(1)
    // Vitest itself tells how it would be "at least … faster".
    expect(run.text).not.toMatch(/^ +at (?!least )/m)
  })

  test('are sent each load once, however often vitest is told to try', () => {
    for (const server of servers.values()) expect(server.requests()).toBe(64)
  })

  test.each(names)('%s never passes', (name) => {
    const kind = name === 'unreachable' ? 'connect' : (name.split(' ')[0] ?? '')
    const file = `${fileOf(name)}.bench.yaml`
    const [, shown = ''] =
      new RegExp(`❯ \\|bench\\| ${file}([^]*?)\\n(?:\\n| [❯✓])`).exec(run.text) ?? []
    expect(shown).toContain('(3 tests | ')
    expect(shown).not.toMatch(/✓ (success_rate|ttft)/)
    expect(run.text).toContain(kind)
    const path = `.vitest/slogate/${fileOf(name)}/results.json`
    const { verdict, summary } = JSON.parse(project.read(path))
    expect(verdict).toMatchObject({ status: 'ERROR', exit_code: 4 })
    expect(summary.failures).toMatchObject([{ kind, count: 60 }])
  })
})

test('a chosen SLO is judged without its neighbours: -t and file:line', async () => {
  const project = createProject({
    'vitest.config.ts': config,
    'chat.bench.yaml': chatSpec(['success_rate >= 90%', 'error_rate <= 10%']),
  })
  for (const args of [['-t', 'error_rate'], ['chat.bench.yaml:10']]) {
    const { code, text } = await project.vitest(['bench', '--run', ...args])
    expect(code).toBe(0)
    expect(text).toMatch(/1 passed \| 2 skipped/)
  }
})

test('a filter that leaves no SLO to evaluate does not pass', async () => {
  const project = createProject({
    'vitest.config.ts': config,
    'chat.bench.yaml': chatSpec(['success_rate >= 90%']),
  })
  for (const pattern of ['no such test', 'load']) {
    const { code, text } = await project.vitest(['bench', '--run', '-t', pattern])
    expect(text).toContain('no SLO was evaluated')
    expect(code).toBe(1)
  }
})

test('a spec without SLOs is undecided in every place, and the policy says whether that blocks', async () => {
  const project = createProject({
    'vitest.config.ts': config,
    'none.bench.yaml': chatSpec([]).replace('slo:', 'slo: []'),
  })
  const sentence = 'No SLO was asked for, so there is nothing to judge.'
  for (const [policy, ended, own, element] of [
    ['pr', 0, 0, 'skipped'],
    ['release', 1, 2, 'failure'],
  ] as const) {
    const env = { SLOGATE_POLICY: policy }
    const { code, text } = await project.vitest(['bench', '--run'], env)
    expect(text).toContain('INCONCLUSIVE  none  none.bench.yaml')
    expect(text).toMatch(policy === 'pr' ? '1 passed | 1 skipped' : /SLOInconclusive: No SLO/)
    expect(code).toBe(ended)
    const verdict = { status: 'INCONCLUSIVE', exit_code: own, why: sentence }
    const alone = await project.slogate(['run', '-c', 'none.bench.yaml', '--out', 'out'], env)
    expect(alone.code).toBe(own)
    for (const folder of ['.vitest/slogate/none', 'out/none']) {
      expect(JSON.parse(project.read(`${folder}/results.json`))).toMatchObject({ verdict })
      expect(project.read(`${folder}/junit.xml`)).toContain(`<${element} message="${sentence}"`)
      expect(project.read(`${folder}/report.html`)).toContain('INCONCLUSIVE')
    }
  }
})

test('vitest list names every SLO without running anything', async () => {
  const project = createProject({
    'vitest.config.ts': config.replace(
      'plugins: [slogate()]',
      'plugins: [slogate()], test: { benchmark: { enabled: true } }',
    ),
    'chat.bench.yaml': chatSpec(['success_rate >= 90%', 'dispatch_delay p50 <= 5s']),
  })
  const { text } = await project.vitest(['list'])
  expect(text).toContain('chat.bench.yaml > chat > dispatch_delay p50 <= 5s')
  expect(existsSync(join(project.folder, '.vitest/slogate'))).toBe(false)
})

test('runs in the projects that have the plugin, and a definition in another says what is missing [T26]', async () => {
  const project = createProject({
    'vitest.config.ts': config.replace(
      'plugins: [slogate()]',
      `test: { projects: [
        { plugins: [slogate()], test: { name: 'api', root: './api' } },
        { test: { name: 'web', root: './web' } },
      ] }`,
    ),
    'api/chat.bench.yaml': chatSpec(['success_rate >= 90%']),
    'web/chat.bench.yaml': chatSpec(['success_rate >= 90%']),
    'web/typed.bench.ts': `
      import { defineBench } from 'slogate/vitest'
      defineBench({ url: '/v1', mock: {}, slo: ['success_rate >= 90%'] })
    `,
  })
  const { code, text } = await project.vitest(['bench', '--run'])
  expect(code).toBe(1)
  expect(text).toMatch(/✓ \|api \(bench\)\| \S*chat\.bench\.yaml \(2 tests\)/)
  expect(text).not.toContain('web/chat.bench.yaml')
  expect(text).toMatch(/Tests +2 failed \| 2 passed/)
  expect(text).toContain('Add slogate() to the plugins of the vitest config')
})

test('Ctrl-C in one vitest writes what it measured, exits with 130, and leaves the runs of another alone', async () => {
  const long = chatSpec(['success_rate >= 90%']).replace('requests: 60', 'requests: 2000')
  const project = createProject({
    'vitest.config.ts': config,
    'one.bench.yaml': long.replace('2000', '100000'),
    'two.bench.yaml': long,
  })
  const one = project.start(['bench', '--run', 'one.bench'])
  const two = project.start(['bench', '--run', 'two.bench'])
  for (const running of [one, two]) {
    await expect.poll(running.text, { timeout: 100_000 }).toContain('in flight')
  }
  one.child.kill('SIGINT')
  const interrupted = await one.done
  const results = JSON.parse(project.read('.vitest/slogate/one/results.json'))
  expect(results).toMatchObject({
    end: { kind: 'interrupted' },
    verdict: { status: 'ERROR', exit_code: 130 },
  })
  expect(results.summary.requests.completed).toBeGreaterThan(0)
  expect(interrupted.text).toContain('ERROR  one')
  expect(interrupted.code).toBe(130)
  const { code, text } = await two.done
  expect(text).toContain('PASS  two')
  expect(code).toBe(0)
})

test('watch mode runs again when the spec or its data changes', async () => {
  const project = createProject({
    'vitest.config.ts': config,
    'prompts.csv': 'content\nhello\n',
    'chat.bench.yaml': chatSpec(
      ['success_rate >= 90%'],
      'data_source: { type: csv, file: prompts.csv }',
    ),
  })
  const running = project.start(['bench', '--watch'])
  const runs = () => running.text().split('PASS  chat').length - 1
  await expect.poll(runs, { timeout: 100_000 }).toBe(1)
  project.write('chat.bench.yaml', project.read('chat.bench.yaml').replace('60', '50'))
  await expect.poll(runs, { timeout: 100_000 }).toBe(2)
  project.write('prompts.csv', 'content\nhello\nworld\n')
  await expect.poll(runs, { timeout: 100_000 }).toBe(3)
  running.child.kill('SIGTERM')
  await running.done
})

test('watch mode sends nothing to a target that is not the mock', async () => {
  const server = await serve((_request, response) => response.end())
  const project = createProject({
    'vitest.config.ts': config,
    'chat.bench.yaml': chatSpec(['success_rate >= 90%']),
  })
  const running = project.start(['bench', '--watch'], { SLOGATE_URL: server.url })
  await expect.poll(running.text, { timeout: 100_000 }).toContain('watch mode sends no load')
  running.child.kill('SIGTERM')
  await running.done
  await server.close()
  expect(server.requests()).toBe(0)
})

test("a plugin at the root serves the projects below it, each into a folder of its own, and fills vitest's own benchmark tables where that is asked for", async () => {
  const project = createProject({
    'vitest.config.ts': config.replace(
      'plugins: [slogate()]',
      `plugins: [slogate({ benchTable: true })], test: { projects: [
        { extends: true, test: { name: 'one', root: './one' } },
        { extends: true, test: { name: 'two', root: './two' } },
      ] }`,
    ),
    'one/chat.bench.yaml': chatSpec(['success_rate >= 90%']),
    'two/chat.bench.yaml': chatSpec(['success_rate >= 90%']),
  })
  const { code, text } = await project.vitest(['bench', '--run'])
  expect(code).toBe(0)
  expect(text.match(/PASS {2}chat/g)).toHaveLength(2)
  expect(text).toMatch(/name +hz .* rme +samples\n +ttft \(ms\) +[\d.]+ +[\d.]+/)
  for (const name of ['one', 'two']) {
    const results = JSON.parse(project.read(`.vitest/slogate/${name}/${name}/chat/results.json`))
    expect(results.spec.file).toBe(`${name}/chat.bench.yaml`)
  }
})

test('leaves the output of a reporter that a program reads alone, and writes a junit.xml without what strict schemas forbid when it is told to', async () => {
  const project = createProject({
    'vitest.config.ts': config.replace('slogate()', `slogate({ junit: 'strict', out: 'results' })`),
    'chat.bench.yaml': chatSpec(['success_rate >= 90%']),
  })
  const { code, stdout, stderr } = await project.vitest(['bench', '--run', '--reporter=tap'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^TAP version 13\n/)
  expect(stdout).not.toContain('PASS  chat')
  expect(stderr).toContain('PASS  chat')
  for (const file of ['results/junit.xml', 'results/chat/junit.xml']) {
    const xml = project.read(file)
    expect(xml).toContain('<testcase')
    expect(xml).not.toMatch(/<testcase[^>]*file=/)
  }
})

test('runs in a process of its own also where tests run in threads, so that a signal reaches it, and writes what it measured when its terminal is closed', async () => {
  const project = createProject({
    'vitest.config.ts': config.replace('plugins:', `test: { pool: 'threads' }, plugins:`),
    'chat.bench.yaml': chatSpec(['success_rate >= 90%']).replace('60', '100000'),
  })
  const running = project.start(['bench', '--run'])
  await expect.poll(running.text, { timeout: 100_000 }).toContain('in flight')
  running.child.stdout?.destroy()
  running.child.stderr?.destroy()
  running.child.kill('SIGHUP')
  expect((await running.done).code).toBe(143)
  const results = JSON.parse(project.read('.vitest/slogate/chat/results.json'))
  expect(results.end.kind).toBe('interrupted')
  expect(project.read('.vitest/slogate/junit.xml')).toContain('interrupted')
})

test('a glob that brings in files of another name is refused', async () => {
  const project = createProject({
    'vitest.config.ts': config.replace('slogate()', `slogate({ include: ['slo/*.yaml'] })`),
  })
  const { code, text } = await project.vitest(['bench', '--run'])
  expect(code).toBe(1)
  expect(text).toContain('include takes globs of files whose names end in .bench.yaml')
})

test('no name, message or line of a spec is a command of a CI in what vitest prints', async () => {
  const target = await serve((_request, response) => {
    response.statusCode = 500
    response.end('::error::x ##[error]y\r\n##vso[task.complete]z')
  })
  const spec = [
    `name: "::error::x ##[error]y"`,
    `url: ${target.url}`,
    'requests: 5',
    'warmup: 0',
    'headers: { x-api-key: "${NAMED_KEY}" } # 12345678 ##[error]comment',
    'slo: [{ assert: success_rate >= 90%, id: "::error::i ##vso[x]" }]',
    '',
  ].join('\n')
  const project = createProject({
    'vitest.config.ts': config,
    'a.bench.yaml': spec,
    'wrong.bench.yaml': spec.replace('requests: 5', 'requests: "##[error]" # ##[error]'),
    'typed.bench.ts': `
import { defineBench } from 'slogate/vitest'
defineBench({ name: '::error::x ##[error]y', url: '${target.url}', requests: 5, warmup: 0,
  slo: [{ assert: 'success_rate >= 90%', id: '::error::i ##[x]' }] })
`,
  })
  const reporters = ['default', 'verbose', 'tree', 'tap', 'junit'].map(
    (name) => `--reporter=${name}`,
  )
  const { text } = await project.vitest(['bench', '--run', ...reporters], { NAMED_KEY: '12345678' })
  await target.close()
  expect(text).toContain('error::x')
  expect(text.match(/^\s*::.*|.*##\w*\[.*/gm) ?? []).toEqual([])
})
