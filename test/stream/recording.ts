import { readdirSync, readFileSync } from 'node:fs'

import type { StreamFormat } from '../../src/bench-spec/stream-format.ts'
import { createReader } from '../../src/stream/read.ts'
import type { StreamFault, StreamMarks } from '../../src/stream/reader.ts'

const folder = new URL('../../fixtures/streams/', import.meta.url)

/** What a fixture's JSON says of the bytes beside it. Numbers of frames are 0-based. */
interface Expectation {
  contentType: string
  format?: StreamFormat
  dialect: string
  /** Frames that are token events; `reads`: every read is one. */
  tokens: number[] | 'reads'
  firstContent?: number
  firstOutput?: number
  completed?: number | 'end'
  events?: number
  output?: string
  promptTokens?: number
  completionTokens?: number
  fault?: StreamFault
}

export interface Recording {
  name: string
  bytes: Buffer
  expected: Expectation
  /** Offset behind the byte that completes each frame. */
  frameEnds: number[]
}

export function loadRecordings(): Recording[] {
  const files = readdirSync(folder)
  return files
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const name = file.slice(0, -'.json'.length)
      const body = files.find((other) => other.startsWith(`${name}.`) && other !== file)
      const bytes = readFileSync(new URL(body ?? name, folder))
      const expected = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Expectation
      return { name, bytes, expected, frameEnds: findFrames(body ?? name, bytes) }
    })
}

function findFrames(file: string, bytes: Buffer): number[] {
  if (file.endsWith('.sse')) return findBlankLines(bytes)
  return file.endsWith('.array') ? findElementEnds(bytes) : findLineEnds(bytes)
}

/** A byte-wise reading of the standard's line rules, independent of the parser under test. */
function findBlankLines(bytes: Buffer): number[] {
  const ends: number[] = []
  let lineLength = 0
  let frameLength = 0
  for (const [index, byte] of bytes.entries()) {
    if (byte === 0x0a && bytes[index - 1] === 0x0d) continue
    if (byte !== 0x0a && byte !== 0x0d) {
      lineLength++
      frameLength++
    } else if (lineLength > 0) lineLength = 0
    else if (frameLength > 0) {
      ends.push(index + 1)
      frameLength = 0
    }
  }
  return ends
}

function findLineEnds(bytes: Buffer): number[] {
  const ends: number[] = []
  for (const [index, byte] of bytes.entries()) if (byte === 0x0a) ends.push(index + 1)
  if (bytes.at(-1) !== 0x0a) ends.push(bytes.length)
  return ends
}

/** An element of an array ends where a closing bracket would make JSON of what came so far. */
function findElementEnds(bytes: Buffer): number[] {
  const ends: number[] = []
  for (const [index, byte] of bytes.entries()) {
    if (byte !== 0x7d) continue
    try {
      JSON.parse(`${bytes.toString('utf8', 0, index + 1)}]`)
      ends.push(index + 1)
    } catch {
      // A brace inside of an element.
    }
  }
  return ends
}

export interface Reading {
  marks: PlainMarks
  fault: StreamFault | undefined
}

type PlainMarks = Omit<StreamMarks, 'tokenTimes'> & { tokenTimes: readonly number[] }

/** Marks whose instants are an array, to be compared with others. */
export function plain({ tokenTimes, ...marks }: StreamMarks): PlainMarks {
  return { ...marks, tokenTimes: [...tokenTimes] }
}

/** Reads `bytes` cut at the given offsets; the instant of each read is its number, from 0. */
export function readCut(
  bytes: Uint8Array,
  cuts: readonly number[],
  how: { format?: StreamFormat | undefined; contentType?: string; keepOutput?: boolean } = {},
): Reading {
  const { format, contentType = 'text/event-stream', keepOutput = true } = how
  const reader = createReader(format, contentType, { keepOutput })
  const bounds = [0, ...cuts, bytes.length]
  for (let read = 0; read + 1 < bounds.length; read++) {
    reader.feed(bytes.subarray(bounds[read], bounds[read + 1]), read)
  }
  const fault = reader.end(bounds.length - 1)
  return { fault, marks: plain(reader.marks) }
}

/** Reads `text` whole, in one read at instant 0. */
export function readText(text: string, how: Parameters<typeof readCut>[2] = {}): Reading {
  return readCut(Buffer.from(text), [], how)
}

/** Server-sent events with these data, one per event. */
export function eventStream(...data: readonly unknown[]): string {
  return data
    .map((item) => `data: ${typeof item === 'string' ? item : JSON.stringify(item)}\n\n`)
    .join('')
}
