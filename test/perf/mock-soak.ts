import { Agent, request } from 'node:http'

import { faultNames } from '../../src/mock/fault/kinds.ts'
import { startMock } from '../../src/mock/index.ts'
import { readMemory } from './process-tree.ts'

const concurrency = 50
/** A request is given up after so many ms of silence, or so many in all. */
const patience = { silence: 300, total: 1_500 }

const paths = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/responses',
  '/v1/messages',
  '/v1/chat-messages',
  '/v1/workflows/run',
  '/api/chat',
  '/generate_stream',
  '/v1beta/models/mock:streamGenerateContent?alt=sse',
  '/v1beta/models/mock:streamGenerateContent',
  '/stream/raw',
  '/stream/ndjson',
]
/** Has what each of them asks for. */
const body = JSON.stringify({
  model: 'mock',
  messages: [{ role: 'user', content: 'hello' }],
  prompt: 'hello',
  input: 'hello',
  inputs: 'hello',
  contents: [{ role: 'user', parts: [{ text: 'hello' }] }],
  query: 'hello',
  stream: true,
  max_tokens: 16,
})

/**
 * Sends mixed faults to a mock and prints what became of the requests and of the mock's memory. Says
 * whether memory stayed where it was.
 */
export async function soakMock(minutes: number): Promise<boolean> {
  const mock = await startMock({
    profile: 'vllm',
    ttft: { dist: 'exponential', mean: '5ms' },
    itl: { dist: 'exponential', mean: '1ms' },
    tokens: { min: 1, max: 16 },
    queue: { running: 40, waiting: 20 },
    faults: faultNames.map((kind) => ({ kind, when: { rate: 0.02 } })),
  })
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })

  const outcomes = { answered: 0, refused: 0, broken: 0 }

  function send(path: string): Promise<void> {
    return new Promise((resolve) => {
      const outgoing = request(
        `${mock.url}${path}`,
        { method: 'POST', agent, timeout: patience.silence },
        (response) => {
          response.resume().on('error', () => {})
          response.on('close', () => {
            if (!response.complete) outcomes.broken++
            else if (response.statusCode === 200) outcomes.answered++
            else outcomes.refused++
            resolve()
          })
        },
      )
      const timer = setTimeout(() => outgoing.destroy(), patience.total)
      outgoing.on('close', () => {
        clearTimeout(timer)
      })
      outgoing.on('timeout', () => outgoing.destroy())
      outgoing.on('error', () => {
        outcomes.broken++
        resolve()
      })
      outgoing.end(body)
    })
  }

  const end = Date.now() + minutes * 60_000
  async function keepSending(slot: number): Promise<void> {
    for (let turn = slot; Date.now() < end; turn++) await send(paths[turn % paths.length]!)
  }

  const memory: number[] = []
  const watch = setInterval(() => {
    memory.push(readMemory(mock.pid))
    if (memory.length % 12 !== 0) return
    const { answered, refused, broken } = outcomes
    const counts = `${answered} answered, ${refused} refused, ${broken} broken`
    console.log(`${memory.length / 12} min: ${counts}, ${memory.at(-1)} KiB`)
  }, 5_000)
  await Promise.all(Array.from({ length: concurrency }, (_, slot) => keepSending(slot)))
  clearInterval(watch)

  const third = Math.floor(memory.length / 3)
  const middle = Math.max(...memory.slice(third, 2 * third))
  const last = Math.max(...memory.slice(2 * third))
  console.log(`highest: ${middle} KiB in the second third, ${last} KiB in the last`)
  agent.destroy()
  await mock.stop()
  return last <= 1.1 * middle
}
