import { keepKnown } from '../bench-spec/known.ts'
import { composeSpecimen, type Specimen } from '../stream/specimen.ts'
import { now } from './clock.ts'
import { createLeanConnection } from './lean-connection.ts'
import type { LoadPlan } from './load-plan.ts'
import { startLoop } from './loop.ts'
import { type Columns, createRecordBatch } from './record-columns.ts'
import type { OpenWire } from './wire.ts'

/**
 * Answers of this many tokens, in so many slots; as many make a batch. `again`: of them where some were
 * read before. They come in so many shapes: code that was optimised for one is thrown away when a server
 * writes another. The whole ends at the latest after `time` ms.
 */
const size = { answers: 64, again: 16, tokens: 100, slots: 8, shapes: 6, time: 150 } as const

/** What is rehearsed while nobody has a plan yet. */
export const unplanned: LoadPlan = {
  load: { kind: 'closed', concurrency: 1, requests: 1, warmup: 0, rounds: 1, seed: 0 },
  timeouts: { total: 60_000, connect: 60_000 },
  requests: [{ url: 'http://127.0.0.1/', method: 'POST', headers: {}, body: '{}' }],
}

/**
 * Takes the whole path of a request that needs no socket (schedule, exchange, our own client, reader,
 * record, batch) through answers that nobody has sent, until V8 has compiled and optimised it: it
 * would else do so while the first requests are measured. `onBatch` gets their records.
 * `before`: how many answers this process has read like that. Resolves to how many were read now.
 */
export async function rehearse(
  plan: LoadPlan,
  onBatch: (columns: Columns) => void,
  before = 0,
): Promise<number> {
  const asked = before < size.answers ? size.answers : size.again
  const { stream } = plan.mix?.[0] ?? plan
  const play = playWire(
    Array.from({ length: size.shapes }, (_, shape) => composeSpecimen(stream, size.tokens, shape)),
  )
  const start = now()
  const batch = createRecordBatch()
  let answers = 0
  const loop = startLoop(
    keepKnown<LoadPlan>({
      timeouts: plan.timeouts,
      stream,
      secrets: plan.secrets,
      tracing: plan.tracing,
      phaseHeader: plan.phaseHeader,
      requests: plan.requests.slice(0, 1),
      load: {
        kind: 'closed',
        concurrency: size.slots,
        requests: asked - size.slots,
        warmup: size.slots,
        rounds: 1,
        seed: plan.load.seed,
      },
    }),
    () => createLeanConnection(plan.load, play),
    {
      onRecord(record) {
        answers++
        batch.add(record)
        if (answers % size.slots === 0) onBatch(batch.take())
        if (now() - start > size.time) loop.stop('finish')
      },
    },
  )
  await loop.finished
  return answers
}

/** Sockets whose other end is here: each request is answered with the next specimen, an event a read and turn. */
function playWire(specimens: readonly Specimen[]): OpenWire {
  const answers = specimens.map(writeAnswer)
  let requests = 0

  return (_endpoint, on) => {
    let open = true
    const answer = (reads: readonly Buffer[], read: number): void => {
      const bytes = reads[read]
      if (!open || bytes === undefined) return
      // Before the read, at whose end the next request may be written and played.
      setImmediate(answer, reads, read + 1)
      on.onRead(bytes, bytes.length)
    }
    setImmediate(() => {
      if (open) on.onOpen()
    })
    return {
      write() {
        setImmediate(answer, answers[requests++ % answers.length] ?? [], 0)
      },
      hold() {},
      destroy() {
        open = false
      },
    }
  }
}

/** What is read of it. */
function writeAnswer({ contentType, events }: Specimen): Buffer[] {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\ntransfer-encoding: chunked\r\n\r\n`
  const body = events.filter(({ length }) => length > 0)
  return [Buffer.from(head), ...body.map(writeChunk), writeChunk(Buffer.alloc(0))]
}

/** An empty one ends the answer. */
function writeChunk(bytes: Buffer): Buffer {
  const size = Buffer.from(`${bytes.length.toString(16)}\r\n`)
  return Buffer.concat([size, bytes, Buffer.from('\r\n')])
}
