import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { templateNames } from '../../src/cli/templates.ts'
import { createFolder } from './_folder.ts'
import { call } from './_terminal.ts'

test.each(templateNames)(
  'the spec of %s is valid without a warning, and bounds the first token by a second where there is one [S1.40]',
  async (template) => {
    const cwd = createFolder({})
    const { code, stdout } = await call(['init', '--template', template], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain(`written  bench/${template}.bench.yaml\n`)
    const spec = `bench/${template}.bench.yaml`
    const validated = await call(['validate', spec], { cwd })
    expect([validated.code, validated.stderr]).toEqual([0, ''])
    expect(validated.stdout).not.toMatch(/warning|note/)
    expect(validated.stdout).toContain('to the bundled mock')
    const text = readFileSync(join(cwd, spec), 'utf8')
    expect(text.includes('  - ttft p95 <= 1s\n')).toBe(!text.includes('stream_format: json'))
    expect(text).toContain('  - latency p95 <= 10s\n')
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/node_modules\/slogate\/schema\//)
  },
)

test('nothing that is there is written to, and what to add to it is said', async () => {
  const files = {
    'vite.config.ts': 'export default {}\n',
    'bench/openai.csv': 'own\n',
    '.github/workflows/slogate.yml': 'own\n',
    'package.json': '{"devDependencies":{"vitest":"5"}}',
  }
  const cwd = createFolder(files)
  const { stdout } = await call(['init', '--yes'], { cwd })
  for (const [name, content] of Object.entries(files)) {
    expect(readFileSync(join(cwd, name), 'utf8')).toBe(content)
  }
  expect(stdout).toContain(
    "kept     vite.config.ts: add to it  import slogate from 'slogate/vitest'",
  )
  expect(stdout).toContain('kept     bench/openai.csv\n')
  expect(stdout).toContain('kept     .github/workflows/slogate.yml\n')
  expect(stdout).toContain('written  bench/openai.bench.yaml\n')
  expect(stdout).toContain('  npm i -D slogate\n')
  const again = await call(['init', '--yes'], { cwd })
  expect(again.stdout).not.toContain('written')
})

test('a target of one’s own is written as such, its mock as a comment, the key as a variable', async () => {
  const cwd = createFolder({})
  const url = 'https://llm.example.com/v1/chat/completions?a=b#c: d'
  const options = ['--url', url, '--model', 'my: model', '--name', 'own', '--no-workflow']
  const { stdout } = await call(['init', '--template', 'openai', ...options], { cwd })
  expect(stdout).toContain('The key comes from the variable OPENAI_API_KEY.')
  expect(stdout).not.toContain('workflows')
  const text = readFileSync(join(cwd, 'bench/own.bench.yaml'), 'utf8')
  expect(text).toContain('\n# mock: {')
  const missing = await call(['validate', 'bench/own.bench.yaml'], { cwd })
  expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('OPENAI_API_KEY')])
  const env = { OPENAI_API_KEY: 'sk-0123456789-abcdefgh' }
  const { code, stdout: plan } = await call(['validate', 'bench/own.bench.yaml'], { cwd, env })
  expect(code).toBe(0)
  expect(plan).toContain('10 at a time, to https://llm.example.com/v1/chat/completions?a=b')
  expect(plan).not.toContain('0123456789')
})

test.each([
  [['--template', 'opnai'], 'Did you mean "openai"?'],
  [['--url', 'localhost:8000'], '--url must be a URL of http or https, got "localhost:8000"'],
  [['--name', '../up'], '--name must be of letters'],
  [['--dir', 'file'], 'file: cannot be written: a file stands where a folder is needed'],
  [['--dir', 'taken'], 'bench: cannot be written: a file stands where a folder is needed'],
])('init %j is one sentence, and code 3', async (args, sentence) => {
  const cwd = createFolder({ file: '', 'taken/bench': '' })
  const { code, stderr } = await call(['init', ...args], { cwd })
  expect(stderr).toContain(sentence)
  expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2)
  expect(code).toBe(3)
})

test('a config that has the plugin needs nothing', async () => {
  const cwd = createFolder({})
  mkdirSync(join(cwd, 'app'))
  writeFileSync(join(cwd, 'app/vitest.config.ts'), "import slogate from 'slogate/vitest'\n")
  const { stdout } = await call(['init', '--dir', 'app', '--template', 'raw'], { cwd })
  expect(stdout).toContain('kept     vitest.config.ts\n')
  expect(stdout).toContain('Next:\n  cd app\n')
})
