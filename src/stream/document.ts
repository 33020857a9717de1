import type { StreamFormat } from '../bench-spec/stream-format.ts'
import { checkContentType } from './content-type.ts'
import { createDecoder } from './decode.ts'
import { documentDialect } from './document-dialect.ts'
import { eventLimit } from './framer.ts'
import { type EventMeaning, keepInterpreter } from './interpret.ts'
import { explainMissing } from './missing-output.ts'
import { findAt, parsePath } from './path.ts'
import type { ReaderOptions } from './reader-options.ts'
import type { StreamFault, StreamMarks, StreamReader } from './reader.ts'
import { TokenTimes } from './token-times.ts'
import { collectToolNames } from './tool-names.ts'
import { writeValue } from './value-text.ts'

/**
 * A reader for a body that is one JSON document. It has no token; what it says is looked at when it has
 * come whole, so that nothing is parsed before its end is stamped.
 */
export function createDocumentReader(
  format: StreamFormat,
  contentType: string | undefined,
  options: ReaderOptions = {},
): StreamReader {
  const { keepOutput = false, keepToolNames = false, mayFail = false, observe } = options
  const marks: StreamMarks = {
    dialect: documentDialect.name,
    tokenTimes: new TokenTimes(),
    events: 0,
    eventNames: [],
  }
  const toolNames: string[] = []
  const decode = createDecoder()
  let fault = mayFail ? undefined : checkContentType(format, contentType)
  let pieces: string[] = []
  let length = 0
  let document: unknown
  let now = 0

  function readWhole(text: string): StreamFault | undefined {
    const meaning = keepInterpreter(documentDialect)(text, undefined)
    observe?.(text, meaning, false)
    if (meaning.kind === 'keep_alive') return mayFail ? undefined : incomplete('before it began')
    marks.events = 1
    marks.firstEvent = now
    if (meaning.kind === 'event') readAnswer(meaning)
    else if (mayFail) document = parse(text)
    else if (meaning.kind === 'fault') return explain(meaning.fault, text)
    return undefined
  }

  function readAnswer(meaning: EventMeaning): void {
    const { payload, promptTokens, completionTokens } = meaning
    document = payload
    if (promptTokens !== undefined) marks.promptTokens = promptTokens
    if (completionTokens !== undefined) marks.completionTokens = completionTokens
    if (keepToolNames) collectToolNames(documentDialect, toolNames)(payload, undefined)
    if (format.outputPath !== undefined) readOutput(payload, format.outputPath)
    else if (keepOutput && meaning.content === 'output') marks.output = meaning.text
  }

  function readOutput(payload: unknown, outputPath: string): void {
    const path = parsePath(outputPath)
    const value = findAt(payload, path)
    if (value === undefined || value === null) marks.missingOutput = explainMissing(payload, path)
    else marks.output = writeValue(value)
  }

  return {
    marks,
    toolNames,
    get document() {
      return document
    },
    feed(chunk, at) {
      if (chunk.byteLength === 0 || fault !== undefined) return
      now = at
      const text = decode(chunk)
      length += text.length
      if (length <= eventLimit) pieces.push(text)
      else {
        pieces = []
        const message = `the document is longer than ${eventLimit} characters`
        fault = { kind: 'malformed_event', message }
      }
    },
    end(at) {
      fault ??= readWhole(pieces.join(''))
      pieces = []
      if (fault === undefined) marks.completed = at
      return fault
    },
    fault: () => fault,
  }
}

function explain(fault: StreamFault, text: string): StreamFault {
  if (fault.kind !== 'malformed_event') return fault
  if (isCut(text)) return incomplete('inside of it')
  return { kind: 'malformed_event', message: `the body is not one JSON document: ${text}` }
}

function incomplete(where: string): StreamFault {
  return { kind: 'incomplete_stream', message: `the document ended ${where}` }
}

/** Whether a text that is no JSON begins like an object or a list and does not come to its end. */
function isCut(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  let depth = 0
  let inString = false
  for (const [part] of text.matchAll(/\\.|["{}[\]]|\\$/gs)) {
    if (part === '"') inString = !inString
    else if (inString || part.startsWith('\\')) continue
    else if (part === '{' || part === '[') depth++
    else if (--depth === 0) return false
  }
  return true
}

/** `undefined`: it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
