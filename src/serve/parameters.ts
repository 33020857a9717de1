import { keepKnown } from '../bench-spec/known.ts'
import { hasControls } from '../bench-spec/plain-text.ts'
import { suggest } from '../bench-spec/suggestion.ts'
import { Refusal } from './refusal.ts'

/** What a benchmark is asked for. */
export interface Parameters {
  /** A base, like `http://127.0.0.1:8000/v1`, or a whole endpoint. */
  apiUrl: string
  /** Requests in flight. */
  parallel: number
  model: string
  /** Output tokens; 0: the server is not asked for a least. */
  minTokens: number
  /** Output tokens. */
  maxTokens: number
  /** A name, or a path below the folder of data sets. */
  datasets: string
  /** Requests, of which none is warm-up. */
  requests: number
  apiKey?: string
}

/** The most that one benchmark may ask for. */
export interface Limits {
  requests: number
  concurrency: number
}

/** As they stand in a document, without the key. */
export interface ParametersDocument {
  api_url: string
  parallel: number
  model: string
  'min-tokens': number
  'max-tokens': number
  datasets: string
  number: number
}

/** UTF-16 units. */
const longest = { api_url: 2048, model: 256, datasets: 1024, api_key: 8192 }
const mostTokens = 1_000_000
const defaultNumber = 100

const required = ['api_url', 'parallel', 'model', 'min-tokens', 'max-tokens', 'datasets'] as const
const known: readonly string[] = [...required, 'api_key', 'number']
const aliases: Readonly<Record<string, string>> = {
  min_tokens: 'min-tokens',
  max_tokens: 'max-tokens',
}

/**
 * Reads the body of a request for a benchmark.
 * @throws {Refusal} 400 that names the parameter, what was expected and what was got.
 */
export function readParameters(body: unknown, limits: Limits): Parameters {
  const given = readKeys(body, [...known, ...Object.keys(aliases)])
  for (const [alias, name] of Object.entries(aliases)) {
    const value = given.get(alias)
    if (value === undefined) continue
    if (given.has(name)) throw new Refusal(400, `${alias} and ${name} are the same. Give one.`)
    given.set(name, value)
  }
  const missing = required.filter((name) => !given.has(name))
  if (missing.length > 0) {
    const noun = missing.length === 1 ? 'parameter' : 'parameters'
    throw new Refusal(400, `Missing required ${noun}: ${missing.join(', ')}`)
  }
  const parameters = keepKnown<Parameters>({
    apiUrl: readText(given, 'api_url'),
    parallel: readCount(given, 'parallel', 1, limits.concurrency, '--max-concurrency'),
    model: readText(given, 'model'),
    minTokens: readCount(given, 'min-tokens', 0, mostTokens),
    maxTokens: readCount(given, 'max-tokens', 1, mostTokens),
    datasets: readText(given, 'datasets'),
    requests: given.has('number')
      ? readCount(given, 'number', 1, limits.requests, '--max-requests')
      : Math.min(defaultNumber, limits.requests),
    apiKey: readKey(given),
  })
  const { minTokens, maxTokens } = parameters
  if (minTokens > maxTokens) {
    throw new Refusal(
      400,
      `min-tokens must be at most max-tokens, got ${minTokens} and ${maxTokens}.`,
    )
  }
  return parameters
}

/**
 * Reads a body that names a server alone.
 * @throws {Refusal} 400
 */
export function readAddress(body: unknown): Pick<Parameters, 'apiUrl' | 'apiKey'> {
  const given = readKeys(body, ['api_url', 'api_key'])
  if (!given.has('api_url')) throw new Refusal(400, 'Missing required parameter: api_url')
  return keepKnown<Pick<Parameters, 'apiUrl' | 'apiKey'>>({
    apiUrl: readText(given, 'api_url'),
    apiKey: readKey(given),
  })
}

export function toParametersDocument(parameters: Parameters): ParametersDocument {
  const { apiUrl, parallel, model, minTokens, maxTokens, datasets, requests } = parameters
  return {
    api_url: apiUrl,
    parallel,
    model,
    'min-tokens': minTokens,
    'max-tokens': maxTokens,
    datasets,
    number: requests,
  }
}

type Given = Map<string, unknown>

function readKeys(body: unknown, names: readonly string[]): Given {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refusal(400, `The body must be a JSON object, got ${describe(body)}.`)
  }
  const given = new Map(Object.entries(body))
  for (const name of given.keys()) {
    if (names.includes(name)) continue
    const shown = JSON.stringify(name.slice(0, 100))
    throw new Refusal(
      400,
      `Unknown parameter: ${shown}.${suggest(name.slice(0, 100), names)} Known are ${names.join(', ')}.`,
    )
  }
  return given
}

function readText(given: Given, name: 'api_url' | 'model' | 'datasets'): string {
  const value = given.get(name)
  if (typeof value !== 'string' || value.trim() === '') {
    throw new Refusal(400, `${name} must be a text that is not empty, got ${describe(value)}.`)
  }
  if (value.length > longest[name]) {
    throw new Refusal(
      400,
      `${name} must have at most ${longest[name]} characters, got ${value.length}.`,
    )
  }
  // In a spec it is the place of a value of the data set.
  if (hasControls(value) || value.includes('{{')) {
    throw new Refusal(400, `${name} must be one line of text without {{.`)
  }
  return value
}

function readCount(given: Given, name: string, least: number, most: number, flag?: string): number {
  const value = given.get(name)
  const expected = `a whole number from ${least} to ${most}`
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    const advice = flag !== undefined && Number(value) > most ? ` ${flag} sets the most.` : ''
    throw new Refusal(400, `${name} must be ${expected}, got ${describe(value)}.${advice}`)
  }
  return value
}

/** What the message says of a key is never its text. */
function readKey(given: Given): string | undefined {
  const value = given.get('api_key')
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') {
    const what = Array.isArray(value) ? 'a list' : typeof value
    throw new Refusal(400, `api_key must be a text, got ${what}.`)
  }
  if (value.length > longest.api_key || !/^[\x21-\x7e]+$/.test(value)) {
    throw new Refusal(
      400,
      `api_key must be at most ${longest.api_key} visible characters of ASCII, without white space.`,
    )
  }
  return value
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'string') {
    return value.length > 40
      ? `a text of ${value.length} characters`
      : `the text ${JSON.stringify(value)}`
  }
  return String(value)
}
