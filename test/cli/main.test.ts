import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { writeArtifacts } from '../../src/run/artifacts.ts'
import { serve } from '../_server.ts'
import { find, simulate } from '../report/html/_findings.ts'
import { createFolder } from './_folder.ts'
import { call, type Output } from './_terminal.ts'

test('says what there is, and what a command does', async () => {
  const help = await call(['--help'])
  expect(help.code).toBe(0)
  const commands = [
    'run',
    'compare',
    'validate',
    'calibrate',
    'report',
    'explain',
    'github',
    'mock',
    'schema',
  ]
  for (const command of commands) {
    expect(help.text).toContain(`  ${command} `)
    const own = await call([command, '--help'])
    expect(own).toMatchObject({ code: 0 })
    expect(own.text).toContain(`Usage: slogate ${command}`)
  }
  expect((await call(['--version'])).text).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test.each([
  [[], 'Usage: slogate COMMAND'],
  [['rnu'], 'there is no command "rnu". Did you mean "run"?'],
  [['run'], 'needs a spec (-c FILE) or a target (-u URL)'],
  [['run', '--nope'], 'there is no option "--nope"'],
  [
    ['run', '-u', 'http://127.0.0.1:1', '-n', '0'],
    '--requests must be a whole number from 1 on, got "0"',
  ],
  [['run', '-c', 'missing.yaml'], 'missing.yaml: there is no such file'],
  [['run', '-u', 'ftp://host/x'], 'url'],
  [['run', '-u', 'http://127.0.0.1:1', '--junit', 'loose'], '--junit must be rich or strict'],
  [['calibrate', '--noise'], '--noise needs a target: -u URL, or a spec without mock'],
  [['calibrate', '-p', 'many'], '--concurrency must be a whole number from 1 on, got "many"'],
  [['validate'], 'needs at least one file'],
  [
    ['compare', 'one.json'],
    'there is no earlier run beside one.json: needs a baseline and a candidate',
  ],
  [['compare', 'one.json', 'two.json'], 'one.json: there is no such file'],
  [['compare', 'http://a', 'two.json'], 'http://a is a target, which takes a spec'],
  [
    ['compare', '-c', 'x.yaml', 'http://a', 'two.json'],
    'with -c both must be URLs, got "two.json"',
  ],
  [
    ['compare', 'a', 'b', '--max-regression', '10'],
    'must be a percentage below 100 like 10%, got "10"',
  ],
  [['github'], 'works in a job of GitHub Actions'],
  [['explain'], 'needs a results.json or its folder'],
  [['explain', 'missing'], 'missing: there is no such file'],
  [['explain', '.'], 'there is no results.json in this folder'],
  [['explain', 'x', '--in', 'vllm'], 'there is no option "--in"'],
  [
    ['explain', 'x', '--as', 'guidellm', '--goodput', 'stall=1s'],
    '--goodput must be bounds of ttft',
  ],
  [
    ['explain', 'x', '--as', 'guidellm', '--goodput', 'ttft=1s,ttft=2s'],
    '--goodput must be bounds',
  ],
  [['explain', 'x', '--as', 'guidellm', '--goodput', 'ttft=fast'], '--goodput must be bounds'],
  [['mock', '--port', '99999999'], 'port'],
  [['mock', '--options', '[]'], '--options must be a JSON object'],
  [['mock', '--ttft', 'soon'], 'ttft'],
])('slogate %j is a usage error that says what is wrong [T13]', async (args, words) => {
  const { code, text } = await call(args, { cwd: createFolder({}) })
  expect(text).toContain(words)
  expect(text).not.toMatch(/^ +at /m)
  expect(code).toBe(3)
})

test('validate sends nothing, lists every problem and warns of what can never pass', async () => {
  const server = await serve((_request, response) => response.end())
  const url = `url: ${server.url}/v1`
  const folder = createFolder({
    'good.yaml': `${url}\nrequests: 100\nslo: [latency p99 <= 1s]\n`,
    'bad.yaml': `${url}\nconcurrency: none\nslo: [tftt p95 <= 1s]\n`,
  })
  const good = await call(['validate', 'good.yaml'], { cwd: folder })
  expect(good.code).toBe(0)
  expect(good.text).toContain('299')
  const bad = await call(['validate', 'good.yaml', 'bad.yaml'], { cwd: folder })
  await server.close()
  expect(bad.code).toBe(3)
  expect(bad.text).toContain('bad.yaml:2:')
  expect(bad.text).toContain('Did you mean "ttft"?')
  expect(server.requests()).toBe(0)
})

test('explain shows the arithmetic of what was run, of one SLO or of all', async () => {
  const slos = ['success_rate >= 90%', { assert: 'ttft p50 <= 5s', id: 'first' }]
  const folder = createFolder({})
  const run = 'out/chat'
  writeArtifacts(join(folder, run), find(simulate(60, { failing: 1000 }), slos))
  const explain = (...args: string[]): Promise<Output> =>
    call(['explain', ...args], { cwd: folder })
  const all = await explain(run)
  expect(all.code).toBe(0)
  expect(all.text.match(/computed anew, every figure agrees/g)).toHaveLength(2)
  const one = await explain(`${run}/results.json`, 'first')
  expect(one.text).toContain('chat: ttft p50 <= 5s')
  expect(one.text).not.toContain('success_rate')
  const none = await explain(run, 'second')
  expect(none.code).toBe(3)
  expect(none.text).toContain(
    "there is no SLO 'second'. There are:\n  success_rate >= 90%\n  first",
  )

  const theirs = await explain(run, '--as', 'vllm')
  expect(theirs.text).toMatch(
    /chat as vllm bench serve would report it\n {2}requests completed: 60/,
  )
  expect(theirs.code).toBe(0)
  const bounds = ['--goodput', 'ttft=1s, latency=60s']
  const goodput = await explain(run, '--as', 'guidellm', ...bounds)
  expect(goodput.text).toContain('of each request: ttft ≤ 1.00s, latency ≤ 60.0s')
  expect(goodput.text).toMatch(/slo_attainment +\d/)
  for (const args of [['--as', 'vllm', ...bounds], bounds]) {
    const { code, text } = await explain(run, ...args)
    expect(text).toContain('--goodput goes with --as and one of `guidellm`')
    expect(code).toBe(3)
  }
  const unknown = await explain(run, '--as', 'wrk')
  expect(unknown.text).toContain('--as must be vllm, aiperf,')
  expect(unknown.code).toBe(3)

  const text = readFileSync(join(folder, run, 'results.json'), 'utf8')
  const write = (name: string, content: string): void => writeFileSync(join(folder, name), content)
  write('results.json', text)
  const alone = await explain('.', '--as', 'vllm')
  expect(alone.text).toContain('there is no requests.ndjson.gz beside results.json')
  expect(alone.code).toBe(3)
  write('changed.json', text.replace(/"exceedances": 0/, '"exceedances": 9'))
  const changed = await explain('changed.json')
  expect(changed.text).toContain('in results.json and')
  expect(changed.code).toBe(4)
  write('other.json', text.replace('"schema_version": 2', '"schema_version": 1'))
  const other = await explain('other.json')
  expect(other.text).toContain('other.json:2:21: schema_version: must be 2, got 1')
  expect(other.code).toBe(3)
})

test('compares stored results, and says what keeps them from being compared', async () => {
  const folder = createFolder({})
  const { results } = find(simulate(60))
  const real = { ...results, target: { ...results.target, hermetic: false } }
  const mock = { ...results, target: { ...results.target, hermetic: true } }
  writeFileSync(join(folder, 'mock.json'), JSON.stringify(mock))
  writeFileSync(join(folder, 'real.json'), JSON.stringify(real))
  const files = ['compare', 'mock.json', 'real.json', '--json']
  const { code, stdout } = await call(files, { cwd: folder })
  expect(JSON.parse(stdout)).toMatchObject({
    comparable: false,
    differences: [{ fact: 'target', baseline: 'mock', candidate: 'real' }],
  })
  expect(code).toBe(0)
  expect((await call([...files, '--policy', 'release'], { cwd: folder })).code).toBe(2)
})

test('validate tells how far prompts repeat, and which PASS of a release will not stand', async () => {
  const release = 'gate: { policy: release }'
  const folder = createFolder({
    'two.csv': 'q\nWhat is the tide?\nWho was Ada?\n',
    'two.yaml': repeatSpec(rowsOf(''), release),
    'pr.yaml': repeatSpec(rowsOf('')),
    'allowed.yaml': repeatSpec(rowsOf(', repeats: allowed'), release),
    'bust.yaml': repeatSpec(rowsOf(''), release, 'cache: bust'),
    'shared.yaml': repeatSpec(rowsOf(''), release, 'cache: { shared: 64 }'),
    'timed.yaml': repeatSpec(rowsOf(''), release, 'duration: 9s').replace('requests: 300\n', ''),
  })
  const planOf = async (name: string): Promise<string> =>
    (await call(['validate', `${name}.yaml`], { cwd: folder })).stdout
  const repeats =
    'repeats  300 of 300 requests have the prompt of an earlier one, so that a cache may know 100.0% of what is asked'
  const warning =
    'warning: cache: 300 of 300 requests have the prompt of an earlier one, so that a cache may know 100.0% of what is asked: a PASS will be INCONCLUSIVE under policy release; write cache: bust'
  expect(await planOf('two')).toContain(repeats)
  expect(await planOf('two')).toContain(warning)
  expect(await planOf('pr')).toContain(repeats)
  expect(await planOf('pr')).not.toContain('warning')
  expect(await planOf('allowed')).toContain(`${repeats}, as the spec allows\n`)
  expect(await planOf('allowed')).not.toContain('warning')
  expect(await planOf('bust')).toContain(
    'repeats  no prompt: each begins with a marker of its own\n',
  )
  expect(await planOf('bust')).not.toContain('warning')
  expect(await planOf('shared')).toContain(
    'repeats  the first 64 words of each prompt, and nothing behind them\n',
  )
  expect(await planOf('timed')).toContain('repeats  unknown: it depends on how many requests')

  const json = async (name: string): Promise<unknown> =>
    JSON.parse(
      (await call(['run', '-c', `${name}.yaml`, '--dry-run', '--json'], { cwd: folder })).stdout,
    )
  expect(await json('two')).toMatchObject({
    cache: null,
    repetition: { requests: 300, repeated: 300, different: 2, share: 1 },
  })
  expect(await json('shared')).toMatchObject({ cache: { shared: 64 }, repetition: null })
})

/** A spec of 300 requests, with more lines. */
function repeatSpec(...lines: string[]): string {
  return [
    'url: http://127.0.0.1:1/v1/chat/completions',
    "body: { messages: [{ role: user, content: '{{q}}' }], stream: true }",
    'requests: 300',
    'slo: [success_rate >= 95%]',
    ...lines,
  ].join('\n')
}

function rowsOf(more: string): string {
  return `data_source: { type: csv, file: two.csv${more} }`
}
