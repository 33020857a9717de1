import { expect, onTestFinished, test, vi } from 'vitest'

import { startServer } from '../../src/mock/serving/server.ts'
import { send } from './client.ts'

function ask(url: string, signal?: AbortSignal): Promise<unknown> {
  const body = { prompt: 'hi', stream: true, max_tokens: 4 }
  return send(`${url}/v1/completions`, { body, ...(signal && { signal }) }).catch(() => {})
}

function untilPassed(ms: number): Promise<void> {
  const end = performance.now() + ms
  return new Promise((resolve) => {
    const look = (): void => {
      if (performance.now() >= end) resolve()
      else setImmediate(look)
    }
    look()
  })
}

test('a client that leaves just when it is its turn is sent nothing more, and its end stays', async () => {
  const server = await startServer({
    profile: 'vllm',
    queue: { running: 1, waiting: 1 },
    ttft: 200,
    itl: 50,
  })
  onTestFinished(() => server.close())
  const first = ask(server.url)
  await untilPassed(15)
  const leaving = new AbortController()
  const second = ask(server.url, leaving.signal)
  await untilPassed(15)
  // The timer of the first one's end is late: who leaves now is the first to notice it.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  // Well behind the end of the first one, which takes 350 ms.
  await untilPassed(500)
  leaving.abort()
  await second
  await untilPassed(20)
  await vi.advanceTimersByTimeAsync(2000)
  vi.useRealTimers()
  await untilPassed(100)
  const { text } = await send(`${server.url}/__mock/truth`)
  const [, left] = JSON.parse(text)
  expect(left).toMatchObject({ outcome: 'client_aborted', content_ms: [] })
  expect(left.admitted_ms).not.toBeNull()
  expect(left).toMatchObject({ headers_ms: null, done_ms: null })
  await first
})
