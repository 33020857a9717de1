import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { expect, test } from 'vitest'

import { refusingUrl, serve, wrongAnswers } from '../_server.ts'
import { chatSpec, createProject } from '../e2e/_project.ts'

const limit = { timeout: 60_000 }

function namedSpec(name: string): string {
  return `name: "${name}"\n${chatSpec(['success_rate >= 90%'])}`
}

test('says what there is, and what a command does', limit, async () => {
  const project = createProject({})
  const help = await project.slogate(['--help'])
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
    const own = await project.slogate([command, '--help'])
    expect(own).toMatchObject({ code: 0 })
    expect(own.text).toContain(`Usage: slogate ${command}`)
  }
  expect((await project.slogate(['--version'])).text).toMatch(/^\d+\.\d+\.\d+\n$/)
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
  [['compare', 'one.json'], 'needs a baseline and a candidate, got 1 of them'],
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
  [['mock', '--port', '99999999'], 'port'],
  [['mock', '--options', '[]'], '--options must be a JSON object'],
  [['mock', '--ttft', 'soon'], 'ttft'],
])('slogate %j is a usage error that says what is wrong [T13]', limit, async (args, words) => {
  const { code, text } = await createProject({}).slogate(args)
  expect(text).toContain(words)
  expect(text).not.toMatch(/^ +at /m)
  expect(code).toBe(3)
})

test('a name and a file of a spec are no commands of a CI', limit, async () => {
  const project = createProject({
    'good.yaml': `name: '::error::x ##[error]y'\n${chatSpec(['success_rate >= 99.9%'])}`,
    '::error::z.yaml': chatSpec(['success_rate >= ##[error]']),
  })
  const good = await project.slogate(['run', '-c', 'good.yaml'])
  expect(good.text).toContain('error::x')
  expect(good.text).toContain('warning: success_rate')
  const bad = await project.slogate(['run', '-c', '::error::z.yaml'])
  expect(bad.text).toContain('error::z.yaml')
  expect(good.text + bad.text).not.toMatch(/^\s*::|##\w*\[/m)
})

test(
  'in a job of GitHub Actions a run tells the job, unless its output is read',
  limit,
  async () => {
    const project = createProject({
      'slow.yaml': chatSpec(['requests_per_second >= 1000000/s']),
      'summary.md': 'before\n',
    })
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: dirname(project.folder),
      GITHUB_STEP_SUMMARY: join(project.folder, 'summary.md'),
      SLOGATE_OUT: 'found',
    }
    const told = await project.slogate(['run', '-c', 'slow.yaml'], env)
    expect(told.code).toBe(1)
    const place = `file=${basename(project.folder)}/slow.yaml,line=9,col=5`
    expect(told.text).toMatch(
      new RegExp(`^::error title=slogate%3A FAIL,${place}::slow: 1 of 1`, 'm'),
    )
    expect(project.read('summary.md')).toMatch(/^before\n### ❌ FAIL – slow\n/)
    expect(project.read('found/summary.md')).toContain('FAIL – slow')
    expect(project.read('found/junit.xml')).toContain('slow')
    for (const [args, variables] of [
      [['--json'], env],
      [[], { ...env, GITHUB_ACTIONS: '' }],
      [[], { ...env, GITHUB_STEP_SUMMARY: '' }],
    ] as const) {
      const silent = await project.slogate(['run', '-c', 'slow.yaml', ...args], variables)
      expect(silent.text).not.toMatch(/^::/m)
    }
    expect(project.read('summary.md').match(/FAIL – slow/g)).toHaveLength(2)
  },
)

test('runs a spec without vitest and exits by its verdict [S0.31] [S2.2]', limit, async () => {
  const project = createProject({
    'good.yaml': chatSpec(['success_rate >= 90%']),
    'slow.yaml': chatSpec(['requests_per_second >= 1000000/s']),
    'undecided.yaml': chatSpec(['success_rate >= 99%'], 'gate: { policy: release }'),
    'broken.yaml': chatSpec(['success_rate >= about 90']),
  })
  const codes: Record<string, number | null> = {}
  for (const name of ['good', 'slow', 'undecided', 'broken']) {
    codes[name] = (await project.slogate(['run', '-c', `${name}.yaml`])).code
  }
  expect(codes).toEqual({ good: 0, slow: 1, undecided: 2, broken: 3 })
  const unreachable = await project.slogate(['run', '-c', 'good.yaml', '-u', await refusingUrl()])
  expect(unreachable.code).toBe(4)
  expect(unreachable.text).toContain('connect')
  for (const name of ['results.json', 'requests.ndjson.gz', 'junit.xml', 'summary.md']) {
    expect(existsSync(join(project.folder, '.vitest/slogate/slow', name))).toBe(true)
  }
})

test('several specs: a proven miss is said before the rest', limit, async () => {
  const project = createProject({
    'good.yaml': chatSpec(['success_rate >= 90%']),
    'slow.yaml': chatSpec(['requests_per_second >= 1000000/s']),
  })
  const { code, text } = await project.slogate(['run', '-c', 'slow.yaml', '-c', 'good.yaml'])
  expect(code).toBe(1)
  expect(text).toContain('PASS  good')
  expect(text).toContain('FAIL  slow')
})

test(
  'a url is enough: 100 requests, 10 at a time, {"stream": true} [S1.12] [S1.14] [S1.18] [S1.13] [S1.15] [S1.16] [S1.17]',
  limit,
  async () => {
    const bodies = new Set<string | undefined>()
    const server = await serve((request, response) => {
      bodies.add(request.headers['content-type'])
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.end('some text')
    })
    const project = createProject({})
    const { text } = await project.slogate([
      'run',
      '-u',
      `${server.url}/stream`,
      '--json',
      '--quiet',
    ])
    const results = JSON.parse(text.slice(text.indexOf('{')))
    expect(results.load).toMatchObject({ concurrency: 10, requests: 100 })
    expect(results.summary.requests.completed).toBe(100)
    expect([...bodies]).toEqual(['application/json'])
    const smaller = await project.slogate(['run', '-u', server.url, '-n', '7', '-p', '3', '--json'])
    await server.close()
    expect(JSON.parse(smaller.text.slice(smaller.text.indexOf('{'))).load).toMatchObject({
      concurrency: 3,
      requests: 7,
    })
  },
)

test('flags win over the environment, the environment over the spec [S1.4]', limit, async () => {
  const project = createProject({ 'chat.yaml': chatSpec(['success_rate >= 90%']) })
  const env = { SLOGATE_REQUESTS: '30', SLOGATE_CONCURRENCY: '2' }
  const args = ['run', '-c', 'chat.yaml', '--json', '--quiet', '-n', '20']
  const { text } = await project.slogate(args, env)
  expect(JSON.parse(text.slice(text.indexOf('{'))).load).toMatchObject({
    concurrency: 2,
    requests: 20,
  })
})

test('Ctrl-C writes what was measured and exits with 130, SIGTERM with 143', limit, async () => {
  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const project = createProject({
      'chat.yaml': chatSpec(['success_rate >= 90%']).replace('requests: 60', 'requests: 100000'),
    })
    const running = project.startSlogate(['run', '-c', 'chat.yaml'])
    // The mock is up and the load has run for a while when its process is there.
    await expect.poll(() => running.text(), { timeout: 30_000 }).toContain('in flight')
    running.child.kill(signal)
    const { code, text } = await running.done
    expect(code).toBe(expected)
    expect(text).toContain('ERROR  chat')
    const results = JSON.parse(project.read('.vitest/slogate/chat/results.json'))
    expect(results.end).toEqual({ kind: 'interrupted', reason: signal, why: signal })
    expect(results.summary.requests.completed).toBeGreaterThan(0)
  }
})

test.each(Object.keys(wrongAnswers))(
  'a target that answers with %s exits 4 and says so [T4] [T9] [T17]',
  limit,
  async (name) => {
    const listener = wrongAnswers[name]
    if (listener === undefined) throw new Error('no such answer')
    const server = await serve(listener)
    const project = createProject({ 'chat.yaml': chatSpec(['success_rate >= 90%']) })
    const { code, text } = await project.slogate(['run', '-c', 'chat.yaml', '-u', server.url])
    await server.close()
    expect(text).toContain(name.split(' ')[0])
    expect(text).not.toMatch(/^ +at /m)
    expect(code).toBe(4)
  },
)

test(
  'validate sends nothing, lists every problem and warns of what can never pass',
  limit,
  async () => {
    const server = await serve((_request, response) => response.end())
    const url = `url: ${server.url}/v1`
    const project = createProject({
      'good.yaml': `${url}\nrequests: 100\nslo: [latency p99 <= 1s]\n`,
      'bad.yaml': `${url}\nconcurrency: none\nslo: [tftt p95 <= 1s]\n`,
    })
    const good = await project.slogate(['validate', 'good.yaml'])
    expect(good.code).toBe(0)
    expect(good.text).toContain('299')
    const bad = await project.slogate(['validate', 'good.yaml', 'bad.yaml'])
    await server.close()
    expect(bad.code).toBe(3)
    expect(bad.text).toContain('bad.yaml:2:')
    expect(bad.text).toContain('Did you mean "ttft"?')
    expect(server.requests()).toBe(0)
  },
)

test('explain shows the arithmetic of what was run, of one SLO or of all', limit, async () => {
  const slos = ['success_rate >= 90%', '{ assert: ttft p50 <= 5s, id: first }']
  const project = createProject({ 'chat.yaml': chatSpec(slos) })
  await project.slogate(['run', '-c', 'chat.yaml', '--quiet'])
  const folder = '.vitest/slogate/chat'
  const all = await project.slogate(['explain', folder])
  expect(all.code).toBe(0)
  expect(all.text.match(/computed anew, every figure agrees/g)).toHaveLength(2)
  const one = await project.slogate(['explain', `${folder}/results.json`, 'first'])
  expect(one.text).toContain('chat: ttft p50 <= 5s')
  expect(one.text).not.toContain('success_rate')
  const none = await project.slogate(['explain', folder, 'second'])
  expect(none.code).toBe(3)
  expect(none.text).toContain(
    "there is no SLO 'second'. There are:\n  success_rate >= 90%\n  first",
  )

  const theirs = await project.slogate(['explain', folder, '--as', 'vllm'])
  expect(theirs.text).toMatch(
    /chat as vllm bench serve would report it\n {2}requests completed: 60/,
  )
  expect(theirs.code).toBe(0)
  const unknown = await project.slogate(['explain', folder, '--as', 'wrk'])
  expect(unknown.text).toContain('--as must be vllm, aiperf,')
  expect(unknown.code).toBe(3)

  const text = project.read(`${folder}/results.json`)
  project.write('elsewhere/results.json', text)
  const alone = await project.slogate(['explain', 'elsewhere', '--as', 'vllm'])
  expect(alone.text).toContain('there is no requests.ndjson.gz beside elsewhere/results.json')
  expect(alone.code).toBe(3)
  project.write('changed.json', text.replace(/"exceedances": 0/, '"exceedances": 9'))
  const changed = await project.slogate(['explain', 'changed.json'])
  expect(changed.text).toContain('in results.json and')
  expect(changed.code).toBe(4)
  project.write('other.json', text.replace('"schema_version": 2', '"schema_version": 1'))
  const other = await project.slogate(['explain', 'other.json'])
  expect(other.text).toContain('other.json:2:21: schema_version: must be 2, got 1')
  expect(other.code).toBe(3)
})

test('mock prints one JSON line and serves until it is stopped', limit, async () => {
  const running = createProject({}).startSlogate(['mock', '--profile', 'vllm', '--ttft', '1ms'])
  await expect.poll(() => running.text(), { timeout: 30_000 }).toContain('\n')
  const { url } = JSON.parse(running.text()) as { url: string }
  const response = await fetch(`${url}/v1/models`)
  expect(response.status).toBe(200)
  running.child.kill('SIGTERM')
  await running.done
  await expect(fetch(`${url}/v1/models`)).rejects.toThrow()
})

test(
  'specs of the same name do not overwrite each other, and a name does not lead out of the folder [T19]',
  limit,
  async () => {
    const project = createProject({
      'a.yaml': namedSpec('same'),
      'b.yaml': namedSpec('same'),
      'c.yaml': namedSpec('..'),
    })
    const args = ['-c', 'a.yaml', '-c', 'b.yaml', '-c', 'c.yaml', '-n', '5', '--out', 'out/below']
    await project.slogate(['run', ...args])
    for (const folder of ['same', 'same-2', '_']) {
      expect(existsSync(join(project.folder, 'out/below', folder, 'results.json'))).toBe(true)
    }
    expect(existsSync(join(project.folder, 'out/results.json'))).toBe(false)
  },
)

test(
  'a folder that cannot be made is told before anything is sent, and is not an SLO that was missed',
  limit,
  async () => {
    const server = await serve((_request, response) => response.end())
    const project = createProject({ 'chat.yaml': chatSpec(['success_rate >= 90%']), file: '' })
    const { code, text } = await project.slogate([
      'run',
      '-c',
      'chat.yaml',
      '-u',
      server.url,
      '--out',
      'file/out',
    ])
    await server.close()
    expect(server.requests()).toBe(0)
    expect(text).toMatch(/^slogate run: ENOTDIR/m)
    expect(text).not.toMatch(/^ +at /m)
    expect(code).toBe(4)
  },
)
