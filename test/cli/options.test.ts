import { expect, test } from 'vitest'

import { readArguments, UsageError } from '../../src/cli/arguments.ts'
import { loadCommands } from '../../src/cli/commands.ts'
import type { Options } from '../../src/cli/option.ts'
import { concurrency, config, out, policy, requests, url } from '../../src/cli/shared-options.ts'
import { boolean, choices, duration, wholeNumber } from '../../src/cli/value-kind.ts'
import { call } from './_terminal.ts'

const commands = await loadCommands()

const files = { needed: 'files', least: 0, most: Infinity }

function read<const O extends Options>(args: readonly string[], options: O, env = {}) {
  return readArguments(args, { options, operands: files }, env)
}

test('the flags of the seeds are read, long and short [S1.14] [S1.15] [S1.16] [S1.17]', () => {
  const options = { config, url, requests, concurrency }
  const values = { config: 'a.json', url: 'http://host/x', requests: 50, concurrency: 10 }
  const short = ['-c', 'a.json', '-u', 'http://host/x', '-n', '50', '-p', '10']
  const long = ['--config', 'a.json', '--url', 'http://host/x', '--requests', '50']
  expect(read(short, options).values).toEqual(values)
  expect(read([...long, '--concurrency', '10'], options).values).toEqual(values)
  expect(read(['-n50', '--concurrency=10'], options).values).toMatchObject({
    requests: 50,
    concurrency: 10,
  })
})

test('an option that is not given is undefined, false, empty or its default', () => {
  const quiet = { description: '' }
  const options = { url, quiet, config: { ...config, repeated: true }, out } as const
  expect(read([], options).values).toEqual({
    url: undefined,
    quiet: false,
    config: [],
    out: '.vitest/slogate',
  })
})

test('a repeated option keeps all values in order, any other the last one', () => {
  const options = { config: { ...config, repeated: true }, requests } as const
  const args = ['-c', 'b', '-n', '1', 'c', '--config=a', '-n', '2', '--', '--requests']
  expect(read(args, options)).toEqual({
    values: { config: ['b', 'a'], requests: 2 },
    operands: ['c', '--requests'],
  })
})

test('a flag goes before its variable, the variable before the default, an empty one is none', () => {
  const env = { SLOGATE_OUT: 'there' }
  expect(read(['--out', 'here'], { out }, env).values.out).toBe('here')
  expect(read([], { out }, env).values.out).toBe('there')
  expect(read([], { out }, { SLOGATE_OUT: '' }).values.out).toBe('.vitest/slogate')
  const retries = { value: wholeNumber('N', 0), variable: 'RETRIES', description: '' }
  expect(() => read([], { retries }, { RETRIES: 'many' })).toThrow(
    new UsageError('RETRIES must be a whole number from 0 on, got "many"'),
  )
})

test('values are read by their kind', () => {
  const list = choices('LIST', ['html', 'junit', 'exports'])
  expect(list.read('exports, html')).toEqual(['html', 'exports'])
  expect(list.read('html,')).toBeUndefined()
  expect(duration.read('1.5s')).toBe(1500)
  expect(duration.read('40')).toBeUndefined()
  expect(boolean.read('true')).toBe(true)
  expect(boolean.read('false')).toBe(false)
  expect(boolean.read('')).toBeUndefined()
  const port = wholeNumber('N', 0, 65_535)
  expect(['0', '65535'].map(port.read)).toEqual([0, 65_535])
  for (const text of ['', ' ', '-1', '65536', '1.5', '1e3', '0x1', 'x']) {
    expect([text, port.read(text)]).toEqual([text, undefined])
  }
})

test.each([
  [['--reqests', '5'], 'there is no option "--reqests". Did you mean "--requests"?'],
  [['-requests=5'], 'there is no option "-requests". Did you mean "--requests"?'],
  [['-x'], 'there is no option "-x"'],
  [['--constructor', 'x'], 'there is no option "--constructor"'],
  [['--requests'], '--requests needs a value: N'],
  [['-n', '-p', '5'], '--requests needs a value, got "-p"; --requests=… takes one with a dash'],
  [['--requests=-5'], '--requests must be a whole number from 1 on, got "-5"'],
  [['-n', 'x'], '--requests must be a whole number from 1 on, got "x"'],
  [['-n', '0'], '--requests must be a whole number from 1 on, got "0"'],
  [['--url', ''], '--url must be a text, got ""'],
  [
    ['--policy', 'relase'],
    '--policy must be pr, release or point, got "relase". Did you mean "release"?',
  ],
  [['--quiet=yes'], '--quiet takes no value, got "yes"'],
])('%j is one sentence', (args, sentence) => {
  const options = { url, requests, concurrency, policy, quiet: { description: '' } }
  expect(() => read(args, options)).toThrow(new UsageError(sentence))
})

test('operands are counted', () => {
  const two = { needed: 'a baseline and a candidate', least: 2, most: 2 }
  const count = (args: readonly string[]) => readArguments(args, { options: {}, operands: two }, {})
  expect(count(['a', 'b']).operands).toEqual(['a', 'b'])
  expect(() => count([])).toThrow(new UsageError('needs a baseline and a candidate'))
  expect(() => count(['a', 'b', 'c'])).toThrow(
    new UsageError('needs a baseline and a candidate, got 3 of them'),
  )
  expect(() => readArguments(['a'], { options: {} }, {})).toThrow(
    new UsageError('takes options alone, got "a"'),
  )
})

test.each([
  [['rnu'], 'slogate: there is no command "rnu". Did you mean "run"?'],
  [['constructor'], 'slogate: there is no command "constructor".'],
  [['run', '-u', 'http://127.0.0.1', '--lcale', 'en'], 'there is no option "--lcale"'],
  [['run', '-u', 'http://127.0.0.1', '--locale', 'en'], '--locale needs --reporter seed'],
  [['run', '-u', 'http://127.0.0.1', '--history', 'x.txt'], '--history'],
  [['compare', 'a', 'b', '--max-regression', '100%'], '--max-regression must be a percentage'],
  [['validate'], 'slogate validate: needs at least one file'],
  [['calibrate', 'x'], 'slogate calibrate: takes options alone, got "x"'],
  [['report', 'a', 'b'], 'needs one results.json or its folder, got 2 of them'],
  [['report', 'a', '--format', 'html,pdf'], '--format must be some of html, junit,'],
  [['explain', 'x', '--as', 'vlm'], 'got "vlm". Did you mean "vllm"?'],
  [['github', '--mode', 'run'], 'works in a job of GitHub Actions'],
  [['mock', '--ttft', '40'], '--ttft must be a time with its unit, like 40ms or 1.5s, got "40"'],
  [['mock', '--fault', '{"kind"'], '--fault must be the name of a fault, or one as JSON'],
  [['mock', '--scenario', 'idael'], 'Did you mean ideal?'],
  [['schema', 'x'], 'takes options alone, got "x"'],
  [['completion', 'zhs'], 'the shell must be bash, zsh or fish, got "zhs"'],
])('slogate %j ends with 3 and a word of help', async (args, words) => {
  const { code, stdout, stderr } = await call(args)
  expect(stderr).toContain(words)
  expect(stderr).toMatch(/\nTry: slogate (\w+ )?--help\n$/)
  expect(stdout).toBe('')
  expect(code).toBe(3)
})

test('a mistake is no command of a CI', async () => {
  const { stderr } = await call(['compare', 'a', '::error::x', '-c', '\n::error::y', '-z'])
  expect(stderr).not.toMatch(/^::/m)
})

test('what runs without a target runs in process', async () => {
  const schema = await call(['schema'])
  expect(JSON.parse(schema.stdout)).toMatchObject({ type: 'object' })
  expect((await call(['mock', '--list'])).stdout).toMatch(/^ideal +\S/m)
  expect(await call(['--version'])).toEqual({
    code: 0,
    stdout: expect.any(String),
    stderr: '',
    text: expect.any(String),
  })
})

test('the mock serves in process until its signal, with the options of its flags', async () => {
  const stop = new AbortController()
  stop.abort('SIGTERM')
  const flags = ['--ttft', '1ms', '--tokens', '2', '--seed', '7', '--fault', 'bom', '--fault=pings']
  const { code, stdout, stderr } = await call(['mock', ...flags], { signal: stop.signal })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    pid: process.pid,
  })
  expect(code).toBe(0)
})

test('the words that an option takes are told in its description', () => {
  const untold = Object.values(commands).flatMap(({ options }) =>
    Object.entries(options).flatMap(([name, { value, description, default: preset }]) => {
      const words = typeof value?.offers === 'function' ? value.offers() : []
      if (words.length > 6 || value === boolean) return []
      const told = `${description} ${String(preset)}`
      return words.filter((word) => !told.includes(word)).map((word) => `--${name} ${word}`)
    }),
  )
  expect(untold).toEqual([])
})

test('a name has one letter and one kind of value in all commands, a letter one name', () => {
  const all = Object.values(commands).flatMap(({ options }) => Object.entries(options))
  for (const [name, { short, value }] of all) {
    const others = all.filter((each) => each[0] === name || each[1].short === (short ?? NaN))
    const same = [name, short, value?.name]
    expect(others.map(([name, { short, value }]) => [name, short, value?.name])).toEqual(
      others.map(() => same),
    )
  }
})
