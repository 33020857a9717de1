import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'

import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

import { type MockHandle, startMock } from '../../src/mock/index.ts'
import { type RunningServer, startServer, type ServeOptions } from '../../src/serve/server.ts'
import { refusingUrl, serve } from '../_server.ts'
import { readFrames, type Reply, send, type Sending, until } from '../mock/client.ts'
import { createProject } from './_project.ts'

const key = 'sk-key-of-the-target-0123456789'
/** What a target takes in its address in place of a key. */
const ticket = 'ticket-of-the-target-9876543210'

const folder = mkdtempSync(join(tmpdir(), 'slogate-serve-'))
const lines: string[] = []
let mock: MockHandle
let server: RunningServer
let api = ''

const options: ServeOptions = {
  host: '127.0.0.1',
  port: 0,
  token: undefined,
  hostNames: [],
  limits: { requests: 1000, concurrency: 64 },
  targets: [],
  datasets: undefined,
  out: join(folder, 'runs'),
  keep: 50,
  root: folder,
  log: (line) => lines.push(line),
}

beforeAll(async () => {
  mock = await startMock({ profile: 'vllm', ttft: '10ms', itl: '1ms', api_key: key })
  server = await startServer(options)
  api = `${server.url}/v1/benchmark`
})

afterAll(async () => {
  await server.close()
  await mock.stop()
  rmSync(folder, { recursive: true })
})

/** A benchmark of the mock. */
function ask(more: object = {}): Record<string, unknown> {
  return {
    api_url: `${mock.url}/v1`,
    parallel: 4,
    model: 'mock-model',
    'min-tokens': 5,
    'max-tokens': 10,
    datasets: 'openqa',
    api_key: key,
    ...more,
  }
}

const post = (body: unknown, { headers, ...more }: Sending = {}): Promise<Reply> =>
  send(api, { body, headers: { 'content-type': 'application/json', ...headers }, ...more })

const parse = (reply: Reply): any => JSON.parse(reply.text)

async function readTruth(): Promise<any[]> {
  const headers = { authorization: `Bearer ${key}` }
  return parse(await send(`${mock.url}/__mock/truth`, { headers }))
}

/** What the mock saw of what is sent meanwhile. */
async function watch<T>(act: () => Promise<T>): Promise<{ value: T; seen: any[] }> {
  const before = (await readTruth()).length
  const value = await act()
  return { value, seen: (await readTruth()).slice(before) }
}

/** Waits for a request that a benchmark has sent. */
async function untilSent(before: number): Promise<void> {
  await until(readTruth, (truth) => truth.length > before)
}

test('a benchmark sends 100 requests, and its figures are what the target saw [S0.1] [S0.8] [S0.10–S0.13] [S0.30]', async () => {
  const { value: reply, seen } = await watch(() => post(ask()))
  expect([reply.status, reply.headers['content-type']]).toEqual([
    200,
    'application/json; charset=utf-8',
  ])
  const { status, metrics, percentiles, id, report_url } = parse(reply)
  expect([status, report_url]).toEqual(['success', `/reports/${id}`])

  // No warm-up: what was sent is what is told.
  expect(seen).toHaveLength(100)
  const tokens = seen.reduce((sum, { tokens }) => sum + tokens.completion, 0)
  expect(Object.keys(metrics)).toHaveLength(13)
  expect(metrics).toMatchObject({
    total_requests: 100,
    successful_requests: 100,
    failed_requests: 0,
    total_tokens: tokens,
    parallel: 4,
    model: 'mock-model',
    dataset: 'openqa',
  })
  const {
    duration,
    avg_response_time: mean,
    min_response_time: min,
    max_response_time: max,
  } = metrics
  expect(metrics.requests_per_second).toBeCloseTo(100 / duration, 2)
  expect(metrics.tokens_per_second).toBeCloseTo(tokens / duration, 1)
  // Little's law.
  expect((100 * mean) / duration).toBeLessThanOrEqual(4)

  // The target sent its last token within what the client waited for it.
  const times = seen.map(({ recv_ms, last_content_ms }) => (last_content_ms - recv_ms) / 1000)
  expect(min).toBeGreaterThanOrEqual(Math.min(...times))
  expect(mean).toBeGreaterThanOrEqual(times.reduce((a, b) => a + b) / 100)
  const { p50, p75, p90, p95, p99 } = percentiles
  const ladder = [min, p50, p75, p90, p95, p99, max]
  expect(ladder).toEqual(ladder.toSorted((a, b) => a - b))
})

/** Figures of a benchmark of a mock whose first token comes so late. */
async function runWith(ttft: string): Promise<any> {
  const headers = { authorization: `Bearer ${key}` }
  await send(`${mock.url}/__mock/config`, { method: 'PATCH', body: { ttft }, headers })
  return parse(await post(ask({ number: 8, parallel: 2 })))
}

test('a slower target has a longer response time, by as much [S0.30]', async () => {
  const quick = await runWith('10ms')
  const slow = await runWith('210ms')
  await runWith('10ms')
  expect(slow.metrics.min_response_time).toBeGreaterThanOrEqual(0.21)
  expect(slow.percentiles.p50 - quick.metrics.min_response_time).toBeGreaterThan(0.15)
})

test('progress comes as events, and the result at their end [S0.18] [S0.19]', async () => {
  const reply = await post(ask({ number: 40 }), { headers: { accept: 'text/event-stream' } })
  expect(reply.headers['content-type']).toMatch(/^text\/event-stream/)
  const frames = readFrames(reply.text).map(({ event, data }) => ({
    event,
    data: JSON.parse(data ?? ''),
  }))
  const [first, ...rest] = frames
  expect(first).toEqual({
    event: 'started',
    data: { id: expect.any(String), report_url: expect.stringMatching(/^\/reports\//) },
  })
  const progress = rest.filter(({ event }) => event === 'progress').map(({ data }) => data)
  expect(progress.at(0)).toMatchObject({ done: 0, total: 40 })
  expect(progress.at(-1)).toMatchObject({ done: 40, total: 40, failed: 0 })
  const last = frames.at(-1)
  expect(last).toMatchObject({
    event: 'result',
    data: { status: 'success', id: first?.data.id, metrics: { total_requests: 40 } },
  })

  // It can be asked for later, its files and its page too.
  const { id, report_url } = first!.data
  const kept = parse(await send(`${api}/${id}`))
  expect(kept).toMatchObject({ id, status: 'success', metrics: last?.data.metrics, error: null })
  expect(kept.parameters).toEqual({
    api_url: `${mock.url}/v1`,
    parallel: 4,
    model: 'mock-model',
    'min-tokens': 5,
    'max-tokens': 10,
    datasets: 'openqa',
    number: 40,
  })
  const again = await send(`${api}/${id}`, { headers: { accept: 'text/event-stream' } })
  expect(readFrames(again.text)).toEqual([{ event: 'result', data: JSON.stringify(last?.data) }])
  const page = await send(`${server.url}${report_url}?lang=en`)
  expect([page.status, page.text.includes(id)]).toEqual([200, true])
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'/)
  for (const [name, type] of [
    ['results.json', 'application/json'],
    ['test_results.json', 'application/json'],
    ['report.html', 'text/html; charset=utf-8'],
    ['requests.ndjson.gz', 'application/gzip'],
  ] as const) {
    const file = await send(`${server.url}${report_url}/${name}`)
    expect([name, file.status, file.headers['content-type']]).toEqual([name, 200, type])
  }
  const list = parse(await send(`${server.url}/v1/benchmarks`))
  expect(list).toMatchObject({ running: null, keep: 50 })
  expect(list.data[0].id).toBe(id)
})

/** Arguments and variables of every process that can be seen, where the system shows them as files. */
function listProcesses(): string[] {
  const names = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  return names.flatMap((pid) =>
    ['cmdline', 'environ'].flatMap((file) => {
      try {
        return readFileSync(join('/proc', pid, file), 'latin1')
      } catch {
        return []
      }
    }),
  )
}

test('one runs at a time; it is told of, and ends when it is deleted or left [S0.8] [S0.19]', async () => {
  const before = (await readTruth()).length
  const answered = post(ask({ number: 1000, parallel: 1 }))
  await untilSent(before)
  const busy = await post(ask())
  const { id, report_url, type } = parse(busy).error
  expect([busy.status, type, report_url]).toEqual([409, 'conflict_error', `/reports/${id}`])
  expect(parse(await send(`${api}/${id}`))).toMatchObject({
    id,
    status: 'running',
    progress: { total: 1000 },
  })
  expect(parse(await send(`${server.url}/v1/benchmarks`)).running).toEqual({ id, report_url })

  // Its load is sent by a process of its own, to which the key is not given for all to read.
  const processes = listProcesses()
  expect(processes.filter((text) => text.includes('vitest')).length > 0).toBe(existsSync('/proc'))
  expect(processes.filter((text) => text.includes(key))).toEqual([])

  const followed = send(`${api}/${id}`, { headers: { accept: 'text/event-stream' } })
  const deleted = await send(`${api}/${id}`, { method: 'DELETE' })
  expect([deleted.status, parse(deleted).status]).toEqual([200, 'cancelled'])
  const reply = await answered
  expect([reply.status, parse(reply).error]).toEqual([
    409,
    {
      message: expect.stringMatching(/^The benchmark was cancelled \(it was deleted\): \d+ of /),
      type: 'conflict_error',
      id,
      report_url,
    },
  ])
  const frames = readFrames((await followed).text)
  expect(frames.at(0)).toMatchObject({ event: 'started' })
  expect([frames.at(-1)?.event, JSON.parse(frames.at(-1)?.data ?? '')]).toEqual([
    'error',
    parse(reply),
  ])
  const results = JSON.parse(readFileSync(join(options.out, id, 'results.json'), 'utf8'))
  expect(results.end).toMatchObject({ kind: 'interrupted', reason: 'it was deleted' })
  expect((await send(`${api}/${id}`, { method: 'DELETE' })).status).toBe(409)

  const leaving = new AbortController()
  const sent = (await readTruth()).length
  const left = post(ask({ number: 1000, parallel: 1 }), { signal: leaving.signal })
  await untilSent(sent)
  leaving.abort()
  await expect(left).rejects.toThrow()
  const list = async (): Promise<any> => parse(await send(`${server.url}/v1/benchmarks`))
  const { data } = await until(list, ({ running }) => running === null)
  expect(data[0]).toMatchObject({
    status: 'cancelled',
    error: { message: expect.stringContaining('its client disconnected') },
  })
})

const json = { 'content-type': 'application/json' }

/** What is wrong, how it is sent, and the status, type and words of the answer. */
const bad: [string, () => Sending & { path?: string }, number, string, RegExp][] = [
  ['no body', () => ({ method: 'POST', headers: json }), 400, 'invalid_request_error', /no JSON/],
  [
    'broken JSON',
    () => ({ body: '{"a":', headers: json }),
    400,
    'invalid_request_error',
    /no JSON/,
  ],
  ['a list', () => ({ body: '[]', headers: json }), 400, 'invalid_request_error', /got a list/],
  [
    'a compressed body',
    () => ({
      body: '{}',
      headers: { ...json, 'content-encoding': 'gzip' },
    }),
    415,
    'invalid_request_error',
    /not be compressed/,
  ],
  [
    'a form',
    () => ({ body: 'model=m', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    415,
    'invalid_request_error',
    /application\/json/,
  ],
  ['no type', () => ({ body: '{}' }), 415, 'invalid_request_error', /application\/json/],
  [
    'too long',
    () => ({ body: JSON.stringify({ model: 'm'.repeat(70_000) }), headers: json }),
    413,
    'invalid_request_error',
    /64 KiB/,
  ],
  [
    'a parameter missing',
    () => ({ body: { ...ask(), model: undefined }, headers: json }),
    400,
    'invalid_request_error',
    /^Missing required parameter: model$/,
  ],
  [
    'a number as text',
    () => ({ body: ask({ parallel: '3' }), headers: json }),
    400,
    'invalid_request_error',
    /got the text "3"/,
  ],
  [
    'an unknown parameter',
    () => ({ body: ask({ paralel: 3 }), headers: json }),
    400,
    'invalid_request_error',
    /Did you mean "parallel"/,
  ],
  [
    'an unknown data set',
    () => ({ body: ask({ datasets: '../../etc/passwd' }), headers: json }),
    400,
    'invalid_request_error',
    /no data set/,
  ],
  [
    'a target elsewhere',
    () => ({ body: ask({ api_url: 'http://10.0.0.7/v1' }), headers: json }),
    403,
    'forbidden_error',
    /--allow-target/,
  ],
  [
    'a page elsewhere',
    () => ({ body: ask(), headers: { ...json, origin: 'https://evil.example' } }),
    403,
    'forbidden_error',
    /another origin/,
  ],
  [
    'a form of a page elsewhere',
    () => ({ body: 'x', headers: { 'content-type': 'text/plain', origin: 'null' } }),
    403,
    'forbidden_error',
    /another origin/,
  ],
  [
    'a request without an origin from elsewhere',
    () => ({ body: ask(), headers: { ...json, 'sec-fetch-site': 'cross-site' } }),
    403,
    'forbidden_error',
    /another origin/,
  ],
  [
    'a name that was turned here',
    () => ({ body: ask(), headers: { ...json, host: 'evil.example' } }),
    421,
    'forbidden_error',
    /--allow-host/,
  ],
  [
    'another method',
    () => ({ method: 'PUT' }),
    405,
    'invalid_request_error',
    /takes POST, OPTIONS, not PUT/,
  ],
  [
    'what no server is to expect',
    () => ({ body: {}, headers: { ...json, expect: 'a miracle' } }),
    400,
    'invalid_request_error',
    /^Missing required parameters: api_url, parallel, model/,
  ],
  [
    'a key that is no text',
    () => ({ body: ask({ api_key: [key] }), headers: json }),
    400,
    'invalid_request_error',
    /^api_key must be a text, got a list\.$/,
  ],
  [
    'more requests than are allowed',
    () => ({ body: ask({ number: 1001 }), headers: json }),
    400,
    'invalid_request_error',
    /1 to 1000, got 1001\. --max-requests/,
  ],
  [
    'more in flight than is allowed',
    () => ({ body: ask({ parallel: 65 }), headers: json }),
    400,
    'invalid_request_error',
    /1 to 64, got 65\. --max-concurrency/,
  ],
  ['no path', () => ({ path: '/v2/benchmark' }), 404, 'not_found_error', /nothing at this path/],
  ['a path of slashes', () => ({ path: '//' }), 404, 'not_found_error', /nothing at this path/],
  ['a zero byte', () => ({ path: '/reports/%00' }), 404, 'not_found_error', /nothing at this path/],
  [
    'a broken escape',
    () => ({ path: '/reports/%zz' }),
    404,
    'not_found_error',
    /nothing at this path/,
  ],
  [
    'a way out',
    () => ({ path: '/reports/..%2f..%2fetc/passwd' }),
    404,
    'not_found_error',
    /nothing at this path/,
  ],
  [
    'no such run',
    () => ({ path: '/v1/benchmark/nobody' }),
    404,
    'not_found_error',
    /no benchmark nobody/,
  ],
  ['no such report', () => ({ path: '/reports/nobody' }), 404, 'not_found_error', /no result/],
  [
    'no such file',
    () => ({ path: '/reports/nobody/results.json' }),
    404,
    'not_found_error',
    /no file/,
  ],
  ['no such asset', () => ({ path: '/assets/nothing.js' }), 404, 'not_found_error', /no asset/],
  [
    'headers without end',
    () => ({ headers: { x: 'y'.repeat(20_000) } }),
    431,
    'invalid_request_error',
    /too large/,
  ],
]

test.for(bad)(
  '%s is answered by an error of the one shape [S0.14] [S0.15] [S0.16] [S0.32]',
  async ([, make, status, type, words]) => {
    const { path = '/v1/benchmark', ...sending } = make()
    const { value: reply, seen } = await watch(() => send(`${server.url}${path}`, sending))
    expect([reply.status, parse(reply)]).toEqual([
      status,
      { error: { message: expect.stringMatching(words), type } },
    ])
    expect(reply.headers['content-type']).toMatch(/^application\/json/)
    if (status === 405) expect(reply.headers['allow']).toBe('POST, OPTIONS')
    expect(seen).toEqual([])
  },
)

test('what is no HTTP, and who leaves in the middle, ends nothing and is no fault of the server', async () => {
  const told = lines.length
  const { hostname, port } = new URL(server.url)
  const talk = async (text: string, leave = false): Promise<string> => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    let got = ''
    socket.setEncoding('utf8').on('data', (part: string) => (got += part))
    socket.write(text)
    if (leave) setImmediate(() => socket.destroy())
    await once(socket, 'close')
    return got
  }
  const junk = await talk('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n\u0000junk\r\n\r\n')
  expect(junk).toMatch(/HTTP\/1\.1 400 [^]*"type":"invalid_request_error"/)
  expect(await talk('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toContain('no Host header')
  const head = `POST /v1/benchmark HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`
  await talk(`${head}Content-Length: 500\r\n\r\n{"model":`, true)
  expect(await talk(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)).toMatch(/^HTTP\/1\.1 400 /)
  expect((await send(`${server.url}/v1/datasets`)).text).toBe('{"data":[{"id":"openqa"}]}\n')
  expect(lines.slice(told)).toEqual([])
})

test('a page of this machine asks beforehand, and is let [S0.16]', async () => {
  const origin = 'http://localhost:3000'
  const reply = await send(api, { method: 'OPTIONS', headers: { origin } })
  expect([reply.status, reply.text]).toEqual([204, ''])
  expect(reply.headers).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers': 'Content-Type, Authorization, Accept',
    vary: 'Origin',
  })
})

test('a target that is down or answers with errors is told as that, and the key with neither [S0.8] [S0.15] [S0.31]', async () => {
  const nobody = await refusingUrl()
  const down = await post(ask({ api_url: `${nobody}/v1?token=${ticket}` }))
  expect([down.status, parse(down).error]).toEqual([
    503,
    {
      message: expect.stringContaining('The target cannot be reached'),
      type: 'connection_error',
      id: expect.any(String),
      report_url: expect.any(String),
    },
  ])
  const kept = parse(await send(`${api}/${parse(down).error.id}`))
  expect(kept).toMatchObject({
    status: 'failed',
    parameters: { api_url: `${nobody}/v1?token=[token]` },
    metrics: { successful_requests: 0, failed_requests: 100, avg_response_time: null },
    error: parse(down).error,
  })
  const target = await serve((request, response) => {
    response.writeHead(500, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({ error: `\u001b[31mno: ${request.headers.authorization} ${request.url}` }),
    )
  })
  onTestFinished(() => target.close())
  const broken = await post(ask({ api_url: target.url, number: 10 }))
  expect([broken.status, parse(broken).error.type]).toEqual([502, 'upstream_error'])
  expect(parse(broken).error.message).toMatch(/^All 10 requests failed: 10 × HTTP 500/)
  expect(broken.text).not.toContain(key)
  expect(broken.text).not.toContain('\\u001b')

  const models = (api_url: string): Promise<Reply> =>
    send(`${server.url}/v1/models`, { body: { api_url, api_key: key }, headers: json })
  expect(parse(await models(mock.url))).toEqual({ data: [{ id: 'mock-model' }] })
  const refused = await models(target.url)
  expect([refused.status, parse(refused).error.type]).toEqual([502, 'upstream_error'])
  expect(refused.text).not.toContain(key)
  const query = await models(`${target.url}?token=${ticket}`)
  expect([query.status, query.text.includes(ticket)]).toEqual([502, false])
  const unreached = await models(await refusingUrl())
  expect([unreached.status, parse(unreached).error.type]).toEqual([503, 'connection_error'])
})

test('the key of a target, or what its address holds, is in no file and no line of the log [S0.8]', () => {
  const names = readdirSync(options.out, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(20)
  for (const { parentPath, name } of files) {
    const bytes = readFileSync(join(parentPath, name))
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    expect([name, text.includes(key), text.includes(ticket)]).toEqual([name, false, false])
  }
  expect(lines.length).toBeGreaterThan(5)
  expect(lines.join('\n')).not.toContain(key)
  expect(lines.join('\n')).not.toContain(ticket)
})

test('a folder that cannot be written is a fault of this side, and nothing is sent [S0.15]', async () => {
  writeFileSync(join(folder, 'file'), '')
  const stuck = await startServer({ ...options, out: join(folder, 'file/runs') })
  onTestFinished(() => stuck.close())
  const { value: reply, seen } = await watch(() =>
    send(`${stuck.url}/v1/benchmark`, { body: ask(), headers: json }),
  )
  expect([reply.status, parse(reply)]).toEqual([
    500,
    { error: { message: expect.stringContaining('cannot be written'), type: 'internal_error' } },
  ])
  expect(seen).toEqual([])
})

test('only so many runs are kept, the newest, and only who has the token starts one', async () => {
  const out = join(folder, 'few')
  const token = 'token-of-the-server-0123456789'
  const few = await startServer({ ...options, out, keep: 2, token })
  onTestFinished(() => few.close())
  const stranger = await send(`${few.url}/v1/benchmark`, { body: ask(), headers: json })
  expect([stranger.status, parse(stranger).error.type]).toEqual([401, 'authentication_error'])
  expect(stranger.headers['www-authenticate']).toMatch(/^Basic /)
  const ids: string[] = []
  for (let run = 0; run < 3; run++) {
    const body = ask({ number: 1 })
    const headers = { ...json, authorization: `Bearer ${token}` }
    ids.push(parse(await send(`${few.url}/v1/benchmark`, { body, headers })).id)
  }
  expect(readdirSync(out).toSorted()).toEqual(ids.slice(1))
})

test("the document's own command works as it is printed, and a signal ends the server [S0.9]", async () => {
  const project = createProject({})
  const target = await startMock({ profile: 'vllm', ttft: '5ms', itl: '0.1ms' })
  onTestFinished(() => target.stop())
  const running = project.startSlogate(['serve', '--port', '0'])
  const text = await until(
    async () => running.text(),
    (text) => text.includes('endpoint'),
  )
  const [, url = ''] = /endpoint {2}POST (\S+)\/v1\/benchmark/.exec(text) ?? []
  const command = `curl -X POST http://localhost:8080/v1/benchmark \\
  -H "Content-Type: application/json" \\
  -d '{
    "api_url": "http://localhost:8000/v1",
    "parallel": 3,
    "model": "test-model",
    "min-tokens": 50,
    "max-tokens": 100,
    "datasets": "openqa",
    "api_key": "your-api-key"
  }'`
  const typed = command
    .replace('http://localhost:8080', url)
    .replace('http://localhost:8000', target.url)
  const { stdout } = await promisify(execFile)('sh', ['-c', typed])
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'success',
    metrics: { total_requests: 100, successful_requests: 100, parallel: 3, model: 'test-model' },
  })
  expect(await target.truth()).toHaveLength(100)

  const taken = await project.slogate(['serve', '--port', new URL(url).port])
  expect([taken.code, taken.stderr.split('\n')[0]]).toEqual([
    3,
    expect.stringMatching(/^slogate serve: port \d+ is taken\. Choose another one: --port \d+$/),
  ])

  const body = { ...ask({ number: 1000, parallel: 1 }), api_url: target.url }
  const stopped = send(`${url}/v1/benchmark`, { body, headers: json })
  await until(
    () => target.truth(),
    (truth) => truth.length > 100,
  )
  running.child.kill('SIGTERM')
  expect((await running.done).code).toBe(0)
  expect(parse(await stopped).error.message).toContain('(the server was stopped)')
  const out = join(project.folder, '.vitest/slogate/serve')
  const newest = readdirSync(out).toSorted().at(-1) ?? ''
  expect(readdirSync(join(out, newest))).toEqual(
    expect.arrayContaining(['benchmark.json', 'report.html', 'results.json']),
  )
})

test('an address that others reach needs a token, and a folder of data sets must be there', async () => {
  const project = createProject({})
  const open = await project.slogate(['serve', '--host', '0.0.0.0', '--port', '0'])
  expect([open.code, open.stderr]).toEqual([3, expect.stringContaining('SLOGATE_SERVE_TOKEN')])
  const short = await project.slogate(['serve', '--token', 'short'])
  expect([short.code, short.stderr]).toEqual([3, expect.stringContaining('16 characters')])
  const nowhere = await project.slogate(['serve', '--datasets', 'nowhere'])
  expect([nowhere.code, nowhere.stderr]).toEqual([3, expect.stringContaining('is no folder')])
})
