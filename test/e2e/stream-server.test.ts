import { expect, onTestFinished, test } from 'vitest'

import { now } from '../../src/engine/clock.ts'
import { compileServer, type Mode, type Pace, startStreamServer } from '../perf/stream-server.ts'

const missing = compileServer() === undefined
const title = missing ? ' (missing: cc)' : ''

async function ask(
  pace: Pace,
  id: string,
): Promise<{ text: string; sent: number; seen: number; log: Awaited<ReturnType<typeof readLog>> }> {
  const server = await startStreamServer(pace)
  onTestFinished(server.stop)
  const sent = now()
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-request-id': id },
    body: JSON.stringify({ stream: true, max_tokens: 5, messages: [] }),
  })
  const text = await response.text()
  return { text, sent, seen: now(), log: await readLog(server) }
}

const readLog = (server: Awaited<ReturnType<typeof startStreamServer>>) => server.log()

interface Chunk {
  id: string
  choices: { delta: { content?: string }; finish_reason: string | null }[]
  usage?: { completion_tokens: number }
}

test.skipIf(missing).for<[Mode, number]>([
  ['paced', 1],
  ['lock-step', 1],
  ['flood', 2],
])(
  `the stream server sends what it says it sends: %s, %d a send${title}`,
  async ([mode, per_send]) => {
    const pace = { mode, per_send, gap_us: 2_000, first_us: '1000-5000' }
    const { text, sent, seen, log } = await ask(pace, 'one "id"')
    const data = text
      .split('\n\n')
      .filter((event) => event !== '')
      .map((event) => event.replace('data: ', ''))
    expect(data.pop()).toBe('[DONE]')
    const chunks = data.map((event) => JSON.parse(event) as Chunk)
    expect(chunks.filter(({ choices }) => choices[0]?.delta.content !== undefined)).toHaveLength(5)
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(5)

    expect(log).toHaveLength(1)
    const [stream] = log
    expect(stream).toMatchObject({ id: 'one _id_', tokens: 5, ended: true })
    expect(chunks[0]?.id).toBe(stream?.answer)
    expect(stream?.sends).toHaveLength(Math.ceil(5 / per_send))
    // One clock for all, to the µs that the log has.
    const instants = [sent, stream?.received, stream?.first, ...(stream?.sends ?? []), seen]
    const sorted = instants.toSorted((a, b) => (a ?? 0) - (b ?? 0))
    instants.forEach((at, i) => expect(at).toBeCloseTo(sorted[i] ?? Number.NaN, 2))
  },
)

test.skipIf(missing)(`a stream that its client leaves is none that has ended${title}`, async () => {
  const server = await startStreamServer({ tokens: 1_000, gap_us: 1_000, first_us: '0-0' })
  onTestFinished(server.stop)
  const response = await fetch(`${server.url}/v1/completions`, {
    method: 'POST',
    body: '{"stream":true,"prompt":"req-7"}',
  })
  await response.body?.cancel()
  const [stream] = await server.log()
  expect(stream).toMatchObject({ id: 'req-7', ended: false })
})
