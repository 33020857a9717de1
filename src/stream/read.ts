import type { StreamFormat } from '../bench-spec/stream-format.ts'
import { checkContentType, guessDialect, wholeAdvice } from './content-type.ts'
import { createDecoder } from './decode.ts'
import type { Dialect } from './dialect.ts'
import { dialects, sniffDialect } from './dialects.ts'
import { createDocumentReader } from './document.ts'
import { endsWithBody, judgeEnding } from './ending.ts'
import { type FinishWatch, watchFinish } from './finish.ts'
import { eventLimit } from './framer.ts'
import { createFrames, type Frames } from './frames.ts'
import { chooseFraming, createFramer } from './framing.ts'
import {
  completionEvents,
  type EventMeaning,
  type Interpreter,
  keepInterpreter,
  type Meaning,
} from './interpret.ts'
import { opensArray } from './json.ts'
import { createMarker, forgetTokens, type Marker } from './mark.ts'
import { errorMessage } from './message.ts'
import type { ReaderOptions } from './reader-options.ts'
import type { StreamFault, StreamMarks, StreamReader } from './reader.ts'
import { createShortcut, type Template } from './shortcut.ts'
import { TokenTimes } from './token-times.ts'
import { collectCalls } from './tool-calls.ts'
import { type AddNames, collectToolNames } from './tool-names.ts'

export { checkContentType, checkEncoding } from './content-type.ts'

/** Events that are known by their bytes. */
interface Known {
  frames: Frames
  meaning: EventMeaning
  /** Whether each further one is a token like the one before, of which nothing but the instant is kept. */
  repeats: boolean
}

/**
 * A reader for one response body. Without a format the framing is chosen from the content type, and
 * the dialect of events and records from their first payload; `marks.dialect` names the choice.
 */
export function createReader(
  format: StreamFormat | undefined,
  contentType: string | undefined,
  options: ReaderOptions = {},
): StreamReader {
  if (format?.dialect === 'json') return createDocumentReader(format, contentType, options)
  const { keepOutput = false, keepCalls = false, keepToolNames = false, observe } = options
  let dialect = format === undefined ? guessDialect(contentType) : dialects[format.dialect]
  const marks: StreamMarks = {
    dialect: dialect.name,
    tokenTimes: new TokenTimes(),
    events: 0,
    eventNames: [],
  }
  /** Events that are known by their bytes, once there are any. */
  let known: Known | undefined
  const calls = keepCalls ? collectCalls() : undefined
  const toolNames: string[] = []
  let { interpret, marker, finish, addNames } = compile(dialect)
  let sniffing = format === undefined && dialect.framing !== 'raw'
  let fault = checkContentType(format, contentType)
  /** Whether events still count: not behind the last word, nor in a body of another type. */
  let open = fault === undefined
  let now = 0
  const framing = chooseFraming(dialect, contentType)
  /** The text while it may yet prove to be one JSON document. */
  let document = open && framing === 'json' ? '' : undefined
  /** Whether that text is an array; `undefined`: it is blank so far. */
  let array: boolean | undefined
  /** Whether the next byte begins an event, which only the end of a read with a blank line says. */
  let between = false
  const decode = createDecoder()
  const framer = createFramer(framing, { event: readEvent, foreign: readForeign, tooLong })

  function compile(rules: Dialect): {
    interpret: Interpreter
    marker: Marker
    finish: FinishWatch
    addNames: AddNames | undefined
  } {
    const { completionEvent, outputPath } = format ?? {}
    const thorough = keepInterpreter(rules, completionEvent)
    const needsPayloads =
      observe !== undefined ||
      keepToolNames ||
      calls !== undefined ||
      (outputPath !== undefined && completionEvents(rules, completionEvent).length === 0)
    return {
      interpret: needsPayloads ? thorough : createShortcut(thorough, keepOutput, learn),
      marker: createMarker(marks, rules, { format, keepOutput }),
      finish: watchFinish(completionEvent === undefined ? rules.finish : undefined),
      addNames: keepToolNames ? collectToolNames(rules, toolNames) : undefined,
    }
  }

  function learn(template: Template): void {
    if (framing !== 'sse') return
    known = { frames: createFrames(template), meaning: template.meaning, repeats: false }
  }

  function readEvent(data: string, line: string | undefined, id: string | undefined): void {
    if (!open) return
    if (data.length > eventLimit) return tooLong()
    const meaning = sniffing ? sniff(data, line) : interpret(data, line)
    const token = meaning.kind !== 'keep_alive' && note(meaning, id)
    observe?.(data, meaning, token)
    // At each event, not at each read: otherwise it would depend on how the body was cut.
    if (document !== undefined && isStream()) document = undefined
  }

  /** Returns whether it is a token. */
  function note(
    meaning: Exclude<Meaning, { kind: 'keep_alive' }>,
    id: string | undefined,
  ): boolean {
    marks.events++
    marks.firstEvent ??= now
    if (meaning.kind === 'event') {
      finish.note(meaning.payload)
      addNames?.(meaning.payload, meaning.name)
      calls?.add(meaning.payload)
      return marker.mark(meaning, now, id)
    }
    if (meaning.kind === 'fault') fault ??= meaning.fault
    else {
      open = false
      if (format?.completionEvent === undefined) marks.completed = now
    }
    return false
  }

  function sniff(data: string, line: string | undefined): Meaning {
    const meaning = interpret(data, line)
    if (meaning.kind !== 'event') return meaning
    sniffing = false
    const chosen = sniffDialect(meaning.payload, dialect.framing)
    if (chosen === undefined) return meaning
    dialect = chosen
    marks.dialect = chosen.name
    ;({ interpret, marker, finish, addNames } = compile(chosen))
    return interpret(data, line)
  }

  function readForeign(text: string): void {
    if (!open) return
    open = false
    const words = errorMessage(text)
    fault ??=
      words === undefined
        ? { kind: 'malformed_event', message: `not an event: ${text}` }
        : { kind: 'in_band_error', message: words }
  }

  function tooLong(): void {
    if (!open) return
    open = false
    fault ??= {
      kind: 'malformed_event',
      message: `an event is longer than ${eventLimit} characters`,
    }
  }

  function readRaw(chunk: Uint8Array): void {
    marks.events++
    marks.firstEvent ??= now
    const text = keepOutput || observe !== undefined ? decode(chunk) : ''
    const token = marker.mark({ ...rawRead, text }, now)
    observe?.(text, rawRead, token)
  }

  function readEvents(chunk: Buffer): void {
    let from = between ? skipKnown(chunk, 0) : 0
    while (from < chunk.length) {
      // Behind an event of another kind there are known ones again.
      const blank = known?.frames.found() === undefined ? -1 : chunk.indexOf('\n\n', from)
      const next = blank === -1 ? chunk.length : blank + 2
      framer?.feed(decode(chunk.subarray(from, next)))
      between = endsEvent(chunk, from, next)
      from = between ? skipKnown(chunk, next) : next
    }
  }

  /** Reads the known events that begin at `from`; gives the offset behind the last of them. */
  function skipKnown(chunk: Buffer, from: number): number {
    if (known === undefined || !open) return from
    const { frames, meaning } = known
    let at = from
    let repeats = 0
    // None of them ends the answer or teaches another template.
    while (at < chunk.length) {
      const next = frames.skip(chunk, at)
      if (next === -1) break
      if (known.repeats) repeats++
      else {
        if (keepOutput) meaning.text = frames.text(chunk, at)
        known.repeats = note(meaning, undefined) && !keepOutput && !countsTokens(meaning)
      }
      at = next
    }
    if (repeats > 0) {
      marks.tokenTimes.repeat(now, repeats)
      repeat(repeats, now)
    }
    return at
  }

  function repeat(count: number, at: number): void {
    if (known === undefined) return
    marks.events += count
    marker.repeat(known.meaning, count, at)
  }

  function keepDocument(text: string): void {
    if (document === undefined) return
    const grown = document + text
    array ??= opensArray(grown)
    document = grown.length > eventLimit ? undefined : grown
  }

  /** No single document has two records, or an element of an array that the dialect streams. */
  function isStream(): boolean {
    if (array !== true) return marks.events > 1 && fault === undefined
    return marks.events > 0 && (dialect.arrays === true || fault?.kind === 'in_band_error')
  }

  /** What a body that turned out to be one JSON document is; `undefined`: it is not one. */
  function judgeDocument(text: string): StreamFault | undefined {
    const meaning = interpret(text, undefined)
    if (meaning.kind === 'event') {
      const message = `the answer is one JSON document, not a stream; ${wholeAdvice}`
      return { kind: 'not_streamed', message }
    }
    const isError = meaning.kind === 'fault' && meaning.fault.kind === 'in_band_error'
    return isError ? meaning.fault : undefined
  }

  return {
    marks,
    toolNames,
    feed(chunk, at) {
      if (chunk.byteLength === 0) return
      if (!open && document === undefined) return
      now = at
      if (framer === undefined) return readRaw(chunk)
      if (framing === 'sse') return readEvents(asBuffer(chunk))
      const text = decode(chunk)
      keepDocument(text)
      if (open) framer.feed(text)
    },
    steady() {
      const frame = known?.frames.found()
      if (known?.repeats !== true || frame === undefined || !open || !between) return undefined
      return { frame, tokenTimes: marks.tokenTimes }
    },
    repeat,
    end(at) {
      const rest = framer?.end() ?? 'clean'
      const found = document === undefined ? undefined : judgeDocument(document)
      if (found !== undefined) {
        // Its lines were read as records, which they are not.
        forgetTokens(marks)
        marks.events = 1
        marks.eventNames.length = 0
        fault = found
      }
      const completionEvent = format?.completionEvent
      const called = calls?.list() ?? []
      if (called.length > 0) marks.toolCalls = called
      fault ??= judgeEnding(marks, dialect, { completionEvent, rest, finished: finish.finished() })
      if (fault === undefined && endsWithBody(marks, dialect, completionEvent))
        marks.completed ??= at
      return fault
    },
    fault: () => (document === undefined ? fault : undefined),
  }
}

function asBuffer(chunk: Uint8Array): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

/** Whether it says how many tokens there are so far, of which the last word counts. */
function countsTokens({ promptTokens, cachedTokens, completionTokens }: EventMeaning): boolean {
  return (promptTokens ?? cachedTokens ?? completionTokens) !== undefined
}

/** Whether these bytes end with a blank line. */
function endsEvent(bytes: Buffer, from: number, end: number): boolean {
  const ended = bytes.toString('latin1', Math.max(from, end - 4), end)
  return ended.endsWith('\n\n') || ended === '\r\n\r\n'
}

const rawRead: EventMeaning = {
  kind: 'event',
  name: undefined,
  content: 'output',
  text: '',
  completes: undefined,
  promptTokens: undefined,
  cachedTokens: undefined,
  completionTokens: undefined,
  payload: undefined,
}
