import { runLoad } from '../../../src/engine/load.ts'
import { body, idOf, type Order, path, type SeenStream } from './order.ts'

/** Our engine as a run has it: a load process that sends, and this one that takes its records. */
export async function runSlogate(order: Order): Promise<SeenStream[]> {
  const { url, streams, warmup, requests } = order
  // Measured requests take the rows from the first on, those of the warm-up from the last on backwards.
  const numbers = Array.from(
    { length: warmup + requests },
    (_, i) => (warmup + i) % (warmup + requests),
  )
  const { records } = await runLoad({
    load: { kind: 'closed', concurrency: streams, requests, warmup, rounds: 1, seed: 1 },
    timeouts: { total: 600_000, connect: 10_000 },
    stream: { dialect: 'openai-chat' },
    requests: numbers.map((number) => ({
      url: url + path,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': idOf(number) },
      body,
    })),
  })
  return records.map(({ phase, index, marks, tokenTimes }) => ({
    id: idOf(phase === 'warmup' ? warmup - 1 - index : warmup + index),
    tokens: tokenTimes.length,
    times: tokenTimes.map((at) => at - (marks.dispatched ?? Number.NaN)),
  }))
}
