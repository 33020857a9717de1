import { resolve } from 'node:path'

import { convertText, type Environment } from './environment.ts'
import { isFields } from './fields.ts'
import { type Locate, type Issue, renderPath } from './issue.ts'
import { findSchemas } from './json-schema.ts'
import { keepKnown } from './known.ts'
import { checkSchema } from './schema-check.ts'
import { benchSchema } from './schema.ts'
import type { Policy } from './spec.ts'
import { checkUrl, rebaseUrl } from './target.ts'

/** What replaces the spec's own values. Numbers of durations are seconds, as in the spec. */
export interface Overrides {
  /** Base that the target is moved to; it switches the spec's mock off. */
  url?: string
  /**
   * A base that the second target is at, or a file of results relative to the working directory; it
   * replaces the spec's baseline, but for the headers and the body of a second target.
   */
  baseline?: string
  concurrency?: number
  /** A rate in place of the spec's concurrency, or the other way round. */
  rate?: string
  arrival?: 'constant' | 'poisson'
  maxConcurrency?: number
  requests?: number
  duration?: number | string
  timeout?: number | string
  warmup?: number | false
  /** `concurrency=1,8,32`, of two keys with a blank between them; it replaces the spec's matrix. */
  matrix?: string
  rounds?: number
  processes?: number
  seed?: number
  policy?: Policy
  confidence?: number
}

/** Where each override goes in the document. */
const paths: Readonly<Record<keyof Overrides, readonly string[]>> = {
  url: ['url'],
  concurrency: ['concurrency'],
  rate: ['rate'],
  arrival: ['arrival'],
  maxConcurrency: ['max_concurrency'],
  requests: ['requests'],
  duration: ['duration'],
  timeout: ['timeout'],
  warmup: ['warmup'],
  rounds: ['rounds'],
  processes: ['load', 'processes'],
  seed: ['seed'],
  policy: ['gate', 'policy'],
  confidence: ['gate', 'confidence'],
  // After the keys that it may replace.
  matrix: ['matrix'],
  // After `url`, which decides on the path of a base.
  baseline: ['baseline'],
}

/** Keys that a load without a rate has not. */
const ofRates = ['rate', 'arrival', 'max_concurrency']

export interface Overridden {
  document: unknown
  /** Named after the flag or the variable: `--concurrency`, `SLOGATE_CONCURRENCY`. */
  issues: readonly Issue[]
  /** Which of them a value comes from, by the key at which the document now has it. */
  labels: ReadonlyMap<string, string>
}

/**
 * Puts overrides in place: those given by the caller (flags) before those of the environment
 * (`SLOGATE_CONCURRENCY` and so on), both before the document's own values.
 */
export function applyOverrides(
  document: unknown,
  overrides: Overrides,
  environment: Environment,
): Overridden {
  if (!isFields(document)) return { document, issues: [], labels: new Map() }
  const issues: Issue[] = []
  const labels = new Map<string, string>()
  const patched: Record<string, unknown> = { ...document }
  const given = (name: keyof Overrides): boolean =>
    findSetting(name, paths[name], overrides, environment) !== undefined
  if (given('rate')) delete patched['concurrency']
  else if (given('concurrency')) for (const key of ofRates) delete patched[key]
  for (const [name, path] of Object.entries(paths)) {
    const setting = findSetting(name as keyof Overrides, path, overrides, environment)
    if (setting === undefined) continue
    if (name === 'baseline') setting.value = toBaseline(String(setting.value), patched)
    if (name === 'matrix') setting.value = toMatrix(String(setting.value))
    const faults = checkSetting(setting, path)
    issues.push(...faults)
    if (faults.length > 0) continue
    apply(patched, path, setting.value)
    if (name === 'matrix') dropSwept(patched, labels)
    // A URL is not put in place as it is.
    if (name !== 'url' && name !== 'baseline') labels.set(renderPath(path), setting.label)
  }
  return { document: patched, issues, labels }
}

interface Setting {
  label: string
  value: unknown
}

function findSetting(
  name: keyof Overrides,
  path: readonly string[],
  overrides: Overrides,
  environment: Environment,
): Setting | undefined {
  const key = path.at(-1) ?? name
  if (overrides[name] !== undefined) {
    return { label: `--${key.replaceAll('_', '-')}`, value: overrides[name] }
  }
  const label = `SLOGATE_${key.toUpperCase()}`
  const text = environment[label]
  if (text === undefined || text === '') return undefined
  return { label, value: convertText(text, findSchemas(benchSchema, path)) }
}

const nowhere: Locate = () => undefined

function checkSetting({ label, value }: Setting, path: readonly string[]): Issue[] {
  const alone = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
  const faults = checkSchema({ url: 'http://127.0.0.1', ...(alone as object) }, nowhere)
  if (faults.length === 0 && path[0] === 'url') {
    faults.push(...checkUrl(String(value), false, nowhere))
  }
  return faults.map((fault) => ({
    path: [label, ...fault.path.slice(path.length)],
    message: fault.message,
  }))
}

function apply(document: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', inner] = path
  if (inner !== undefined) {
    const outer = document[key] ?? {}
    if (isFields(outer)) document[key] = { ...outer, [inner]: value }
  } else if (key === 'url') {
    const { url, baseline, mix } = document
    delete document['mock']
    // Another instance of a mock that is off.
    if (isFields(baseline) && 'mock' in baseline) delete document['baseline']
    if (url === undefined) document['url'] = value
    else if (typeof url === 'string' && checkUrl(url, true, nowhere).length === 0) {
      document['url'] = rebaseUrl(url, String(value))
      if (Array.isArray(mix)) document['mix'] = mix.map((kind) => moveKind(kind, String(value)))
    }
  } else {
    document[key] = value
    if (key === 'requests') {
      delete document['total_requests']
      delete document['sessions']
    }
    const { matrix } = document
    if (key === 'matrix' || !isFields(matrix) || !Object.hasOwn(matrix, key)) return
    const { [key]: _, ...others } = matrix
    if (Object.keys(others).length > 0) document['matrix'] = others
    else delete document['matrix']
  }
}

/** A kind with a URL of its own, at another base. */
function moveKind(kind: unknown, base: string): unknown {
  if (!isFields(kind)) return kind
  const { url } = kind
  if (typeof url !== 'string' || checkUrl(url, true, nowhere).length > 0) return kind
  return { ...kind, url: rebaseUrl(url, base) }
}

/** The keys of a matrix that is given replace those of the spec, but not those that are given beside it. */
function dropSwept(document: Record<string, unknown>, labels: ReadonlyMap<string, string>): void {
  const { matrix } = document
  const swept = isFields(matrix) ? Object.keys(matrix) : []
  // A rate is in place of the spec's concurrency, and the other way round.
  const replaced = swept.includes('rate')
    ? ['concurrency']
    : swept.includes('concurrency')
      ? ofRates
      : []
  for (const key of [...swept, ...replaced]) {
    if (labels.has(key)) continue
    delete document[key]
    if (key === 'requests') {
      delete document['total_requests']
      delete document['sessions']
    }
  }
}

/** A `matrix` in the words of the document: `concurrency=1,8 rounds=5,10`. */
function toMatrix(text: string): object {
  const entries = text.split(/\s+/).filter((part) => part !== '')
  return Object.fromEntries(
    entries.map((part) => {
      const [key = '', values = ''] = part.split(/=(.*)/s)
      const schemas = findSchemas(benchSchema, ['matrix', key, 0])
      const given = values.split(',').filter((value) => value !== '')
      return [key, given.map((value) => convertText(value, schemas))]
    }),
  )
}

/** What a `baseline` is to be, in the words of the document. */
function toBaseline(text: string, { url, baseline, mix }: Record<string, unknown>): object {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { file: resolve(text) }
  const { headers, body } = isFields(baseline) ? baseline : {}
  // Each kind of a mix has a path of its own.
  const moves = typeof url === 'string' && URL.canParse(text) && mix === undefined
  return keepKnown({ url: moves ? rebaseUrl(url, text) : text, headers, body })
}
