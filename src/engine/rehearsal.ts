import { keepKnown } from '../bench-spec/known.ts'
import { composeSpecimen, type Specimen } from '../stream/specimen.ts'
import { now } from './clock.ts'
import type { Connection, ResponseHandler } from './connection.ts'
import { type LoadPlan, startLoop } from './loop.ts'
import { type Columns, encodeRecords } from './record-columns.ts'
import type { RequestRecord } from './record.ts'

/**
 * Answers of this many tokens, in so many slots; a batch is made of the latest of them at every
 * eighth. The whole ends at the latest after `time` ms.
 */
const size = { answers: 64, tokens: 100, slots: 8, batch: 32, time: 150 } as const

/**
 * Takes the whole path of a request that needs no socket (schedule, exchange, reader, record, batch)
 * through answers that nobody has sent, until V8 has compiled and optimised it: it would else do so
 * while the first requests are measured. `onBatch` gets their records. Resolves to how many answers
 * were read.
 */
export async function rehearse(
  plan: LoadPlan,
  onBatch: (columns: Columns) => void,
): Promise<number> {
  const specimen = composeSpecimen(plan.stream, size.tokens)
  const start = now()
  const latest: RequestRecord[] = []
  let answers = 0
  const loop = startLoop(
    keepKnown<LoadPlan>({
      timeouts: plan.timeouts,
      stream: plan.stream,
      secrets: plan.secrets,
      phaseHeader: plan.phaseHeader,
      requests: plan.requests.slice(0, 1),
      load: {
        kind: 'closed',
        concurrency: size.slots,
        requests: size.answers,
        warmup: 0,
        rounds: 1,
        seed: plan.load.seed,
      },
    }),
    () => playTo(specimen),
    {
      onRecord(record) {
        answers++
        if (latest.push(record) > size.batch) latest.shift()
        if (answers % size.slots === 0) onBatch(encodeRecords(latest))
        if (now() - start > size.time) loop.stop('finish')
      },
    },
  )
  await loop.finished
  return answers
}

/** A connection whose other end is here, and answers each request with the specimen. */
function playTo({ contentType, events }: Specimen): Connection {
  const headers = { 'content-type': contentType }

  function answer(handler: ResponseHandler): void {
    handler.onSend(true)
    handler.onAnswer?.()
    handler.onHeaders(200, headers)
    for (const event of events) handler.onData(Buffer.from(event))
    handler.onEnd()
  }

  return {
    send(_request, handler) {
      setImmediate(answer, handler)
    },
    cancel() {},
    async close() {},
  }
}
