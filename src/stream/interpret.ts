import type { Completion, ContentRule, Dialect, UsageRule } from './dialect.ts'
import { findMessage } from './message.ts'
import { findAt, parsePath, type Path, textAt } from './path.ts'
import type { StreamFault } from './reader.ts'

/** One event under the rules of a dialect. */
export interface EventMeaning {
  kind: 'event'
  name: string | undefined
  /** What text it carries; `undefined`: none that the dialect knows. */
  content: 'output' | 'reasoning' | 'tool_call' | undefined
  /** The text of `content`; '' without. */
  text: string
  /** Whether it ends the answer, and by what. */
  completes: 'event' | 'field' | undefined
  promptTokens: number | undefined
  cachedTokens: number | undefined
  completionTokens: number | undefined
  /** Parsed JSON, or the data as it came; `undefined` when `data` was not parsed (see shortcut.ts). */
  payload: unknown
}

export type Meaning =
  | EventMeaning
  | { kind: 'keep_alive' }
  /** The dialect's last word, for example `[DONE]`. */
  | { kind: 'sentinel' }
  | { kind: 'fault'; fault: StreamFault }

/** Says what one event means; the same for the same arguments. `line`: the SSE `event:` field. */
export type Interpreter = (data: string, line: string | undefined) => Meaning

const keepAlive: Meaning = { kind: 'keep_alive' }
const sentinel: Meaning = { kind: 'sentinel' }

/** One for all streams of a dialect: it keeps nothing of them. */
export function keepInterpreter(dialect: Dialect, completionEvent?: string): Interpreter {
  const made = kept.get(dialect) ?? new Map<string | undefined, Interpreter>()
  kept.set(dialect, made)
  const interpreter = made.get(completionEvent) ?? createInterpreter(dialect, completionEvent)
  made.set(completionEvent, interpreter)
  return interpreter
}

const kept = new WeakMap<Dialect, Map<string | undefined, Interpreter>>()

/** `completionEvent`, when given, is then the only event that ends the answer. */
export function createInterpreter(dialect: Dialect, completionEvent?: string): Interpreter {
  const { error, payload: expected } = dialect
  const lastWord = dialect.completion.find(isSentinel)?.data
  const endings = completionEvents(dialect, completionEvent)
  const ways = completionEvent === undefined ? dialect.completion : []
  const fields = ways.filter(isField).map((way) => ({ ...way, path: parsePath(way.path) }))
  const namePath = optionalPath(dialect.eventNamePath)
  const content = dialect.content.map(compileContent)
  const reasoning = dialect.reasoning.map(compileContent)
  const toolCalls = dialect.toolCalls.map(compileContent)
  const usage = dialect.usage.map(compileUsage)
  const errorPath = optionalPath(error.path)
  const messagePath = optionalPath(error.messagePath)
  const status = error.status && { ...error.status, path: parsePath(error.status.path) }

  return function interpret(data, line) {
    if (line !== undefined && dialect.ignoredEvents.includes(line)) return keepAlive
    const trimmed = data.trim()
    if (trimmed === '' && line === undefined) return keepAlive
    if (trimmed === lastWord) return sentinel
    const payload = trimmed === '' ? '' : parse(data)
    if (payload === undefined) {
      if (line !== undefined && error.events?.includes(line)) return inBandError(data, data)
      return fault('malformed_event', `data is not JSON: ${data}`)
    }
    const named = namePath && findAt(payload, namePath)
    const name = typeof named === 'string' && named !== '' ? named : line
    if (name !== undefined && dialect.ignoredEvents.includes(name)) return keepAlive
    return isError(payload, name) ? inBandError(payload, data) : describe(payload, name)
  }

  /** `undefined`: not JSON where JSON is demanded. */
  function parse(data: string): unknown {
    if (expected === 'text' && !/^\s*[{[]/.test(data)) return data
    try {
      return JSON.parse(data)
    } catch {
      return expected === 'text' ? data : undefined
    }
  }

  function describe(payload: unknown, name: string | undefined): EventMeaning {
    const meaning: EventMeaning = {
      kind: 'event',
      name,
      content: undefined,
      text: '',
      completes: undefined,
      promptTokens: undefined,
      cachedTokens: undefined,
      completionTokens: undefined,
      payload,
    }
    addContent(meaning)
    for (const rule of usage) {
      if (!appliesTo(rule, name)) continue
      meaning.promptTokens ??= rule.promptBesides.reduce(
        (sum, path) => addCounts(sum, countAt(payload, path)),
        countAt(payload, rule.promptTokens),
      )
      meaning.cachedTokens ??= countAt(payload, rule.cachedTokens, 0)
      meaning.completionTokens ??= addCounts(
        countAt(payload, rule.completionTokens),
        countAt(payload, rule.reasoningTokens),
      )
    }
    if (name !== undefined && endings.includes(name)) meaning.completes = 'event'
    else if (fields.some((field) => holds(field, payload))) meaning.completes = 'field'
    return meaning
  }

  function addContent(meaning: EventMeaning): void {
    const { payload, name } = meaning
    // Text of its own, not wrapped in JSON; a named one may as well be a lifecycle event.
    const bare =
      expected === 'text' &&
      typeof payload === 'string' &&
      (name === undefined || name === 'message')
    const output = bare ? payload : collect(content, payload, name)
    const thought = output === '' ? collect(reasoning, payload, name) : ''
    const call = output === '' ? collect(toolCalls, payload, name) : ''
    meaning.text = output || call || thought
    if (output !== '') meaning.content = 'output'
    else if (call !== '') meaning.content = 'tool_call'
    else if (thought !== '') meaning.content = 'reasoning'
  }

  function isError(payload: unknown, name: string | undefined): boolean {
    if (name !== undefined && error.events?.includes(name)) return true
    if (errorPath !== undefined && Boolean(findAt(payload, errorPath))) return true
    if (status === undefined || name === undefined || !status.events.includes(name)) return false
    return status.values.includes(findAt(payload, status.path))
  }

  /** `data`: the payload as it came. */
  function inBandError(payload: unknown, data: string): Meaning {
    const told = messagePath && findAt(payload, messagePath)
    const words =
      (typeof told === 'string' && told.trim()) ||
      findMessage(payload) ||
      data.trim() ||
      'the server sent an error without a message'
    return fault('in_band_error', words)
  }
}

/** Names of the events that end the answer; empty when it ends in another way. */
export function completionEvents(
  dialect: Dialect,
  completionEvent: string | undefined,
): readonly string[] {
  if (completionEvent !== undefined) return [completionEvent]
  return dialect.completion.flatMap((way) => (way.kind === 'event' ? way.names : []))
}

interface CompiledContent {
  events: readonly string[] | undefined
  path: Path
  where: ContentRule['where'] | undefined
}

function compileContent({ events, path, where }: ContentRule): CompiledContent {
  return { events, path: parsePath(path), where }
}

interface CompiledUsage {
  events: readonly string[] | undefined
  promptTokens: Path | undefined
  promptBesides: readonly Path[]
  cachedTokens: Path | undefined
  completionTokens: Path | undefined
  reasoningTokens: Path | undefined
}

function compileUsage(rule: UsageRule): CompiledUsage {
  return {
    events: rule.events,
    promptTokens: optionalPath(rule.promptTokens),
    promptBesides: (rule.promptBesides ?? []).map(parsePath),
    cachedTokens: optionalPath(rule.cachedTokens),
    completionTokens: optionalPath(rule.completionTokens),
    reasoningTokens: optionalPath(rule.reasoningTokens),
  }
}

function optionalPath(path: string | undefined): Path | undefined {
  return path === undefined ? undefined : parsePath(path)
}

function appliesTo(
  rule: { events: readonly string[] | undefined },
  name: string | undefined,
): boolean {
  return rule.events === undefined || (name !== undefined && rule.events.includes(name))
}

function collect(
  rules: readonly CompiledContent[],
  payload: unknown,
  name: string | undefined,
): string {
  for (const rule of rules) {
    const text = appliesTo(rule, name) ? textAt(payload, rule.path, rule.where) : ''
    if (text !== '') return text
  }
  return ''
}

/** Servers send zeros, negative numbers and texts here; none of them counts anything, but for a `least` of 0. */
function countAt(payload: unknown, path: Path | undefined, least = 1): number | undefined {
  const count = path && findAt(payload, path)
  return Number.isSafeInteger(count) && (count as number) >= least ? (count as number) : undefined
}

function addCounts(count: number | undefined, more: number | undefined): number | undefined {
  return count === undefined ? more : count + (more ?? 0)
}

function holds(field: { path: Path; equals?: unknown }, payload: unknown): boolean {
  const value = findAt(payload, field.path)
  if ('equals' in field) return value === field.equals
  return value !== undefined && value !== null && value !== false
}

function isSentinel(way: Completion): way is Completion & { kind: 'sentinel' } {
  return way.kind === 'sentinel'
}

function isField(way: Completion): way is Completion & { kind: 'field' } {
  return way.kind === 'field'
}

function fault(kind: StreamFault['kind'], message: string): Meaning {
  return { kind: 'fault', fault: { kind, message } }
}
