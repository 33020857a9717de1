import type { IncomingMessage } from 'node:http'

import type { Clock } from '../latency/monotonic-clock.ts'
import type { Statistics } from '../metrics/statistics.ts'
import type { Truth } from '../metrics/truth.ts'
import type { VllmMetrics } from '../metrics/vllm-metrics.ts'
import type { Options } from '../options/options.ts'
import type { Fields } from '../plan/fields.ts'
import { Refusal } from '../plan/refusal.ts'
import type { Generation } from './generation.ts'
import { readBody } from './request-body.ts'

/** What endpoints tell of and act on. */
export interface EndpointContext {
  options: Options
  generation: Generation
  truth: Truth
  clock: Clock
  config: Config
  statistics: Statistics
  vllmMetrics: VllmMetrics
  isStarting(): boolean
}

/** The options in force. */
export interface Config {
  /** As they were written, with the key of the API covered. */
  describe(): Fields
  /**
   * Puts the options that are given in the place of those in force, or of those that the server was
   * started with; the others stay. Requests that have arrived end as they were begun; the queue and
   * every count of `when` begin anew.
   *
   * @throws Refusal 400 with every problem; then nothing has changed.
   */
  change(options: unknown, base?: 'current' | 'started'): void
}

/** A path that is answered at once from the state of the server and leaves no record. */
export interface Endpoint {
  methods: readonly ('GET' | 'POST' | 'PATCH' | 'DELETE')[]
  /** @throws Refusal when the inquiry makes no sense. */
  reply(inquiry: Inquiry): Reply
}

export interface Inquiry {
  method: string
  query: URLSearchParams
  /** The Accept header; empty without one. */
  accept: string
  body: string
}

export interface Reply {
  status: number
  /** `undefined`: the body is empty. */
  type: string | undefined
  text: string
  /** Writes more behind the text, as it comes, until the client leaves; answers how to stop. */
  follow?: (write: (text: string) => void) => () => void
}

/** Says that no server of any version runs here. */
export const mockVersion = '0.0.0+mock'

export function renderJson(body: unknown, status = 200): Reply {
  return { status, type: 'application/json', text: JSON.stringify(body) }
}

export function renderEmpty(status = 200): Reply {
  return { status, type: undefined, text: '' }
}

export function renderText(text: string, type: string): Reply {
  return { status: 200, type, text }
}

/** @throws Refusal when the body is too large, or when the client is gone. */
export async function readInquiry(request: IncomingMessage, query: string): Promise<Inquiry> {
  const body = await readBody(request)
  if (body instanceof Refusal) throw body
  const { method = '', headers } = request
  return { method, query: new URLSearchParams(query), accept: headers.accept ?? '', body }
}

/** Whether text is preferred to JSON: it has the higher weight, or the same and comes first. */
export function prefersText(accept: string): boolean {
  const wishes = accept
    .split(',')
    .map((part) => {
      const [type = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) }
    })
    .filter(({ type, weight }) => weight > 0 && (isText(type) || isJson(type)))
    .sort((left, right) => right.weight - left.weight)
  return wishes[0] !== undefined && isText(wishes[0].type)
}

function isText(type: string): boolean {
  return type === 'text/plain' || type === 'application/openmetrics-text'
}

function isJson(type: string): boolean {
  return type === 'application/json' || type === 'application/*' || type === '*/*'
}
