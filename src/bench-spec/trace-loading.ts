import { resolve } from 'node:path'

import type { BenchDocument } from './bench-document.ts'
import type { LoadedDataset } from './dataset.ts'
import { parseDuration } from './duration.ts'
import { readFileLines } from './file-lines.ts'
import { keepKnown } from './known.ts'
import type { Dataset, Row } from './spec.ts'
import { findCommon } from './trace-cache.ts'
import { createTraceReader, TraceLineError, type TraceReader } from './trace-format.ts'
import { promptMark } from './trace-prompt.ts'
import type { PromptRecipe, Trace, TracedRequest } from './trace.ts'

type DataSource = NonNullable<BenchDocument['data_source']>

/** A `data_source` that is a trace, as the schema lets it through. */
export type TraceSource = DataSource & { type: 'trace'; file: string }

/** A trace that cannot be replayed, and the key of `data_source` that it belongs to. */
class TraceError extends Error {
  override readonly name = 'TraceError'
  readonly key: keyof DataSource

  constructor(key: keyof DataSource, message: string) {
    super(message)
    this.key = key
  }
}

/** Of Mooncake's traces. */
const usualBlock = 512

/** What the rows of a trace have beside its own columns. */
const ownColumns = ['prompt', 'input_tokens', 'output_tokens']

/**
 * Reads a trace, relative to `directory`, as far as it is replayed: a row for each request that is
 * sent, the instants at which they are due, and what their prompts are made of.
 */
export function loadTrace(source: TraceSource, directory: string): LoadedDataset {
  try {
    return readTrace(source, resolve(directory, source.file))
  } catch (error) {
    if (!(error instanceof TraceError)) throw error
    return { hidden: [], issues: [{ key: error.key, message: error.message }], warnings: [] }
  }
}

function readTrace(source: TraceSource, path: string): LoadedDataset {
  const { file } = source
  const speed = readSpeed(source.speed)
  const choice = choose(source)
  const { reader, requests, left } = collect(source, path, choice)
  const [first] = requests
  if (first === undefined) {
    throw new TraceError('file', `${file} has no request that was answered, and nothing to replay.`)
  }
  const { rows, prompts } = compile(requests, source)
  const columns = [...new Set([...ownColumns, ...rows.flatMap((row) => Object.keys(row))])]
  const trace = keepKnown<Trace>({
    format: reader.format,
    instants: requests.map(({ at }) => (at - first.at) / speed),
    speed,
    prompts,
    cachedShare: requests.some(({ blocks }) => blocks !== undefined)
      ? findCommon(prompts).share
      : undefined,
  })
  const dataset: Dataset = { source: file, path, columns, rows, trace }
  const warnings =
    left === 0
      ? []
      : [
          `data_source.file: ${left} of ${left + requests.length} requests of ${file} have no answer, as failed ones have none, and so no length: they are left out.`,
        ]
  return { dataset, hidden: [], issues: [], warnings }
}

/** Which of the requests are sent: ms from the first one of the file, and how many. */
interface Choice {
  from: number
  to: number
  limit: number
}

function choose({ window = {}, limit = Infinity }: TraceSource): Choice {
  const choice = { from: toMs(window.from) ?? 0, to: toMs(window.to) ?? Infinity, limit }
  if (choice.from < choice.to) return choice
  throw new TraceError(
    'window',
    `holds no time: from must be before to, got ${window.from} and ${window.to}.`,
  )
}

function toMs(given: number | string | undefined): number | undefined {
  return typeof given === 'string' ? parseDuration(given) : given && given * 1000
}

/** Each with its file and line where it is wrong. */
interface Collected {
  reader: TraceReader
  requests: KnownRequest[]
  /** Requests of the choice without an answer. */
  left: number
}

type KnownRequest = TracedRequest & { lengths: NonNullable<TracedRequest['lengths']> }

function collect(source: TraceSource, path: string, choice: Choice): Collected {
  const { file, format: asked, block_tokens: blockTokens = usualBlock } = source
  let reader: TraceReader | undefined
  let number = 0
  let last: { at: number; number: number } | undefined
  const all: TracedRequest[] = []
  const selection = select(choice)
  const refuse = (what: string): TraceError => new TraceError('file', `${file} ${what}`)
  try {
    for (const line of readFileLines(path, refuse)) {
      number++
      if (line.trim() === '') continue
      reader ??= createTraceReader(line, { asked, blockTokens })
      const request = reader.read(line)
      if (request === undefined) continue
      if (!reader.isSorted) {
        all.push(request)
        continue
      }
      if (last !== undefined && request.at < last.at) {
        throw new TraceLineError(
          `${reader.time} is ${sayTime(last.at - request.at)} before that of line ${last.number}, and a trace is in the order of time (${request.at} ms after ${last.at} ms). Sort its lines by ${reader.time}.`,
        )
      }
      last = { at: request.at, number }
      if (!selection.add(request)) break
    }
  } catch (error) {
    throw nameFault(error, file, number)
  }
  if (reader === undefined) throw refuse('is empty. A trace has a line for each request.')
  for (const request of all.toSorted((a, b) => a.at - b.at)) if (!selection.add(request)) break
  return { reader, ...selection.take() }
}

function nameFault(error: unknown, file: string, line: number): unknown {
  if (error instanceof TraceLineError) {
    return new TraceError('file', `${file}:${line}: ${error.message}`)
  }
  if (!(error instanceof Error && 'syscall' in error)) return error
  const { code } = error as NodeJS.ErrnoException
  const what = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
  return new TraceError('file', `${file} ${what}. Its path is relative to the spec's directory.`)
}

/** Takes what is within the window, and no more than the limit, of requests in the order of time. */
function select({ from, to, limit }: Choice): {
  /** Whether another one may be taken. */
  add(request: TracedRequest): boolean
  take(): Omit<Collected, 'reader'>
} {
  const requests: KnownRequest[] = []
  let left = 0
  let start: number | undefined
  /** ms from the first of all, of those next to the window. */
  let before: number | undefined
  let after: number | undefined
  return {
    add(request) {
      start ??= request.at
      const at = request.at - start
      if (at < from) before = at
      else if (at >= to) after = at
      else if (request.lengths === undefined) left++
      else requests.push({ ...request, lengths: request.lengths })
      return after === undefined && requests.length < limit
    },
    take() {
      const none = requests.length + left === 0
      if (none && (before !== undefined || after !== undefined)) {
        const last = before === undefined ? [] : [`the last before it is at ${sayTime(before)}`]
        const next = after === undefined ? [] : [`the next behind it at ${sayTime(after)}`]
        throw new TraceError(
          'window',
          `holds no request: ${[...last, ...next].join(', ')}, from the first of the trace on. Choose another.`,
        )
      }
      return { requests, left }
    },
  }
}

function compile(
  requests: readonly KnownRequest[],
  { block_tokens: blockTokens = usualBlock }: TraceSource,
): { rows: Row[]; prompts: PromptRecipe[] } {
  /** Blocks in the order in which they come first: ids may be too large to draw from. */
  const numbers = new Map<number, number>()
  const rows: Row[] = []
  const prompts: PromptRecipe[] = []
  for (const { lengths, blocks: ids = [], tags } of requests) {
    const { input, output } = lengths
    const blocks = ids.map((id) => {
      const known = numbers.get(id) ?? numbers.size
      numbers.set(id, known)
      return known
    })
    rows.push({ ...tags, prompt: promptMark, input_tokens: input, output_tokens: output })
    prompts.push({ tokens: input, blocks, blockTokens })
  }
  return { rows, prompts }
}

function readSpeed(speed: number | string = 1): number {
  return typeof speed === 'number' ? speed : Number.parseFloat(speed)
}

/** `60.5s`. */
function sayTime(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))}s`
}
