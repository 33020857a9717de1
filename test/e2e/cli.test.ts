import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { constants, gunzipSync } from 'node:zlib'

import { expect, onTestFinished, test } from 'vitest'

import { startServer } from '../../src/mock/index.ts'
import type { Results } from '../../src/results/results.ts'
import { refusingUrl, serve, wrongAnswers } from '../_server.ts'
import { built, chatSpec, createProject, environment } from './_project.ts'

function namedSpec(name: string): string {
  return `name: "${name}"\n${chatSpec(['success_rate >= 90%'])}`
}

/** What GitHub, Azure, TeamCity or GitLab would run, or a terminal act upon. */
const command =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /^\s*::|##\w*\[|section_start:\d+:\w+\r\u001b|[\0-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u202e]|\u001b(?!\[(?:[\d;]*m|2K))/m

test('nothing that a spec or a target says is a command of a CI or of a terminal', async () => {
  const attack =
    '::error::x ##[error]y ##vso[task.complete]z ##teamcity[message] \u202e\u009b31m\u001b]0;t\u0007' +
    '\r\n::error::w\n##[group]v\nsection_start:1:s\r\u001b[0K'
  const target = await serve((_request, response) => {
    response.statusCode = 500
    response.end(attack)
  })
  onTestFinished(() => target.close())
  const project = createProject({
    'good.yaml': `name: '::error::x ##[error]y'\n${chatSpec(['success_rate >= 99.9%'])}`,
    '::error::refused.yaml': [
      'name: "::error::x ##[error]y"',
      `url: ${target.url}`,
      'requests: 5',
      'warmup: 0',
      'slo: [{ assert: success_rate >= 90%, id: "::error::i ##vso[x]" }]',
      '',
    ].join('\n'),
    '::error::z.yaml': chatSpec(['success_rate >= ##[error]']),
  })
  const good = await project.slogate(['run', '-c', 'good.yaml'])
  expect(good.text).toContain('error::x')
  expect(good.text).toContain('warning: success_rate')
  const refused = '::error::refused.yaml'
  const told = await project.slogate(['run', '-c', refused, '--out', '##[out]'])
  expect(told.text).toContain('HTTP 500')
  const printed = await project.slogate(['run', '-c', refused, '--json', '--out', 'json'])
  const [folder = ''] = readdirSync(join(project.folder, 'json')).filter((name) =>
    name.includes('error'),
  )
  expect(JSON.parse(printed.stdout)).toEqual(
    JSON.parse(project.read(join('json', folder, 'results.json'))),
  )
  expect((JSON.parse(printed.stdout) as Results).spec.name).toBe('::error::x ##[error]y')
  const results = join('json', folder)
  const others = [
    ['run', '-c', refused, '--reporter', 'seed', '--locale', 'en', '--out', 'seed'],
    ['run', '-c', '::error::z.yaml'],
    ['validate', refused, '::error::z.yaml', '::error::none.yaml'],
    ['explain', results],
    ['explain', results, '::error::none'],
    ['report', results, '--out', '::error::reports'],
    ['report', '::error::none'],
    ['compare', results, results],
    ['compare', results, results, '--json'],
    ['compare', '::error::none', '##[error]none'],
    ['mock', '--options', '{"::error::x": "##[error]"}'],
    ['::error::none'],
    ['run', '-c', 'good.yaml', '--::error::x'],
  ]
  for (const args of others) {
    const { text } = await project.slogate(args)
    expect(text, args.join(' ')).not.toBe('')
    expect(text, args.join(' ')).not.toMatch(command)
  }
  for (const { text } of [good, told, printed]) expect(text).not.toMatch(command)
})

test('in a job of GitHub Actions a run tells the job, unless its output is read', async () => {
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
  const told = await project.startSlogate(['run', '-c', 'slow.yaml'], env).done
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
    const silent = await project.startSlogate(['run', '-c', 'slow.yaml', ...args], variables).done
    expect(silent.text).not.toMatch(/^::/m)
  }
  expect(project.read('summary.md').match(/FAIL – slow/g)).toHaveLength(2)
})

test('runs a spec without vitest and exits by its verdict [S0.31] [S1.14] [S2.2]', async () => {
  const project = createProject({
    'good.yaml': chatSpec(['success_rate >= 90%']),
    'slow.yaml': chatSpec(['requests_per_second >= 1000000/s']),
    'undecided.yaml': chatSpec(['success_rate >= 99%'], 'gate: { policy: release }'),
    'broken.yaml': chatSpec(['success_rate >= about 90']),
  })
  expect((await project.startSlogate(['run', '-c', 'slow.yaml']).done).code).toBe(1)
  const codes: Record<string, number> = {}
  for (const name of ['good', 'slow', 'undecided', 'broken']) {
    codes[name] = (await project.slogate(['run', '-c', `${name}.yaml`])).code
  }
  expect(codes).toEqual({ good: 0, slow: 1, undecided: 2, broken: 3 })
  const slow = '.vitest/slogate/slow'
  expect((await project.slogate(['report', slow, '--out', 'again'])).code).toBe(0)
  for (const name of ['report.html', 'junit.xml', 'summary.md', 'test_results.json']) {
    expect(project.read(`again/${name}`) === project.read(`${slow}/${name}`), name).toBe(true)
  }
  const unreachable = await project.slogate(['run', '-c', 'good.yaml', '-u', await refusingUrl()])
  expect(unreachable.code).toBe(4)
  expect(unreachable.text).toContain('connect')
  for (const name of ['results.json', 'requests.ndjson.gz', 'junit.xml', 'summary.md']) {
    expect(existsSync(join(project.folder, '.vitest/slogate/slow', name))).toBe(true)
  }
})

test('several specs: each as soon as it has ended, then a line for each, a proven miss first', async () => {
  const project = createProject({
    'good.yaml': chatSpec(['success_rate >= 90%']),
    'slow.yaml': chatSpec(['requests_per_second >= 1000000/s']),
  })
  const { code, text } = await project.slogate(['run', '-c', 'good.yaml', '-c', 'slow.yaml'])
  expect(code).toBe(1)
  expect(text).toMatch(
    /PASS  good[^]*FAIL  slow[^]*\n +spec +held[^\n]*\n ✗ slow +0\/1 .*\n ✓ good +1\/1 .*\n*$/,
  )
})

test('a url is enough: 100 requests and no other, 10 at a time, {"stream": true} [S1.8] [S1.9] [S1.12] [S1.13] [S1.15] [S1.16] [S1.17] [S1.18]', async () => {
  const bodies = new Set<string>()
  const server = await serve(({ method, headers }, response, body) => {
    bodies.add(`${method} ${headers['content-type']} ${body}`)
    response.writeHead(200, { 'content-type': 'text/plain' }).end('some text')
  })
  const project = createProject({})
  const run = async (...more: string[]): Promise<{ results: Results; stderr: string }> => {
    const args = ['run', '-u', `${server.url}/stream`, '--json', ...more]
    const { stdout, stderr } = await project.slogate(args)
    return { results: JSON.parse(stdout), stderr }
  }
  const { results } = await run('--quiet')
  expect(results.load).toMatchObject({ concurrency: 10, requests: 100 })
  expect(results.summary.requests).toMatchObject({ completed: 100, warmup: 0 })
  expect([...bodies]).toEqual(['POST application/json {"stream":true}'])
  expect(server.requests()).toBe(100)
  const smaller = await run('-n', '7', '-p', '3')
  expect(smaller.results.load).toMatchObject({ concurrency: 3, requests: 7 })
  expect(smaller.stderr).toContain('run: sends 7 requests, no warm-up, 3 at a time, to http')
  expect(server.requests()).toBe(107)
  const warmed = await run('-n', '7', '-p', '3', '--warmup', '4')
  await server.close()
  expect(warmed.stderr).toContain('run: sends 7 requests and 4 of warm-up, 3 at a time')
  expect(warmed.results.summary.requests).toMatchObject({ total: 7, warmup: 4 })
  expect(server.requests()).toBe(118)
})

test('--dry-run and validate tell what a run sends, and send nothing [S1.52]', async () => {
  const server = await serve((_request, response) => response.end('some text'))
  onTestFinished(() => server.close())
  const project = createProject({
    'chat.yaml': chatSpec(['success_rate >= 90%']),
    'raw.yaml': `url: ${server.url}\nrequests: 200\nwarmup: 5\nslo: [success_rate >= 90%]\n`,
    'mix.yaml': [
      `url: ${server.url}`,
      'mix:',
      '  - { name: chat, weight: 3, url: /chat, body: { prompt: abcdefgh, max_tokens: 2 } }',
      '  - { name: embed, weight: 1, url: /embed, stream_format: json, body: { input: a } }',
      'requests: 40',
      'warmup: 4',
      'slo: ["latency p50 {kind=embed} <= 5s"]',
      '',
    ].join('\n'),
  })
  const files = ['chat.yaml', 'raw.yaml', 'mix.yaml']
  const { stdout, code } = await project.slogate(['run', ...files, '--dry-run'])
  expect(code).toBe(0)
  expect(stdout).toContain('chat.yaml: valid, 1 SLO\n')
  expect(stdout).toMatch(/sends {4}60 requests and 4 of warm-up, 4 at a time, to the bundled mock/)
  expect(stdout).toContain('about 1 token each, 64 in all')
  expect(stdout).toContain('at most 4 tokens each, 256 in all (max_tokens)')
  expect(stdout).toContain('unknown before a first run')
  expect(stdout).toContain(`200 requests and 5 of warm-up, 10 at a time, to ${server.url}`)
  expect(stdout).toContain(`chat: 75.0%, 30 requests and 2 of warm-up, ${server.url}/chat`)
  expect(stdout).toContain('prompts about 2 tokens each, 64 in all')
  expect(stdout).toContain(`embed: 25.0%, 10 requests and 2 of warm-up, ${server.url}/embed`)
  expect(stdout).toMatch(/latency p50 \{kind=embed\}: likely INCONCLUSIVE with 10 such of 40/)
  expect((await project.slogate(['validate', ...files])).stdout).toBe(stdout)
  expect(existsSync(join(project.folder, '.vitest'))).toBe(false)
  const json = ['run', '-u', server.url, '-n', '50', '--dry-run', '--json']
  expect(JSON.parse((await project.slogate(json)).stdout)).toMatchObject({
    requests: 50,
    warmup: 0,
    targets: [{ place: 'local', estimated_prompt_tokens: null }],
  })
  expect(server.requests()).toBe(0)
  await project.slogate(['run', 'chat.yaml', '--quiet'])
  const known = await project.slogate(['validate', 'chat.yaml'])
  expect(known.stdout).toMatch(/takes {4}about [^ ]+s, at the pace of its run of 20/)
})

test('where the body of a url alone is refused, the run says so, and --body sends another', async () => {
  const server = await startServer({ profile: 'vllm', ttft: '2ms', itl: '1ms' })
  onTestFinished(() => server.close())
  const project = createProject({})
  const run = ['run', '-u', `${server.url}/v1/chat/completions`, '-n', '6', '-p', '2', '--quiet']
  const refused = await project.slogate([...run, '--warmup', '2'])
  expect(refused.stdout).toContain('! default-body: The target refuses the body {"stream": true}')
  expect(refused.stdout).toMatch(/with http_status 400: the target\s+refuses what is sent\./)
  expect(refused.stdout).not.toMatch(/ready|slow connects/)
  const body = { messages: [{ role: 'user', content: 'hi' }], stream: true, max_tokens: 2 }
  const { stdout } = await project.slogate([...run, '--json', '--body', JSON.stringify(body)])
  expect(JSON.parse(stdout).summary.requests).toMatchObject({ total: 6, completed: 6 })
  const short = ['-n', '20', '--body', '{"max_tokens": 1}', '--quiet']
  const noise = await project.slogate(['calibrate', ...run.slice(1, 3), '--noise', ...short])
  expect(noise.stderr).toContain('20 of 20 requests failed with http_status 400. Write the body')
})

test('flags win over the environment, the environment over the spec [S1.4]', async () => {
  const project = createProject({ 'chat.yaml': chatSpec(['success_rate >= 90%']) })
  const env = { SLOGATE_REQUESTS: '30', SLOGATE_CONCURRENCY: '2' }
  const args = ['run', '-c', 'chat.yaml', '--json', '--quiet', '-n', '20']
  const { text } = await project.slogate(args, env)
  expect(JSON.parse(text.slice(text.indexOf('{'))).load).toMatchObject({
    concurrency: 2,
    requests: 20,
  })
})

const endless = chatSpec(['success_rate >= 90%']).replace('requests: 60', 'requests: 100000')

test('Ctrl-C writes what was measured and exits with 130, SIGTERM and the end of a terminal with 143', async () => {
  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const) {
    const project = createProject({ 'chat.yaml': endless })
    const running = project.startSlogate(['run', '-c', 'chat.yaml'])
    // The mock is up and the load has run for a while when its process is there.
    await expect.poll(() => running.text(), { timeout: 100_000 }).toContain('in flight')
    if (signal === 'SIGHUP') {
      running.child.stdout?.destroy()
      running.child.stderr?.destroy()
      // The shell sends it, and then the kernel.
      running.child.kill(signal)
    }
    running.child.kill(signal)
    const { code, text } = await running.done
    expect(code).toBe(expected)
    if (signal !== 'SIGHUP') expect(text).toContain('ERROR  chat')
    const results = JSON.parse(project.read('.vitest/slogate/chat/results.json'))
    expect(results.end).toEqual({ kind: 'interrupted', reason: signal, why: signal })
    expect(results.summary.requests.completed).toBeGreaterThan(0)
  }
})

test('a run that is killed leaves its requests, and its folder says what became of it', async () => {
  const project = createProject({ 'chat.yaml': endless })
  const running = project.startSlogate(['run', '-c', 'chat.yaml'])
  const file = join(project.folder, '.vitest/slogate/chat/requests.ndjson.gz')
  await expect
    .poll(() => existsSync(file) && statSync(file).size, { timeout: 100_000 })
    .toBeGreaterThan(0)
  running.child.kill('SIGKILL')
  await running.done
  const found = gunzipSync(readFileSync(file), { finishFlush: constants.Z_SYNC_FLUSH })
  expect(found.toString()).toMatch(/^\{"target":"candidate","number":\d+,.*\}\n/)
  const { code, text } = await project.slogate(['report', '.vitest/slogate/chat'])
  expect(code).toBe(3)
  expect(text).toContain('its run was killed before it was judged. The requests that had ended are')
})

test('a spec that has nowhere to write to does not keep the next one from running', async () => {
  const project = createProject({
    'a.yaml': chatSpec(['success_rate >= 1%']),
    'b.yaml': chatSpec(['success_rate >= 1%']),
    'out/a/results.json/inside': '',
  })
  const { code, text } = await project.slogate([
    'run',
    'a.yaml',
    'b.yaml',
    '--out',
    'out',
    '-n',
    '5',
  ])
  const place = join(project.folder, 'out/a/results.json')
  expect(text).toContain(
    `slogate run: ${place}: cannot be written: a folder stands where a file is needed`,
  )
  expect(project.read('out/b/summary.md')).toContain(' b')
  expect(project.read('out/junit.xml')).toContain('name="b')
  expect(code).toBe(4)
})

test('an output that nobody reads, or that cannot be written, is no crash', async () => {
  const project = createProject({ 'chat.yaml': chatSpec(['success_rate >= 1%']) })
  // As in `slogate schema | true`, before anything is written.
  const unread = [['schema'], ['--version'], ['validate', 'chat.yaml'], ['completion', 'bash'], []]
  const closed = unread.map(async (args) => {
    const running = project.startSlogate(args)
    running.child.stdout?.destroy()
    const { code, stderr } = await running.done
    return [args.join(' '), code, stderr]
  })
  expect(await Promise.all(closed)).toEqual([
    ['schema', 0, ''],
    ['--version', 0, ''],
    ['validate chat.yaml', 0, ''],
    ['completion bash', 0, ''],
    ['', 3, ''],
  ])
})

test.skipIf(!existsSync('/dev/full'))(
  'a full disk below the output costs a printed text, and no verdict (where there is /dev/full)',
  async () => {
    const project = createProject({ 'chat.yaml': chatSpec(['success_rate >= 1%']) })
    const lost = 'slogate: stdout: cannot be written: no space is left there (ENOSPC)\n'
    const shell = (line: string): Promise<[number | null, string]> => {
      const { promise, resolve } = Promise.withResolvers<[number | null, string]>()
      const child = execFile(
        '/bin/sh',
        ['-c', line, process.execPath, built.bin],
        { cwd: project.folder, env: environment },
        (_error, _stdout, stderr) => resolve([child.exitCode, stderr]),
      )
      return promise
    }
    const [schema, run, removed] = await Promise.all([
      shell('"$0" "$1" schema > /dev/full'),
      shell('"$0" "$1" run -c chat.yaml -n 5 --quiet > /dev/full'),
      shell('mkdir gone && cd gone && rmdir ../gone && "$0" "$1" schema'),
    ])
    expect(schema).toEqual([4, lost])
    expect(run[0]).toBe(0)
    expect(run[1].endsWith(lost)).toBe(true)
    expect(project.read('.vitest/slogate/chat/summary.md')).toContain(' chat')
    expect(removed).toEqual([
      3,
      'slogate: the working directory is not there any more: cd to one that is\n',
    ])
  },
)

test('targets that answer wrongly exit 4, and each says so [S1.50] [T4] [T9] [T17]', async () => {
  const servers = await Promise.all(Object.values(wrongAnswers).map(serve))
  const files = Object.keys(wrongAnswers).map((name, index) => ({
    name: `${name.replace(' ', '-')}.yaml`,
    kind: name.split(' ')[0],
    content: chatSpec(['success_rate >= 90%'])
      .replace('/v1/chat', `${servers[index]?.url}/v1/chat`)
      .replace(/^mock: .*$/m, ''),
  }))
  const project = createProject(
    Object.fromEntries(files.map(({ name, content }) => [name, content])),
  )
  const { code, text } = await project.slogate([
    'run',
    ...files.flatMap(({ name }) => ['-c', name]),
  ])
  for (const server of servers) await server.close()
  expect(text).not.toMatch(/^ +at /m)
  expect(code).toBe(4)
  // One after the other, each with the line of its verdict first.
  const reports = text.split(/^(?= *ERROR  )/m).slice(1)
  expect(reports).toHaveLength(files.length)
  for (const [index, { name, kind }] of files.entries()) {
    expect(reports[index]).toContain(kind)
    const folder = `.vitest/slogate/${name.replace('.yaml', '')}`
    const { verdict } = JSON.parse(project.read(`${folder}/results.json`)) as Results
    expect(verdict.exit_code).toBe(4)
  }
})

test('mock prints one JSON line and serves until it is stopped, to who has its key', async () => {
  const running = createProject({}).startSlogate(['mock', '--profile', 'vllm', '--ttft', '1ms'], {
    SLOGATE_MOCK_API_KEY: 'key-of-the-mock',
  })
  await expect.poll(() => running.text(), { timeout: 100_000 }).toContain('\n')
  const { url } = JSON.parse(running.text()) as { url: string }
  const headers = { authorization: 'Bearer key-of-the-mock' }
  for (const path of ['/v1/models', '/__mock/stats']) {
    expect((await fetch(`${url}${path}`)).status).toBe(401)
    expect((await fetch(`${url}${path}`, { headers })).status).toBe(200)
  }
  running.child.kill('SIGTERM')
  await running.done
  await expect(fetch(`${url}/v1/models`)).rejects.toThrow()
})

test('specs of the same name or file name do not overwrite each other, and a second run keeps the first [T19] [S1.46] [S1.47]', async () => {
  const project = createProject({
    'A/config.yaml': namedSpec('same'),
    'B/config.yaml': namedSpec('..'),
  })
  const run = (...files: string[]): Promise<{ text: string }> =>
    project.slogate(['run', ...files, '-n', '5', '--out', 'out', '--history', 'history.csv'])
  const first = await run('A/config.yaml', 'B/config.yaml')
  expect(first.text).toMatch(/\n results out\/A\/config\n/)
  const kept = project.read('out/A/config/results.json')
  const { text } = await run('A/config.yaml')
  const [, earlier = ''] =
    /\n results out\/A\/config\n earlier (out\/A\/config\/earlier\/\S+Z)\n/.exec(text) ?? []
  expect(project.read(`${earlier}/results.json`)).toBe(kept)
  expect(project.read('out/A/config/results.json')).not.toBe(kept)
  expect(existsSync(join(project.folder, 'out/B/config/results.json'))).toBe(true)
  expect(project.read('history.csv').trim().split('\n')).toHaveLength(4)
  const compared = await project.slogate(['compare', 'out/A/config', '--json'])
  expect(JSON.parse(compared.stdout)).toMatchObject({
    baseline: earlier,
    candidate: 'out/A/config',
  })
  await run('A/config.yaml', '--keep', '0')
  expect(existsSync(join(project.folder, earlier))).toBe(false)
})

test('a folder that cannot be made is told before anything is sent, and is not an SLO that was missed', async () => {
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
  const place = join(project.folder, 'file/out')
  expect(text).toBe(
    `slogate run: ${place}: cannot be written: a file stands where a folder is needed (ENOTDIR)\n`,
  )
  expect(text).not.toMatch(/^ +at /m)
  expect(code).toBe(4)
})
