import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  version: string
  bin: { slogate: string }
  dependencies: Record<string, string>
}

/** Outside of the repository, so that nothing of it is found by looking upwards. */
const folder = mkdtempSync(join(tmpdir(), 'slogate-package-'))
const checkout = join(folder, 'checkout')
const project = join(folder, 'project')
const modules = join(project, 'node_modules')
const limit = { timeout: 60_000 }

/** Bytes, unpacked: what it was when this was written, and 30 % for what comes. */
const sizeLimit = 795_000

let packed: { files: { path: string }[]; unpackedSize: number }

const spec = `
url: /v1/chat/completions
body: { messages: [{ role: user, content: hi }], stream: true, max_tokens: 4 }
stream_format: openai-chat
concurrency: 2
requests: 20
mock: { profile: vllm, ttft: 5ms, itl: 1ms }
gate: { policy: point }
slo: [success_rate >= 90%]
`

const files: Record<string, string> = {
  'package.json': '{ "name": "user", "type": "module" }',
  'vitest.config.js': `
import slogate from 'slogate/vitest'
import { defineConfig } from 'vitest/config'
export default defineConfig({ plugins: [slogate()] })
`,
  'bench/chat.bench.yaml': spec,
  'bench/typed.bench.ts': `
import { defineBench, gte, lte } from 'slogate/vitest'
import { expect } from 'vitest'
defineBench(
  {
    url: '/stream/raw',
    concurrency: 2,
    requests: 20,
    mock: { profile: 'vllm', ttft: '5ms', itl: '1ms' },
    gate: { policy: 'point' },
    slo: { success_rate: gte('90%'), ttft: { p90: lte('30s') } },
  },
  ({ test }) => {
    test('answers all', ({ summary }) => expect(summary.requests.completed).toBe(20))
  },
)
`,
  'exports.js': `
const names = {}
for (const entry of ['slogate', 'slogate/vitest', 'slogate/mock']) {
  names[entry] = Object.keys(await import(entry)).toSorted()
}
console.log(JSON.stringify(names))
`,
  'run.js': `
import { loadSpec, runBench } from 'slogate'
const { results } = await runBench(loadSpec('bench/chat.bench.yaml', { env: {} }))
console.log(JSON.stringify(results))
`,
  'mock.js': `
import { startMock } from 'slogate/mock'
const mock = await startMock({ ttft: '1ms', itl: '1ms', tokens: 3 })
const response = await fetch(mock.url + '/v1/chat/completions', {
  method: 'POST',
  body: JSON.stringify({ stream: true, messages: [{ role: 'user', content: 'hi' }] }),
})
const stream = await response.text()
const [sent] = await mock.truth()
await mock.stop()
console.log(JSON.stringify({ done: stream.endsWith('data: [DONE]\\n\\n'), tokens: sent.tokens.completion }))
`,
  'schema.js': `
import { readFileSync } from 'node:fs'
for (const name of ['bench', 'results']) {
  const file = import.meta.resolve('slogate/schema/' + name + '.schema.json')
  console.log(JSON.stringify(JSON.parse(readFileSync(new URL(file)))))
}
`,
}

beforeAll(async () => {
  for (const name of [
    'package.json',
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'schema',
    'fixtures/scenarios',
    'src',
    'test',
  ]) {
    const from = join(repository, name)
    if (existsSync(from)) cpSync(from, join(checkout, name), { recursive: true })
  }
  const tsc = join(repository, 'node_modules/typescript/bin/tsc')
  await node([tsc, '-p', join(repository, 'src'), '--outDir', join(checkout, 'dist')], repository)
  const report = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], checkout)
  packed = JSON.parse(report.stdout)[0]

  for (const { path } of packed.files) {
    cpSync(join(checkout, path), join(modules, 'slogate', path))
  }
  for (const name of [...Object.keys(manifest.dependencies), 'vitest']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(repository, 'node_modules', name), join(modules, name), 'dir')
  }
  mkdirSync(join(modules, '.bin'))
  symlinkSync(join(modules, 'slogate', manifest.bin.slogate), join(modules, '.bin/slogate'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(project, name)), { recursive: true })
    writeFileSync(join(project, name), content)
  }
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the package holds what is built, the schemas and the documents, and nothing else [S1.53]', () => {
  const paths = packed.files.map(({ path }) => path)
  const expected =
    /^(dist\/.+\.(js|d\.ts)|docs\/.+\.md|schema\/.+\.schema\.json|fixtures\/scenarios\/[\w-]+\.json|LICENSE|README\.md|CHANGELOG\.md|package\.json)$/
  expect(paths.filter((path) => !expected.test(path))).toEqual([])
  expect(paths).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'package.json',
      'schema/bench.schema.json',
      'schema/results.schema.json',
    ]),
  )
  expect(readFileSync(join(modules, 'slogate/LICENSE'), 'utf8')).toMatch(/^MIT License/)
  expect(packed.unpackedSize).toBeLessThan(sizeLimit)
})

test('exports these names', limit, async () => {
  expect(JSON.parse(await script('exports.js'))).toMatchInlineSnapshot(`
    {
      "slogate": [
        "SpecError",
        "checkSpec",
        "loadSpec",
        "runBench",
        "warningsOf",
        "writeArtifacts",
      ],
      "slogate/mock": [
        "startMock",
      ],
      "slogate/vitest": [
        "default",
        "defineBench",
        "gte",
        "lte",
      ],
    }
  `)
})

test('vitest runs a YAML spec and a bench.ts with the plugin [S1.19] [T26]', limit, async () => {
  const vitest = join(modules, 'vitest/vitest.mjs')
  const { code, stdout, stderr } = await node([vitest, 'bench', '--run'])
  expect(stdout + stderr).toContain('PASS  chat')
  expect(stdout + stderr).toContain('PASS  typed')
  expect(stdout).toMatch(/Tests +6 passed/)
  expect(code).toBe(0)
  expect(existsSync(join(project, '.vitest/slogate/bench/chat/results.json'))).toBe(true)
})

test('the command runs by the link that a package manager makes', limit, async () => {
  const slogate = join(modules, '.bin/slogate')
  expect(readFileSync(slogate, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  expect(await node([slogate, '--version'])).toMatchObject({ stdout: `${manifest.version}\n` })
  const valid = await node([slogate, 'validate', 'bench/chat.bench.yaml'])
  expect(valid).toMatchObject({ code: 0, stderr: '' })
  expect(valid.stdout).toContain('bench/chat.bench.yaml: valid, 1 SLO')
  const passed = await node([slogate, 'run', '-c', 'bench/chat.bench.yaml', '--quiet'])
  expect(passed).toMatchObject({ code: 0, stderr: '' })
  expect(passed.stdout).toContain('PASS  chat')
})

test('a script runs a spec and gets its results [S0.29]', limit, async () => {
  expect(JSON.parse(await script('run.js'))).toMatchObject({
    end: { kind: 'finished' },
    verdict: { status: 'PASS' },
    summary: { requests: { completed: 20 } },
  })
})

test('a script starts the mock', limit, async () => {
  expect(JSON.parse(await script('mock.js'))).toEqual({ done: true, tokens: 3 })
})

test('the schema that editors read is the one that the command prints', limit, async () => {
  const [bench = '', results = ''] = (await script('schema.js')).split('\n')
  const printed = await node([join(modules, '.bin/slogate'), 'schema'])
  expect(JSON.parse(bench)).toEqual(JSON.parse(printed.stdout))
  expect(JSON.parse(results)).toMatchObject({ type: 'object' })
})

/** What a script of the project prints. */
async function script(name: string): Promise<string> {
  const { code, stdout, stderr } = await node([name])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

interface Output {
  code: number
  stdout: string
  stderr: string
}

function node(args: readonly string[], cwd: string = project): Promise<Output> {
  return run(process.execPath, args, cwd)
}

/** With an environment of its own: nothing of this test run, of a CI or of a user's npm gets in. */
function run(command: string, args: readonly string[], cwd: string): Promise<Output> {
  const env = { PATH: process.env.PATH, NO_COLOR: '1', npm_config_cache: join(folder, 'npm') }
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      if (typeof code === 'number') resolve({ code, stdout, stderr })
      else reject(error ?? new Error(command))
    })
  })
}
