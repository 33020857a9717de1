import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import { startMock } from '../../src/mock/index.ts'
import { chat, send, until } from '../mock/client.ts'

const index = new URL('../../src/mock/index.ts', import.meta.url).href
const main = fileURLToPath(new URL('../../src/mock/main.ts', import.meta.url))

const key = 'key-of-the-mock-0123456789'

const readClock = (): number => Number(process.hrtime.bigint()) / 1e6

const isGone = (url: string): Promise<boolean> =>
  send(`${url}/health`).then(
    () => false,
    () => true,
  )

/** Runs main.ts to its end. */
async function runMain(input: string): Promise<{ code: number; stderr: string }> {
  const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(input)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, stderr }
}

test('runs in a process of its own, tells the truth and stops', async () => {
  const mock = await startMock({ ttft: 4, itl: 1, tokens: 2, api_key: key })
  expect(mock.pid).not.toBe(process.pid)
  const headers = { authorization: `Bearer ${key}` }
  await send(`${mock.url}/v1/chat/completions`, { body: { ...chat, stream: true }, headers })
  expect(await mock.truth()).toMatchObject([{ seq: 1, outcome: 'ok', tokens: { completion: 2 } }])
  expect((await send(`${mock.url}/__mock/truth`)).status).toBe(401)
  await mock.stop()
  expect(await isGone(mock.url)).toBe(true)
  await mock.stop()
})

// What a process was started with can be read by every user of the machine.
test.runIf(process.platform === 'linux')('no option stands where others can read it', async () => {
  const mock = await startMock({ api_key: key })
  const read = (file: string): string => readFileSync(`/proc/${mock.pid}/${file}`, 'utf8')
  expect(read('cmdline')).toContain('mock/main')
  expect(read('cmdline')).not.toContain(key)
  expect(read('environ')).not.toContain(key)
  await mock.stop()
})

test('stamps the truth on a clock that this process shares', async () => {
  const mock = await startMock({ ttft: 4, itl: 1, tokens: 2 })
  const before = readClock()
  await send(`${mock.url}/v1/chat/completions`, { body: chat })
  const after = readClock()
  const [record] = await mock.truth()
  expect(record!.recv_ms).toBeGreaterThan(before)
  expect(record!.end_ms).toBeLessThan(after)
  await mock.stop()
})

test('rejects with the words of the server when the options are wrong', async () => {
  await expect(startMock({ ttfb: 3, seed: -1 })).rejects.toThrow(
    /^mock: ttfb: .* Did you mean ttft\?\nmock: seed: expected a whole number/,
  )
})

test('stops when its signal fires, and does not start after that', async () => {
  const stopping = new AbortController()
  const mock = await startMock({}, { signal: stopping.signal })
  stopping.abort(new Error('enough'))
  await until(() => isGone(mock.url), Boolean)
  await expect(startMock({}, { signal: stopping.signal })).rejects.toThrow('enough')
})

test('rejects with the reason of a signal that fires while it starts', async () => {
  const stopping = new AbortController()
  const starting = startMock({}, { signal: stopping.signal })
  stopping.abort(new Error('enough'))
  await expect(starting).rejects.toThrow('enough')
})

/** A process that starts a mock, prints its url and then does `rest`. */
function startParent(rest: string): ReturnType<typeof spawn> {
  const script = `
    import { startMock } from ${JSON.stringify(index)}
    const { url } = await startMock()
    console.log(url)
    ${rest}`
  return spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

test('dies with its parent, even when that is killed', async () => {
  const parent = startParent('setInterval(() => {}, 1000)')
  const [url] = (await once(createInterface(parent.stdout!), 'line')) as [string]
  expect(await isGone(url)).toBe(false)
  parent.kill('SIGKILL')
  await until(() => isGone(url), Boolean)
})

test('does not keep its parent alive', async () => {
  const parent = startParent('')
  const [url] = (await once(createInterface(parent.stdout!), 'line')) as [string]
  const [code] = (await once(parent, 'exit')) as [number]
  expect(code).toBe(0)
  await until(() => isGone(url), Boolean)
})

test('a server that is closed lets its process end, whatever it had planned', async () => {
  const server = new URL('../../src/mock/serving/server.ts', import.meta.url).href
  const script = `
    import { startServer } from ${JSON.stringify(server)}
    const server = await startServer({ profile: 'vllm', ttft: '10m' })
    const asked = fetch(server.url + '/stream/raw').then((response) => response.text())
    while ((await (await fetch(server.url + '/__mock/stats')).json()).running === 0);
    await server.close()
    await asked.catch(() => {})
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: 'inherit',
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
})

test.each([['SIGTERM'], ['SIGINT']] as const)('main exits 0 on %s', async (signal) => {
  const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.write('{}\n')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  expect(JSON.parse(line)).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    pid: child.pid,
  })
  child.kill(signal)
  expect(await once(child, 'exit')).toEqual([0, null])
})

test.each([
  ['{"ttft":"fast"}\n', /^mock: ttft: expected .*, got "fast"\. Write .*\n$/],
  ['{"ttft":\n', /^mock: the input is no JSON object on one line\n$/],
  ['', /^mock: the input is no JSON object on one line\n$/],
])('main exits 3 with one line for the input %j', async (input, line) => {
  const { code, stderr } = await runMain(input)
  expect(code).toBe(3)
  expect(stderr).toMatch(line)
})
