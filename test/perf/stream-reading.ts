import { readFileSync } from 'node:fs'

import { createParser } from 'eventsource-parser'

import { createDecoder } from '../../src/stream/decode.ts'
import { createReader } from '../../src/stream/read.ts'
import { compare, type Figures, renderTable } from './comparison.ts'

const tokensPerStream = 200
/** ms per repetition of one candidate. */
const period = 400
const repetitions = 5

/** Events per second of our reader and of a parse of every event, on the bytes of a recorded chat. */
export async function measureStreamReading(): Promise<string> {
  const rows = [['events per read', 'reader', 'parse every event', 'ratio']]
  for (const eventsPerRead of [1, 8]) {
    const reads = recordReads(eventsPerRead)
    const [reader, parser] = await compare(
      [() => timeStreams(reads, readWithReader), () => timeStreams(reads, readWithParser)],
      repetitions,
    )
    const [ours, theirs] = [reader?.rate ?? 0, parser?.rate ?? 0]
    rows.push([String(eventsPerRead), rateOf(ours), rateOf(theirs), (ours / theirs).toFixed(2)])
  }
  return renderTable('Reading a chat stream, events/s', rows)
}

/** A recorded chat, the events between its first and its last token repeated to the length of a stream. */
function recordReads(eventsPerRead: number): Buffer[] {
  const file = new URL('../../fixtures/streams/chat.sse', import.meta.url)
  const events = readFileSync(file, 'utf8').split(/(?<=\n\n)/)
  const last = events.findIndex((event) => event.includes('"finish_reason":"stop"'))
  const tokens = events.slice(1, last)
  const repeated = Array.from({ length: tokensPerStream - 1 }, (_, i) => tokens[i % tokens.length])
  const stream = [events[0], ...repeated, ...events.slice(last)]
  return Array.from({ length: Math.ceil(stream.length / eventsPerRead) }, (_, i) =>
    Buffer.from(stream.slice(i * eventsPerRead, (i + 1) * eventsPerRead).join('')),
  )
}

/** Returns the instants of the tokens. */
type Read = (reads: readonly Buffer[]) => readonly number[]

function readWithReader(reads: readonly Buffer[]): readonly number[] {
  const reader = createReader({ dialect: 'openai-chat' }, 'text/event-stream')
  for (const bytes of reads) reader.feed(bytes, performance.now())
  reader.end(performance.now())
  return Array.from(reader.marks.tokenTimes)
}

function readWithParser(reads: readonly Buffer[]): readonly number[] {
  const times: number[] = []
  let now = 0
  const decode = createDecoder()
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') return
      const chunk = JSON.parse(data) as { choices: { delta?: { content?: string } }[] }
      if (chunk.choices[0]?.delta?.content) times.push(now)
    },
  })
  for (const bytes of reads) {
    now = performance.now()
    parser.feed(decode(bytes))
  }
  return times
}

function timeStreams(reads: readonly Buffer[], read: Read): Figures<'rate'> {
  const start = performance.now()
  let events = 0
  while (performance.now() - start < period) {
    const times = read(reads)
    if (times.length !== tokensPerStream) throw new Error(`${times.length} tokens were read`)
    events += times.length
  }
  return { rate: (1000 * events) / (performance.now() - start) }
}

function rateOf(eventsPerSecond: number): string {
  return `${(eventsPerSecond / 1e6).toFixed(2)} M`
}
