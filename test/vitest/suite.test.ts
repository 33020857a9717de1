import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { refusingUrl, serve, wrongAnswers } from '../_server.ts'
import { chatSpec, config, createProject } from '../e2e/_project.ts'

const limit = { timeout: 60_000 }

/** Missed on every machine, and not a duration, which a busy client would refuse to judge. */
const impossible = 'requests_per_second >= 1000000/s'

test(
  'runs a spec as a suite, one test per SLO, and writes every artifact [T26]',
  limit,
  async () => {
    const project = createProject({
      'vitest.config.ts': config,
      'bench/chat.bench.yaml': chatSpec(['success_rate >= 90%', 'ttft p90 <= 5s']),
    })
    const { code, text } = await project.vitest(['bench', '--run'])
    expect(text).toContain('✓ |bench| bench/chat.bench.yaml (3 tests)')
    expect(text).toContain('✓ success_rate >= 90%')
    expect(text).toContain('✓ ttft p90 <= 5s')
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
  },
)

test("fills vitest's own benchmark tables where that is asked for", limit, async () => {
  const project = createProject({
    'vitest.config.ts': config.replace('slogate()', 'slogate({ benchTable: true })'),
    'chat.bench.yaml': chatSpec(['success_rate >= 90%']),
  })
  const { code, text } = await project.vitest(['bench', '--run'])
  expect(text).toMatch(/name +hz .* rme +samples\n +ttft \(ms\) +[\d.]+ +[\d.]+/)
  expect(code).toBe(0)
})

test(
  'a missed SLO fails with the frame on its line, and every report says by how much',
  limit,
  async () => {
    const summary = join(createProject({ 'summary.md': '' }).folder, 'summary.md')
    const project = createProject({
      'vitest.config.ts': config,
      'chat.bench.yaml': chatSpec(['success_rate >= 90%', impossible]),
    })
    const { code, text } = await project.vitest(['bench', '--run'], {
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: summary,
    })
    expect(code).toBe(1)
    expect(text).toContain('❯ chat.bench.yaml:10:')
    expect(text).toMatch(/10\| {3}- requests_per_second >= 1000000\/s\n +\| +\^/)
    const { verdict } = JSON.parse(project.read('.vitest/slogate/chat/results.json'))
    const missed = verdict.slos[1]
    expect(missed).toMatchObject({ status: 'FAIL', line: 10, n: 60, bound: 1_000_000 })
    const observed = `${Number(missed.observed.toPrecision(3))}/s`
    for (const report of [
      project.read('.vitest/slogate/junit.xml'),
      readFileSync(summary, 'utf8'),
    ]) {
      expect(report).toContain(observed)
      expect(report).toContain('60')
      expect(report).toMatch(/per\\?_second (>|&gt;)= 1000000\/s/)
      expect(report).toContain('-100.0%')
    }
  },
)

test('a spec error stands on its own line and sends nothing', limit, async () => {
  const project = createProject({
    'vitest.config.ts': config,
    'chat.bench.yaml': chatSpec(['ttft p95 <= 800']),
  })
  const { code, text } = await project.vitest(['bench', '--run'])
  expect(code).toBe(1)
  expect(text).toContain('chat.bench.yaml:9:')
  expect(text).toContain('ttft p95 <= 800')
  expect(existsSync(join(project.folder, '.vitest/slogate/chat'))).toBe(false)
})

test('a chosen SLO is judged without its neighbours: -t and file:line', limit, async () => {
  const project = createProject({
    'vitest.config.ts': config,
    'chat.bench.yaml': chatSpec(['success_rate >= 90%', 'ttft p90 <= 5s']),
  })
  for (const args of [['-t', 'ttft p90'], ['chat.bench.yaml:10']]) {
    const { code, text } = await project.vitest(['bench', '--run', ...args])
    expect(code).toBe(0)
    expect(text).toMatch(/1 passed \| 2 skipped/)
  }
})

test('a filter that leaves no SLO to evaluate does not pass', limit, async () => {
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

test('vitest list names every SLO without running anything', limit, async () => {
  const project = createProject({
    'vitest.config.ts': config.replace(
      'plugins: [slogate()]',
      'plugins: [slogate()], test: { benchmark: { enabled: true } }',
    ),
    'chat.bench.yaml': chatSpec(['success_rate >= 90%', 'ttft p90 <= 5s']),
  })
  const { text } = await project.vitest(['list'])
  expect(text).toContain('chat.bench.yaml > chat > ttft p90 <= 5s')
  expect(existsSync(join(project.folder, '.vitest/slogate'))).toBe(false)
})

test('runs in the projects that have the plugin [T26]', limit, async () => {
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
  })
  const { code, text } = await project.vitest(['bench', '--run'])
  expect(code).toBe(0)
  expect(text).toContain('api (bench)')
  expect(text).not.toContain('web (bench)')
  expect(text).toMatch(/Tests +2 passed/)
})

test(
  'does not retry: a load is sent once, however often vitest is told to try',
  limit,
  async () => {
    const listener = wrongAnswers['http_status 503']
    if (listener === undefined) throw new Error('no such answer')
    const server = await serve(listener)
    const project = createProject({
      'vitest.config.ts': config,
      'chat.bench.yaml': chatSpec(['success_rate >= 90%']),
    })
    const { code } = await project.vitest(['bench', '--run', '--retry=3'], {
      SLOGATE_URL: server.url,
    })
    await server.close()
    expect(code).toBe(1)
    expect(server.requests()).toBe(64)
  },
)

test('a spec that a test imports as data does not run there', limit, async () => {
  const project = createProject({
    'vitest.config.ts': config,
    'chat.bench.yaml': chatSpec(['success_rate >= 90%']),
    'data.bench.ts': `
      import { expect, test } from 'vitest'
      import spec from './chat.bench.yaml'
      test('is data', () => expect(spec.name).toBe('chat'))
    `,
  })
  const { text } = await project.vitest(['bench', '--run', 'data.bench.ts'])
  expect(text).toContain('data.bench.ts (1 test)')
  expect(text).toMatch(/Tests +1 passed/)
})

test(
  'defineBench runs on the same path, and a miss points at its bound [S1.19]',
  limit,
  async () => {
    const project = createProject({
      'vitest.config.ts': config,
      'typed.bench.ts': `
      import { defineBench, gte, lte } from ${JSON.stringify(join(import.meta.dirname, '../../src/vitest/index.ts'))}
      import { expect } from 'vitest'
      defineBench({
        url: '/v1/chat/completions',
        body: { messages: [{ role: 'user', content: 'hi' }], stream: true, max_tokens: 4 },
        concurrency: 4,
        requests: 40,
        mock: { profile: 'vllm', ttft: '20ms' },
        slo: {
          requests_per_second: gte('1000000/s'),
          ttft: { p50: lte('5s') },
        },
      }, ({ test }) => test('sees the results', ({ summary }) => expect(summary.requests.total).toBe(40)))
    `,
    })
    const { code, text } = await project.vitest(['bench', '--run'])
    expect(code).toBe(1)
    expect(text).toContain('❯ typed.bench.ts:11:')
    expect(text).toContain('✓ ttft p50 <= 5s')
    expect(text).toContain('✓ sees the results')
  },
)

test('defineBench reports every mistake of its definition', limit, async () => {
  const project = createProject({
    'vitest.config.ts': config,
    'typed.bench.ts': `
      import { defineBench } from ${JSON.stringify(join(import.meta.dirname, '../../src/vitest/index.ts'))}
      defineBench({ url: '/v1', mock: {}, concurrency: 0, slo: ['tftt p95 <= 1s'] })
    `,
  })
  const { code, text } = await project.vitest(['bench', '--run'])
  expect(code).toBe(1)
  expect(text).toContain('concurrency')
  expect(text).toContain('ttft')
})

test.each(['unreachable', ...Object.keys(wrongAnswers)])(
  'a target that is %s never passes and leaves no stack trace',
  limit,
  async (name) => {
    const listener = wrongAnswers[name]
    const server = listener === undefined ? undefined : await serve(listener)
    const project = createProject({
      'vitest.config.ts': config,
      'chat.bench.yaml': chatSpec(['success_rate >= 90%', 'ttft p90 <= 5s']),
    })
    const { code, text } = await project.vitest(['bench', '--run'], {
      SLOGATE_URL: server?.url ?? (await refusingUrl()),
    })
    await server?.close()
    const kind = listener === undefined ? 'connect' : (name.split(' ')[0] ?? '')
    expect(code).toBe(1)
    expect(text).toContain(kind)
    expect(text).not.toMatch(/✓ (success_rate|ttft)/)
    expect(text).not.toMatch(/^ +at /m)
    const { verdict, summary } = JSON.parse(project.read('.vitest/slogate/chat/results.json'))
    expect(verdict).toMatchObject({ status: 'ERROR', exit_code: 4 })
    expect(summary.failures).toMatchObject([{ kind, count: 60 }])
  },
)

test('undecided blocks a release and only shows on a pull request', limit, async () => {
  const project = createProject({ 'vitest.config.ts': config })
  project.write('chat.bench.yaml', chatSpec(['success_rate >= 99%'], 'gate: { policy: pr }'))
  const pr = await project.vitest(['bench', '--run'])
  expect(pr.text).toMatch(/Tests +1 passed \| 1 skipped/)
  expect(pr.text).toMatch(/\? success_rate >= 99%/)
  expect(pr.code).toBe(0)
  project.write('chat.bench.yaml', chatSpec(['success_rate >= 99%'], 'gate: { policy: release }'))
  const release = await project.vitest(['bench', '--run'])
  expect(release.text).toContain('SLOInconclusive')
  expect(release.code).toBe(1)
})

test('Ctrl-C writes what was measured and exits with 130', limit, async () => {
  const project = createProject({
    'vitest.config.ts': config,
    'chat.bench.yaml': chatSpec(['success_rate >= 90%'], 'requests: 100000').replace(
      'requests: 60\n',
      '',
    ),
  })
  const running = project.start(['bench', '--run'])
  await expect.poll(running.text, { timeout: 30_000 }).toContain('in flight')
  running.child.kill('SIGINT')
  const { code, text } = await running.done
  const results = JSON.parse(project.read('.vitest/slogate/chat/results.json'))
  expect(results).toMatchObject({
    end: { kind: 'interrupted' },
    verdict: { status: 'ERROR', exit_code: 130 },
  })
  expect(results.summary.requests.completed).toBeGreaterThan(0)
  expect(text).toContain('ERROR  chat')
  expect(code).toBe(130)
})

test('watch mode runs again when the spec or its data changes', limit, async () => {
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
  await expect.poll(runs, { timeout: 30_000 }).toBe(1)
  project.write('chat.bench.yaml', project.read('chat.bench.yaml').replace('60', '50'))
  await expect.poll(runs, { timeout: 30_000 }).toBe(2)
  project.write('prompts.csv', 'content\nhello\nworld\n')
  await expect.poll(runs, { timeout: 30_000 }).toBe(3)
  running.child.kill('SIGTERM')
  await running.done
})

test('watch mode sends nothing to a target that is not the mock', limit, async () => {
  const server = await serve((_request, response) => response.end())
  const project = createProject({
    'vitest.config.ts': config,
    'chat.bench.yaml': chatSpec(['success_rate >= 90%']),
  })
  const running = project.start(['bench', '--watch'], { SLOGATE_URL: server.url })
  await expect.poll(running.text, { timeout: 30_000 }).toContain('watch mode sends no load')
  running.child.kill('SIGTERM')
  await running.done
  await server.close()
  expect(server.requests()).toBe(0)
})

test('no frame shows a secret that stands next to the line it points at', limit, async () => {
  const secret = 'sk-literal-0123456789'
  const project = createProject({ 'vitest.config.ts': config })
  const header = `headers: { Authorization: "Bearer ${secret}" }`
  for (const slo of [impossible, 'latency p50 <= 1']) {
    project.write('chat.bench.yaml', chatSpec([slo], header))
    const { code, text } = await project.vitest(['bench', '--run'])
    expect(code).toBe(1)
    expect(text).toContain('chat.bench.yaml:9:')
    expect(text).toContain(slo)
    expect(text).not.toContain(secret)
  }
})

test(
  'a plugin at the root serves the projects below it, each into a folder of its own',
  limit,
  async () => {
    const project = createProject({
      'vitest.config.ts': config.replace(
        'plugins: [slogate()]',
        `plugins: [slogate()], test: { projects: [
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
    for (const name of ['one', 'two']) {
      const results = JSON.parse(project.read(`.vitest/slogate/${name}/${name}/chat/results.json`))
      expect(results.spec.file).toBe(`${name}/chat.bench.yaml`)
    }
  },
)

test('leaves the output of a reporter that a program reads alone', limit, async () => {
  const project = createProject({
    'vitest.config.ts': config,
    'chat.bench.yaml': chatSpec(['success_rate >= 90%']),
  })
  const running = project.start(['bench', '--run', '--reporter=tap'])
  let stdout = ''
  running.child.stdout?.on('data', (part: string) => {
    stdout += part
  })
  const { code, text } = await running.done
  expect(code).toBe(0)
  expect(stdout).toMatch(/^TAP version 13\n/)
  expect(stdout).not.toContain('PASS  chat')
  expect(text).toContain('PASS  chat')
})

test('a definition without the plugin says what is missing', limit, async () => {
  const project = createProject({
    'vitest.config.ts': 'export default {}',
    'typed.bench.ts': `
      import { defineBench } from ${JSON.stringify(join(import.meta.dirname, '../../src/vitest/index.ts'))}
      defineBench({ url: '/v1', mock: {}, slo: ['success_rate >= 90%'] })
    `,
  })
  const { code, text } = await project.vitest(['bench', '--run'])
  expect(code).toBe(1)
  expect(text).toContain('Add slogate() to the plugins of the vitest config')
})

test(
  'writes a junit.xml without what strict schemas forbid when it is told to',
  limit,
  async () => {
    const project = createProject({
      'vitest.config.ts': config.replace(
        'slogate()',
        `slogate({ junit: 'strict', out: 'results' })`,
      ),
      'chat.bench.yaml': chatSpec(['success_rate >= 90%']),
    })
    const { code } = await project.vitest(['bench', '--run'])
    expect(code).toBe(0)
    for (const file of ['results/junit.xml', 'results/chat/junit.xml']) {
      const xml = project.read(file)
      expect(xml).toContain('<testcase')
      expect(xml).not.toMatch(/<testcase[^>]*file=/)
    }
  },
)

test('Ctrl-C in one vitest leaves the runs of another alone', limit, async () => {
  const long = chatSpec(['success_rate >= 90%']).replace('requests: 60', 'requests: 400')
  const project = createProject({
    'vitest.config.ts': config,
    'one.bench.yaml': long.replace('400', '100000'),
    'two.bench.yaml': long,
  })
  const one = project.start(['bench', '--run', 'one.bench'])
  const two = project.start(['bench', '--run', 'two.bench'])
  for (const running of [one, two]) {
    await expect.poll(running.text, { timeout: 30_000 }).toContain('in flight')
  }
  one.child.kill('SIGINT')
  expect((await one.done).code).toBe(130)
  const { code, text } = await two.done
  expect(text).toContain('PASS  two')
  expect(code).toBe(0)
})

test(
  'runs in a process of its own also where tests run in threads, so that Ctrl-C reaches it',
  limit,
  async () => {
    const project = createProject({
      'vitest.config.ts': config.replace('plugins:', `test: { pool: 'threads' }, plugins:`),
      'chat.bench.yaml': chatSpec(['success_rate >= 90%']).replace('60', '100000'),
    })
    const running = project.start(['bench', '--run'])
    await expect.poll(running.text, { timeout: 30_000 }).toContain('in flight')
    running.child.kill('SIGINT')
    expect((await running.done).code).toBe(130)
    const results = JSON.parse(project.read('.vitest/slogate/chat/results.json'))
    expect(results.end.kind).toBe('interrupted')
  },
)

test('no reporter of vitest prints what is not there', limit, async () => {
  const project = createProject({
    'vitest.config.ts': config,
    'chat.bench.yaml': chatSpec([impossible]),
  })
  const { text } = await project.vitest(['bench', '--run', '--reporter=verbose'])
  expect(text).toContain('SLOViolation')
  expect(text).not.toContain('Serialized Error')
})

test(
  'specs that differ in nothing but their ending or not at all get folders of their own [T19]',
  limit,
  async () => {
    const definition = `defineBench({
    url: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'hi' }], stream: true, max_tokens: 2 },
    requests: 20, concurrency: 4, mock: { profile: 'vllm', ttft: '5ms' }, slo: ['success_rate >= 50%'],
  })`
    const project = createProject({
      'vitest.config.ts': config,
      'chat.bench.yaml': chatSpec(['success_rate >= 50%']),
      'chat.bench.ts': `
      import { defineBench } from ${JSON.stringify(join(import.meta.dirname, '../../src/vitest/index.ts'))}
      ${definition}
      ${definition}
    `,
    })
    const { code } = await project.vitest(['bench', '--run'])
    expect(code).toBe(0)
    for (const folder of ['chat.yaml', 'chat.ts', 'chat.ts-2']) {
      expect(existsSync(join(project.folder, '.vitest/slogate', folder, 'results.json'))).toBe(true)
    }
  },
)

test('a glob that brings in files of another name is refused', limit, async () => {
  const project = createProject({
    'vitest.config.ts': config.replace('slogate()', `slogate({ include: ['slo/*.yaml'] })`),
  })
  const { code, text } = await project.vitest(['bench', '--run'])
  expect(code).toBe(1)
  expect(text).toContain('include takes globs of files whose names end in .bench.yaml')
})
