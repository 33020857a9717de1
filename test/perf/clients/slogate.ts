import { runLoad } from '../../../src/engine/load.ts'
import { body, idOf, type Order, type SeenStream } from './order.ts'

/** Our engine as a run has it: a load process that sends, and this one that takes its records. */
export async function runSlogate(order: Order): Promise<SeenStream[]> {
  const { url, streams, warmup, requests } = order
  // Of measured requests the numbers begin at 0, and those of the warm-up go on behind them.
  const numbers = Array.from(
    { length: warmup + requests },
    (_, i) => (warmup + i) % (warmup + requests),
  )
  const { records } = await runLoad({
    load: { kind: 'closed', concurrency: streams, requests, warmup, rounds: 1, seed: 1 },
    timeouts: { total: 600_000, connect: 10_000 },
    stream: { dialect: 'openai-chat' },
    requests: numbers.map((number) => ({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': idOf(number) },
      body,
    })),
  })
  return records
    .filter(({ phase }) => phase === 'measured')
    .map(({ index, marks, tokenTimes }) => ({
      id: idOf(warmup + index),
      sent: marks.dispatched ?? Number.NaN,
      tokenTimes,
    }))
}
