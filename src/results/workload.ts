import { createHash } from 'node:crypto'

import { limitKeys } from '../bench-spec/asked.ts'
import { type CacheRule, marksPrompts } from '../bench-spec/cache-rule.ts'
import type { Expectation } from '../bench-spec/expectation.ts'
import { isFields } from '../bench-spec/fields.ts'
import { listKinds, shareOf } from '../bench-spec/kinds.ts'
import type { Leaving } from '../bench-spec/leaving.ts'
import { createRedactor, redactDeep } from '../bench-spec/redaction.ts'
import type { BenchSpec, Kind, Stage } from '../bench-spec/spec.ts'
import { pathOf } from '../bench-spec/target.ts'
import type { Trace } from '../bench-spec/trace.ts'
import type { WorkloadDocument } from './results-document.ts'
import { significant } from './rounding.ts'

/** Members of a body whose text is no prompt, and tells what was asked for. */
const plain = new Set([
  'model',
  'model_id',
  'reasoning_effort',
  'effort',
  'verbosity',
  'service_tier',
  'response_mode',
  'tool_choice',
  'type',
])

const tokenLimits: ReadonlySet<string> = new Set(limitKeys.map(toSnake))

/**
 * What a spec sends and how, wherever to, fact by fact. Numbers and what `plain` names stand in it
 * as they are, every other text as its size and its SHA-256; secrets and headers not at all.
 */
export function describeWorkload(spec: BenchSpec): WorkloadDocument[] {
  const { mix, load, cache, secrets } = spec
  // A secret is not to be guessed from a hash, and a new key is not another workload.
  const { redact } = createRedactor(secrets)
  // Texts of made-up rows are as long as the tokens of a server have them.
  const kinds = listKinds(spec)
  return [
    ...kinds.flatMap((kind) => {
      const facts = describeKind(kind, load.seed, redact)
      if (mix === undefined) return facts
      const own = [
        value('share', `${significant(100 * shareOf(kind, mix))}%`),
        value('path', redact(pathOf(kind.target.url))),
        value('stream_format', kind.stream?.dialect ?? 'chosen from the response'),
        ...facts,
      ]
      return own.map((fact) => ({ ...fact, name: `mix[${redact(kind.name)}].${fact.name}` }))
    }),
    ...describeTalks(spec, redact),
    ...(mix === undefined ? [] : [value('order of kinds', `drawn by seed ${load.seed}`)]),
    ...(cache === undefined || !marksPrompts(cache) ? [] : [value('cache', describeCache(cache))]),
    ...(load.stages === undefined ? [] : [value('stages', describeStages(load.stages))]),
    ...(load.kind === 'open' || load.thinkTime === undefined
      ? []
      : [value('think_time', JSON.stringify(load.thinkTime))]),
    ...(load.cancel === undefined ? [] : [value('cancel', describeLeaving(load.cancel))]),
    value('connections', load.keepAlive === false ? 'one per request' : 'kept'),
  ]
}

function describeKind(
  { target, dataset, shuffle, stream, expect }: Kind,
  seed: number,
  redact: (text: string) => string,
): WorkloadDocument[] {
  const rows = redactDeep(dataset?.synthetic ?? dataset?.rows, redact)
  const body = redactDeep(target.body, redact)
  const reading = Object.entries({ ...stream, dialect: undefined })
  return [
    value('method', target.method),
    ...(body === undefined ? [] : describeBody(body)),
    ...(rows === undefined ? [] : [content('rows', rows, dataset?.rows.length ?? 0, 'rows')]),
    ...(dataset?.trace === undefined ? [] : [describeTrace(dataset.trace)]),
    value('order', shuffle === true ? `shuffled by seed ${seed}` : 'as in the file'),
    ...reading.flatMap(([name, given]) =>
      given === undefined ? [] : [value(`stream_format.${toSnake(name)}`, redact(given))],
    ),
    ...(expect === undefined ? [] : [describeExpectation(redactDeep(expect, redact))]),
  ]
}

/** It decides which answers are failures. */
function describeExpectation(expected: Expectation): WorkloadDocument {
  return content('expect', expected, JSON.stringify(expected).length, 'characters')
}

/** When its requests are due and what their prompts have in common. */
function describeTrace({ instants, prompts }: Trace): WorkloadDocument {
  return content('trace', [instants, prompts], instants.length, 'rows')
}

/** Markers of another seed have the same size, and nothing in common with these: no other load. */
function describeCache(cache: CacheRule): string {
  return cache.kind === 'shared' ? `first ${cache.tokens} tokens shared` : cache.kind
}

/** What is said in conversations, and how they are held. */
function describeTalks(
  { dataset, conversation }: BenchSpec,
  redact: (text: string) => string,
): WorkloadDocument[] {
  const sessions = redactDeep(dataset?.sessions, redact)
  if (sessions === undefined || conversation === undefined) return []
  const { thinkTime, toolResult } = conversation
  return [
    content('conversations', sessions, sessions.length, 'rows'),
    ...(thinkTime === undefined ? [] : [value('think_time', JSON.stringify(thinkTime))]),
    ...(toolResult === undefined ? [] : [value('tool_result', redact(JSON.stringify(toolResult)))]),
  ]
}

/** `2 for 10000ms, 2 to 8 within 500ms for 20000ms`. */
function describeStages(stages: readonly Stage[]): string {
  const each = stages.map(({ duration, ramp, from, to }) => {
    const level = ramp === 0 ? `${to}` : `${from} to ${to} within ${ramp}ms`
    return `${level} for ${duration}ms`
  })
  return each.join(', ')
}

/** `10% first-token`, `10% {"kind":"constant","value":2000}`. */
function describeLeaving({ share, after }: Leaving): string {
  const time = typeof after === 'string' ? after : JSON.stringify(after)
  return `${Number((100 * share).toPrecision(7))}% ${time}`
}

/** Two levels deep: what lies below is told as a whole. */
function describeBody(body: unknown): WorkloadDocument[] {
  const facts = new Map<string, WorkloadDocument>()
  const add = (path: readonly string[], given: unknown): void => {
    const leaf = toSnake(path.at(-1) ?? '')
    const usual = 'body.max_tokens'
    const isLimit = tokenLimits.has(leaf) && !facts.has(usual)
    const name = isLimit ? usual : ['body', ...path].join('.')
    facts.set(name, describeMember(name, leaf, given))
  }
  if (!isFields(body)) {
    add([], body)
  } else {
    for (const [key, member] of Object.entries(body)) {
      if (!isFields(member)) add([key], member)
      else for (const [inner, given] of Object.entries(member)) add([key, inner], given)
    }
  }
  return [...facts.values()]
}

function describeMember(name: string, leaf: string, given: unknown): WorkloadDocument {
  if (typeof given === 'number' || typeof given === 'boolean' || given === null) {
    return value(name, String(given))
  }
  if (typeof given === 'string' && plain.has(leaf)) return value(name, given)
  const text = typeof given === 'string' ? given : JSON.stringify(given)
  return content(name, given, text.length, 'characters')
}

function value(name: string, text: string): WorkloadDocument {
  return { kind: 'value', name, value: text }
}

function content(
  name: string,
  given: unknown,
  size: number,
  unit: 'characters' | 'rows',
): WorkloadDocument {
  const sha256 = createHash('sha256').update(JSON.stringify(given)).digest('hex')
  return { kind: 'content', name, size, unit, sha256 }
}

/** Gemini's names are written like this: `maxOutputTokens`. */
export function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
