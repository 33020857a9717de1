import type { StreamFormat } from '../bench-spec/stream-format.ts'
import { checkContentType, guessDialect, isJson } from './content-type.ts'
import { createDecoder } from './decode.ts'
import type { Dialect, Framing } from './dialect.ts'
import { dialects, sniffDialect } from './dialects.ts'
import { endsWithBody, judgeEnding } from './ending.ts'
import { type FinishWatch, watchFinish } from './finish.ts'
import { eventLimit, type Framer, type FramerEvents } from './framer.ts'
import {
  completionEvents,
  createInterpreter,
  type EventMeaning,
  type Interpreter,
  type Meaning,
} from './interpret.ts'
import { createJsonFramer, opensArray } from './json.ts'
import { createMarker, forgetTokens, type Marker } from './mark.ts'
import { errorMessage } from './message.ts'
import { createNdjsonFramer } from './ndjson.ts'
import type { StreamFault, StreamMarks, StreamReader } from './reader.ts'
import { createShortcut } from './shortcut.ts'
import { createSseFramer } from './sse.ts'

export { checkContentType, checkEncoding } from './content-type.ts'

export interface ReaderOptions {
  /** Collect the answer's text in `marks.output`; text at `outputPath` is collected anyway. */
  keepOutput?: boolean
  /** Is told of every event and, of raw text, of every read. Slow: each event is then parsed. */
  observe?: Observe
}

/** What an event was taken for; `token`: whether its instant became one of `tokenTimes`. */
export type Observe = (data: string, meaning: Meaning, token: boolean) => void

/**
 * A reader for one response body. Without a format the framing is chosen from the content type, and
 * the dialect of events and records from their first payload; `marks.dialect` names the choice.
 */
export function createReader(
  format: StreamFormat | undefined,
  contentType: string | undefined,
  options: ReaderOptions = {},
): StreamReader {
  const { keepOutput = false, observe } = options
  let dialect = format === undefined ? guessDialect(contentType) : dialects[format.dialect]
  const marks: StreamMarks = {
    dialect: dialect.name,
    tokenTimes: [],
    events: 0,
    eventNames: [],
  }
  let { interpret, mark, finish } = compile(dialect)
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
  const decode = createDecoder()
  const framer = createFramer(framing, { event: readEvent, foreign: readForeign, tooLong })

  function compile(rules: Dialect): { interpret: Interpreter; mark: Marker; finish: FinishWatch } {
    const { completionEvent, outputPath } = format ?? {}
    const thorough = createInterpreter(rules, completionEvent)
    const needsPayloads =
      observe !== undefined ||
      (outputPath !== undefined && completionEvents(rules, completionEvent).length === 0)
    return {
      interpret: needsPayloads ? thorough : createShortcut(thorough, keepOutput),
      mark: createMarker(marks, rules, { format, keepOutput }),
      finish: watchFinish(completionEvent === undefined ? rules.finish : undefined),
    }
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
      return mark(meaning, now, id)
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
    ;({ interpret, mark, finish } = compile(chosen))
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
    const token = mark({ ...rawRead, text }, now)
    observe?.(text, rawRead, token)
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
      return { kind: 'not_streamed', message: 'the answer is one JSON document, not a stream' }
    }
    const isError = meaning.kind === 'fault' && meaning.fault.kind === 'in_band_error'
    return isError ? meaning.fault : undefined
  }

  return {
    marks,
    feed(chunk, at) {
      if (chunk.byteLength === 0) return
      if (!open && document === undefined) return
      now = at
      if (framer === undefined) return readRaw(chunk)
      const text = decode(chunk)
      keepDocument(text)
      if (open) framer.feed(text)
    },
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
      fault ??= judgeEnding(marks, dialect, { completionEvent, rest, finished: finish.finished() })
      if (fault === undefined && endsWithBody(marks, dialect, completionEvent))
        marks.completed ??= at
      return fault
    },
    fault: () => (document === undefined ? fault : undefined),
  }
}

const rawRead: EventMeaning = {
  kind: 'event',
  name: undefined,
  content: 'output',
  text: '',
  completes: undefined,
  promptTokens: undefined,
  completionTokens: undefined,
  payload: undefined,
}

function createFramer(framing: Framing | 'json', on: FramerEvents): Framer | undefined {
  if (framing === 'raw') return undefined
  if (framing === 'json') return createJsonFramer(on)
  return framing === 'sse' ? createSseFramer(on) : createNdjsonFramer(on)
}

function chooseFraming(dialect: Dialect, contentType: string | undefined): Framing | 'json' {
  const readsJson = dialect.framing === 'ndjson' || dialect.arrays === true
  return readsJson && isJson(contentType) ? 'json' : dialect.framing
}
