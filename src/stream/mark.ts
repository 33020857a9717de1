import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { Dialect } from './dialect.ts'
import { completionEvents, type EventMeaning } from './interpret.ts'
import { explainMissing } from './missing-output.ts'
import { createNameCounter } from './name-count.ts'
import { findAt, parsePath } from './path.ts'
import type { StreamMarks } from './reader.ts'
import { writeValue } from './value-text.ts'

/** UTF-16 units of an answer that are kept: more than a model takes, and an end to what a server may send. */
const outputLimit = 4_194_304

/** Writes events into the marks. */
export interface Marker {
  /** `id`: its SSE id, which `outputPath` may name. Returns whether it is a token. */
  mark(meaning: EventMeaning, at: number, id?: string): boolean
  /**
   * Further ones that mean the same as a token that was marked, in all but their text, which is not kept;
   * the last came `at`. Their instants are noted already.
   */
  repeat(meaning: EventMeaning, count: number, at: number): void
}

export interface MarkerOptions {
  format: StreamFormat | undefined
  keepOutput: boolean
}

/** The rules by which events become marks: which one is a token, what is the output. */
export function createMarker(marks: StreamMarks, dialect: Dialect, options: MarkerOptions): Marker {
  const { firstTokenEvent, completionEvent, outputPath } = options.format ?? {}
  const path = outputPath === undefined ? undefined : parsePath(outputPath)
  const outputAtCompletion = completionEvents(dialect, completionEvent).length > 0
  let waiting = firstTokenEvent !== undefined
  const countName = createNameCounter(marks.eventNames)
  let named = false

  function isToken(meaning: EventMeaning): boolean {
    if (waiting) {
      waiting = meaning.name !== firstTokenEvent
      return !waiting
    }
    if (meaning.content !== undefined) return true
    // A record that only says that the answer is done is no token.
    return dialect.tokenEvents === 'all' && meaning.completes !== 'field'
  }

  /** Without a configured event, the first one that has a name is the first token. */
  function preferNamed(meaning: EventMeaning): void {
    if (named || meaning.name === undefined) return
    named = true
    // Known text before it is certainly no lifecycle event, so the clock stays where it stopped.
    if (marks.firstContent === undefined) forgetTokens(marks)
  }

  function addOutput(meaning: EventMeaning, id: string | undefined): void {
    if (path === undefined) {
      if (!options.keepOutput || meaning.content !== 'output') return
      const { output = '' } = marks
      if (output.length < outputLimit) marks.output = (output + meaning.text).slice(0, outputLimit)
      return
    }
    if (outputAtCompletion && meaning.completes !== 'event') return
    const { name, payload } = meaning
    const wrapped = { event: name, id, data: payload }
    const value = findAt(payload, path) ?? findAt(wrapped, path)
    if (value === undefined || value === null) {
      if (marks.output === undefined) noteMissing(payload, wrapped)
      return
    }
    delete marks.missingOutput
    const text = writeValue(value)
    marks.output = outputAtCompletion ? text : (marks.output ?? '') + text
  }

  /** Of the two the one that the path leads further into. */
  function noteMissing(payload: unknown, wrapped: object): void {
    // Where every event is looked into, the first that the path leads into tells most.
    if (path === undefined || (marks.missingOutput?.at ?? '') !== '') return
    const [inner, outer] = [explainMissing(payload, path), explainMissing(wrapped, path)]
    marks.missingOutput = outer.at.length > inner.at.length && outer.at !== 'data' ? outer : inner
  }

  function mark(meaning: EventMeaning, at: number, id?: string): boolean {
    countName(meaning.name)
    if (dialect.tokenEvents === 'all' && firstTokenEvent === undefined) preferNamed(meaning)
    if (meaning.content !== undefined) marks.firstContent ??= at
    const token = isToken(meaning)
    if (token) {
      marks.firstToken ??= at
      if (meaning.content !== 'reasoning') marks.firstOutput ??= at
      marks.lastToken = at
      marks.tokenTimes.push(at)
    }
    if (meaning.promptTokens !== undefined) marks.promptTokens = meaning.promptTokens
    if (meaning.cachedTokens !== undefined) marks.cachedTokens = meaning.cachedTokens
    if (meaning.completionTokens !== undefined) marks.completionTokens = meaning.completionTokens
    if (meaning.completes !== undefined) marks.completed = at
    addOutput(meaning, id)
    return token
  }

  return {
    mark,
    repeat({ name }, count, at) {
      countName(name, count)
      marks.lastToken = at
    },
  }
}

/** Takes back what was marked as a token. */
export function forgetTokens(marks: StreamMarks): void {
  delete marks.firstToken
  delete marks.firstOutput
  delete marks.lastToken
  marks.tokenTimes.clear()
}
