import {
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

import { expect, onTestFinished, test } from 'vitest'

import { chatEvent, refusingUrl, serve } from '../_server.ts'
import { action } from '../github/_workflow.ts'
import { built, chatSpec, config, createProject } from './_project.ts'
import { startRest } from './_rest.ts'
import { type Job, type JobOptions, runAction } from './_runner.ts'

const holds = 'success_rate >= 90%'
const missed = 'requests_per_second >= 1000000/s'
const undecided = 'success_rate >= 99%'

interface Shop {
  folder: string
  /** Runs the action in it. */
  start(options?: Omit<JobOptions, 'workspace'>): Promise<Job>
}

/** A project with these specs, alone in its folder. */
function createShop(specs: Readonly<Record<string, string>>): Shop {
  const project = createProject({
    'shop/package.json': '{ "name": "shop", "type": "module" }',
    'shop/vitest.config.js': config,
    ...Object.fromEntries(Object.entries(specs).map(([name, text]) => [`shop/${name}`, text])),
  })
  const folder = join(project.folder, 'shop')
  return { folder, start: (options = {}) => runAction({ workspace: folder, ...options }) }
}

function pullRequest(fork: boolean): object {
  const own = { full_name: 'octo/shop', fork: false }
  const repo = fork ? { full_name: 'stranger/shop', fork: true } : own
  return { pull_request: { number: 7, head: { sha: 'a'.repeat(40), repo }, base: { repo: own } } }
}

/** Of the levels that annotate. */
function annotations(job: Job): Job['commands'] {
  return job.commands.filter(({ name }) => ['error', 'warning', 'notice'].includes(name))
}

test('no input is ever part of a script, and every step of the action is one of bash', () => {
  expect(action.runs.using).toBe('composite')
  for (const { run, shell } of action.runs.steps) {
    expect(run).not.toContain('${{')
    expect(shell).toBe('bash')
  }
})

test.each(['vitest', 'run'])('passes in mode %s', async (mode) => {
  const { start } = createShop({ 'bench/chat.bench.yaml': chatSpec([holds]) })
  const job = await start({ with: { mode } })
  expect(job.log).toContain('PASS  chat')
  expect(annotations(job)).toEqual([])
  expect(job.outputs).toEqual({
    verdict: 'PASS',
    passed: 'true',
    'exit-code': '0',
    results: '.vitest/slogate/bench/chat/results.json',
    report: '.vitest/slogate/bench/chat/report.html',
    junit: '.vitest/slogate/junit.xml',
    summary: '.vitest/slogate/summary.md',
  })
  expect(job.summary.match(/^### .*$/gm)).toEqual(['### ✅ PASS – chat'])
  expect(job.environment).toBe('')
  expect(job.code).toBe(0)
})

test('a missed SLO ends the step after everything is written [S2.2]', async () => {
  const { start } = createShop({
    'app/bench/slow.bench.yaml': chatSpec([holds, missed]),
    'app/bench/good.bench.yaml': chatSpec([holds]),
  })
  const job = await start({ with: { mode: 'run', 'working-directory': 'app', out: 'found' } })
  expect(job.code).toBe(1)
  expect(job.outputs).toMatchObject({
    verdict: 'FAIL',
    passed: 'false',
    'exit-code': '1',
    results: 'app/found/bench/good/results.json\napp/found/bench/slow/results.json',
    junit: 'app/found/junit.xml',
  })
  expect(annotations(job)).toEqual([
    {
      name: 'error',
      properties: {
        title: 'slogate: FAIL',
        file: 'app/bench/slow.bench.yaml',
        line: '10',
        col: '5',
      },
      message: 'slow: 1 of 2 SLOs of level error missed: "requests_per_second >= 1000000/s".',
    },
  ])
  // Where the fold ends with warnings they are of a busy machine.
  expect(job.summary.match(/^(##.*|<details><summary>✅[^,<]*)/gm)).toEqual([
    '## ❌ FAIL – slogate',
    '### ❌ FAIL – slow',
    '<details><summary>✅ PASS – good: 1/1 SLOs hold',
  ])
})

test('beside an annotation of vitest on the line there is one of all', async () => {
  const { start } = createShop({ 'chat.bench.yaml': chatSpec([holds, missed]) })
  const job = await start()
  expect(job.code).toBe(1)
  const [own, overall, ...more] = annotations(job)
  expect(own).toMatchObject({ name: 'error', properties: { line: '10' } })
  expect(own?.properties.file).toMatch(/chat\.bench\.yaml$/)
  expect(overall).toMatchObject({ name: 'error', properties: { title: 'slogate: FAIL' } })
  expect(overall?.properties).not.toHaveProperty('file')
  expect(more).toEqual([])
  // Vitest's own summary is not written a second time.
  expect(job.summary.match(/^#+ .*$/gm)).toEqual(['### ❌ FAIL – chat'])
})

test('a test beside the SLOs fails the gate, although every SLO holds', async () => {
  const { start } = createShop({
    'typed.bench.ts': `
import { defineBench, gte } from 'slogate/vitest'
import { expect } from 'vitest'
defineBench(
  { url: '/stream/raw', requests: 60, mock: { profile: 'vllm', ttft: '1ms', itl: '1ms' }, slo: { success_rate: gte('90%') } },
  ({ test }) => test('of its own', ({ summary }) => expect(summary.requests.total).toBe(61)),
)`,
  })
  const job = await start({ with: { specs: 'typed.bench.ts' } })
  expect(job.code).toBe(1)
  expect(job.outputs).toMatchObject({ verdict: 'FAIL', 'exit-code': '1' })
  expect(annotations(job).at(-1)?.message).toContain('although no SLO blocks')
})

/** `code`: what the job ends with. */
function expectUndecided(job: Job, code: 0 | 2): void {
  expect(job.code).toBe(code)
  expect(job.outputs).toMatchObject({ verdict: 'INCONCLUSIVE', passed: String(code === 0) })
  expect(annotations(job).at(-1)?.name).toBe(code === 0 ? 'warning' : 'error')
  expect(annotations(job).at(-1)?.properties.title).toBe('slogate: INCONCLUSIVE')
}

test('what is undecided passes no release', async () => {
  const { start } = createShop({ 'chat.bench.yaml': chatSpec([undecided]) })
  expectUndecided(await start({ with: { mode: 'vitest', policy: 'release' } }), 2)
})

test('a dead target is an ERROR', async () => {
  const { start } = createShop({ 'chat.bench.yaml': chatSpec([holds]) })
  const job = await start({ with: { mode: 'run', url: await refusingUrl() } })
  expect(job.code).toBe(4)
  expect(job.outputs).toMatchObject({ verdict: 'ERROR', 'exit-code': '4' })
  expect(annotations(job)).toMatchObject([
    { name: 'error', properties: { title: 'slogate: ERROR' } },
  ])
  expect(job.summary).toContain('### 💥 ERROR – chat')
})

test('a spec that cannot be run is an ERROR on its line, and nothing is sent', async () => {
  const { start } = createShop({
    'a.bench.yaml': chatSpec([holds]),
    'b.bench.yaml': chatSpec(['ttft p95 <= 800']),
  })
  for (const mode of ['run', 'vitest']) {
    const job = await start({ with: { mode, specs: 'a.bench.yaml\n*.bench.{yml,yaml}\n' } })
    expect(job.code).toBe(3)
    expect(job.outputs).toMatchObject({ verdict: 'ERROR', 'exit-code': '3', results: '' })
    expect(annotations(job)).toMatchObject([
      { name: 'error', properties: { file: 'b.bench.yaml', line: '9' } },
    ])
    expect(job.summary).toContain('b.bench.yaml')
    expect(job.log).not.toContain('PASS')
  }
})

test.each([
  [{ mode: 'fast' }, '--mode must be vitest or run, got "fast"'],
  [{ comment: 'yes' }, '--comment must be true or false, got "yes"'],
  [{ specs: 'no/such.bench.yaml' }, 'no file matches "no/such.bench.yaml"'],
  [{ mode: 'run', policy: 'lax' }, 'SLOGATE_POLICY'],
])('a wrong input says what is wrong: %j', async (inputs, words) => {
  const { start } = createShop({ 'chat.bench.yaml': chatSpec([holds]) })
  const job = await start({ with: inputs })
  expect(job.code).toBe(3)
  expect(job.outputs).toMatchObject({ verdict: 'ERROR', passed: 'false', 'exit-code': '3' })
  expect(annotations(job)).toHaveLength(1)
  expect(annotations(job)[0]?.message).toContain(words)
  expect(job.summary).toContain('## 💥 ERROR – slogate')
})

test('inputs are never code', async () => {
  const { folder, start } = createShop({ 'chat.bench.yaml': chatSpec([holds]) })
  const code = '"; touch owned; $(touch owned) `touch owned` \' && touch owned #'
  const names = ['specs', 'mode', 'policy', 'url', 'baseline', 'out', 'name', 'comment', 'token']
  const inputs = Object.fromEntries(names.map((name) => [name, code]))
  const job = await start({ with: inputs })
  expect(job.code).toBe(3)
  expect(existsSync(join(folder, 'owned'))).toBe(false)
  expect(existsSync(join(dirname(folder), 'owned'))).toBe(false)
})

test('says so when slogate is not installed, or vitest is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const workspace = join(folder, 'shop')
  mkdirSync(join(workspace, 'node_modules'), { recursive: true })
  const job = await runAction({ workspace })
  expect(job.code).toBe(3)
  expect(job.outputs).toMatchObject({ verdict: 'ERROR', passed: 'false', 'exit-code': '3' })
  expect(annotations(job)).toMatchObject([{ name: 'error' }])
  expect(job.log).toContain('slogate is not installed in ')

  symlinkSync(join(built.folder, 'node_modules/slogate'), join(workspace, 'node_modules/slogate'))
  const without = await runAction({ workspace })
  expect(without.code).toBe(3)
  expect(without.log).toContain('vitest is not installed in ')
})

test('a crash before the results is an ERROR, whatever an earlier run left', async () => {
  const { start } = createShop({
    'chat.bench.yaml': chatSpec([holds]),
    'vitest.config.js': `${config}\nif (process.env.CRASH) process.kill(process.pid, 'SIGKILL')\n`,
  })
  expect(await start()).toMatchObject({ code: 0 })
  for (const specs of ['', 'chat.bench.yaml']) {
    const job = await start({ with: { specs }, env: { CRASH: 'yes' } })
    expect(job.code).toBe(4)
    expect(job.outputs).toMatchObject({ verdict: 'ERROR', results: '', junit: '', summary: '' })
    expect(annotations(job)).toMatchObject([{ name: 'error' }])
    expect(annotations(job)[0]?.message).toContain('there are no results')
    expect(job.summary).toContain('## 💥 ERROR – slogate')
  }
})

test('a spec that vitest was not told of did not pass', async () => {
  const { start } = createShop({
    'vitest.config.js': config.replace('slogate()', "slogate({ include: ['a/**/*.bench.yaml'] })"),
    'a/chat.bench.yaml': chatSpec([holds]),
    'b/chat.bench.yaml': `${chatSpec([holds])}# another\n`,
  })
  const job = await start({ with: { specs: '**/*.bench.yaml' } })
  expect(job.code).toBe(4)
  expect(job.outputs).toMatchObject({
    verdict: 'ERROR',
    results: '.vitest/slogate/a/chat/results.json',
  })
  expect(annotations(job)[0]?.message).toMatch(/^b\/chat\.bench\.yaml: there are no results/)
  expect(await start()).toMatchObject({ code: 0 })
})

test('when the job is cancelled, what was measured is reported', async () => {
  const { start } = createShop({ 'chat.bench.yaml': chatSpec([holds]).replace('60', '100000') })
  const job = await start({
    with: { mode: 'run' },
    onStep({ kill, log }) {
      const timer = setInterval(() => {
        if (!/chat: +\d+\/|\d+%/.test(log())) return
        clearInterval(timer)
        kill('SIGINT')
      }, 50)
      onTestFinished(() => clearInterval(timer))
    },
  })
  expect(job.code).toBe(130)
  expect(job.outputs).toMatchObject({ verdict: 'ERROR', 'exit-code': '130' })
  expect(job.summary).toContain('interrupted after')
})

test('files of the runner that are missing change no verdict', async () => {
  const { start } = createShop({ 'chat.bench.yaml': chatSpec([holds]) })
  for (const env of [
    { GITHUB_STEP_SUMMARY: '/no/such/summary', GITHUB_OUTPUT: '/no/such/output' },
    { GITHUB_STEP_SUMMARY: undefined, GITHUB_OUTPUT: undefined, GITHUB_EVENT_PATH: '/no/event' },
  ]) {
    const job = await start({ with: { mode: 'run', comment: 'true' }, env })
    expect(job.code).toBe(0)
    expect(annotations(job)).toMatchObject([{ name: 'notice' }])
    expect(annotations(job)[0]?.message).toMatch(/summary was not written[^]*no outputs were set/)
  }
})

test('a summary near the limit is cut, the worst stays first', async () => {
  const { start } = createShop({
    'a.bench.yaml': chatSpec([holds]),
    'b.bench.yaml': chatSpec([missed]),
    'c.bench.yaml': chatSpec([holds]),
  })
  const before = `${'慢'.repeat(299_000)}\n`
  const job = await start({ with: { mode: 'run' }, summary: before })
  expect(job.code).toBe(1)
  expect(annotations(job)).toHaveLength(1)
  const added = job.summary.slice(before.length)
  expect(Buffer.byteLength(added)).toBeLessThanOrEqual(900_001 - Buffer.byteLength(before))
  expect(added).toMatch(/^## ❌ FAIL – slogate\n[^]*### ❌ FAIL – b\n/)
  expect(added).not.toContain('✅ PASS – c')
  expect(added.trimEnd()).toMatch(/_Cut to fit; the full report is in the artifact\._$/)
})

const line =
  '::set-output name=a::b%0A::add-mask::c ##[add-mask]d \u001b[31mred\u001b[0m @octocat #1 ' +
  '![i](https://evil.example/i.png) [l](https://evil.example) | t | </td></details><details open>' +
  '<img src=x> `code` %0A%0D::stop-commands::e'
const attack = `${line}\r\n::error::owned\n  ::warning::owned\n##[add-mask]owned`

test('what a target sends, and a spec is called, is text and nothing else', async () => {
  const target = await serve((request, response) => {
    const { url = '' } = request
    if (url.includes('refuse')) {
      response.writeHead(500, { 'content-type': 'text/plain' })
      response.end(attack)
    } else {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chatEvent(attack))
      response.end(`data: ${JSON.stringify({ error: { message: attack, code: 500 } })}\n\n`)
    }
  })
  onTestFinished(() => target.close())
  const spec = (path: string): string =>
    `name: ${JSON.stringify(`${line.replaceAll(/\p{Cc}/gu, '')} ${path}`)}\n${chatSpec([
      `{ assert: ${holds}, id: ${JSON.stringify(line.replaceAll(/\p{Cc}/gu, ''))}, why: ${JSON.stringify(attack)} }`,
    ])
      .replace('/v1/chat/completions', `${target.url}/${path}`)
      .replace(/^mock: .*$/m, '')}`
  const { start } = createShop({
    'refuse.bench.yaml': spec('refuse'),
    '::error::owned ##[error]x @octocat.bench.yaml': spec('stream'),
  })
  for (const mode of ['run', 'vitest']) {
    const rest = await startRest()
    const job = await start({
      with: { mode, comment: 'true', check: 'true', name: attack },
      env: { GITHUB_API_URL: rest.url },
      event: pullRequest(false),
    })
    expect(job.code).not.toBe(0)
    expect(job.commands.filter(({ name }) => name !== 'error')).toEqual([])
    const ours = annotations(job).filter(({ properties }) => properties.title?.includes(': ERROR'))
    expect(ours).toHaveLength(1)
    for (const { properties } of job.commands) expect(properties).toHaveProperty('title')
    expect(job.outputs.verdict).toBe('ERROR')
    expect(Object.keys(job.outputs)).toHaveLength(7)
    const written = [job.summary, String(rest.comments[0]?.body)]
    for (const text of written) expectHarmless(text)
  }
})

function expectHarmless(text: string): void {
  expect(text.length).toBeGreaterThan(500)
  const shown = text
    .replace(/^<!-- slogate: [\w%.!~*'()-]+ -->\n/, '')
    // Within a code span nothing is read as anything else.
    .replace(/`http[^`\n]*`/g, '')
  expect(shown).not.toMatch(/<(?!\/?(?:details|summary|code)>)/)
  expect(shown.split('<details>').length).toBe(shown.split('</details>').length)
  expect(shown).not.toMatch(/@\w/)
  expect(shown).not.toMatch(/(?<!&)#\d/)
  expect(shown).not.toMatch(/(?<!\\)\]\(/)
  expect(shown).not.toContain('://evil')
  expect(shown).not.toMatch(/^\s*::/m)
  expect(shown).not.toMatch(/##\w*\[/)
  expect(shown).not.toMatch(/(?!\n)\p{Cc}/u)
}

test('keeps one comment and makes a check run on the commit of the pull request; inputs win over variables of the job, and these are not lost', async () => {
  const rest = await startRest()
  const strange = { body: '<!-- slogate: slogate -->\nforged', author_association: 'NONE' }
  rest.comments = Array.from({ length: 100 }, (_, id) => ({
    id: id + 1,
    user: { type: 'User' },
    ...strange,
  }))
  const { start } = createShop({ 'chat.bench.yaml': chatSpec([undecided]) })
  const run = (inputs: Record<string, string>): Promise<Job> =>
    start({
      with: { mode: 'run', ...inputs, comment: 'true', check: 'true', token: 'ghs_given' },
      env: { GITHUB_API_URL: rest.url, SLOGATE_POLICY: 'release' },
      event: pullRequest(false),
    })
  const first = await run({ policy: 'pr' })
  expectUndecided(first, 0)
  expect(rest.comments).toHaveLength(101)
  expect(rest.comments[100]?.body).toMatch(/^<!-- slogate: slogate -->\n### ⚠️ INCONCLUSIVE – chat/)
  const second = await run({})
  expectUndecided(second, 2)
  expect(rest.comments).toHaveLength(101)
  expect(rest.comments[100]?.body).toContain('policy: release')
  expect(rest.comments.filter(({ body }) => body === strange.body)).toHaveLength(100)
  const checks = rest.calls.filter(({ url }) => url.endsWith('/check-runs'))
  expect(checks.map(({ body }) => [body.name, body.head_sha, body.conclusion])).toEqual([
    ['slogate', 'a'.repeat(40), 'neutral'],
    ['slogate', 'a'.repeat(40), 'failure'],
  ])
  expect(new Set(rest.calls.map(({ token }) => token))).toEqual(new Set(['Bearer ghs_given']))
  for (const { log } of [first, second]) expect(log).not.toContain('ghs_given')
})

test('without the permission there is one notice, and the verdict stands', async () => {
  const rest = await startRest()
  const { start } = createShop({ 'chat.bench.yaml': chatSpec([holds]) })
  const run = (event: object, url = rest.url): Promise<Job> =>
    start({
      with: { mode: 'run', comment: 'true', check: 'true' },
      env: { GITHUB_API_URL: url },
      event,
    })
  rest.refuse = /./
  const refused = await run(pullRequest(false))
  expect(refused.code).toBe(0)
  expect(annotations(refused)).toMatchObject([{ name: 'notice' }])
  expect(annotations(refused)[0]?.message).toMatch(
    /no comment: HTTP 403 Resource not accessible by integration\. It needs the permission pull-requests: write\nno check run: HTTP 403 .* checks: write$/,
  )
  const unreachable = await run(pullRequest(false), await refusingUrl())
  expect(unreachable.code).toBe(0)
  expect(annotations(unreachable)[0]?.message).toContain('ECONNREFUSED')

  rest.calls = []
  const fork = await run(pullRequest(true))
  expect(fork.code).toBe(0)
  expect(fork.outputs.verdict).toBe('PASS')
  expect(fork.summary).toContain('PASS')
  expect(annotations(fork)).toMatchObject([{ name: 'notice' }])
  expect(annotations(fork)[0]?.message).toContain('comes from a fork')
  expect(rest.calls).toEqual([])
})

test('a secret is masked for the whole job, the token is no variable of a spec', async () => {
  const { folder, start } = createShop({
    'chat.bench.yaml': `headers: { Authorization: 'Bearer \${API_KEY}' }\n${chatSpec([holds])}`,
  })
  const job = await start({ with: { mode: 'run' }, env: { API_KEY: 'sk-first' } })
  const masks = job.commands.filter(({ name }) => name === 'add-mask')
  expect(masks.map(({ message }) => message)).toEqual(['sk-first', 'Bearer sk-first'])
  const rest = job.log.replace(/^::add-mask::.*$/gm, '')
  expect(rest + job.summary).not.toContain('sk-first')
  writeFileSync(
    join(folder, 'vitest.config.js'),
    `${config}\nconsole.log('variables', Object.keys(process.env).join(' '))\n`,
  )
  const inner = await start({ env: { API_KEY: 'sk-first' } })
  const [, variables = ''] = /^variables (.*)$/m.exec(inner.log) ?? []
  expect(variables).toContain('API_KEY')
  expect(variables).toContain('GITHUB_ACTIONS')
  expect(variables).not.toMatch(/SLOGATE_GITHUB_TOKEN|GITHUB_OUTPUT|GITHUB_ENV|STEP_SUMMARY/)
  expect(readFileSync(join(folder, '.vitest/slogate/junit.xml'), 'utf8')).toContain('chat')
})
