import { profiles } from '../answer/profile.ts'
import type { ProfileName } from '../answer/profile.ts'
import { readShape, shapeKeys } from '../answer/shape.ts'
import type { Shape, ShapeOption } from '../answer/shape.ts'
import { readFaults } from '../fault/fault-option.ts'
import type { Fault, FaultOption } from '../fault/fault-option.ts'
import { parseDistribution } from '../latency/distribution-option.ts'
import type { DurationOption, LatencyOption } from '../latency/distribution-option.ts'
import type { Distribution } from '../latency/distribution.ts'
import type { PrefixCacheLimits } from '../latency/prefix-cache.ts'
import type { QueueLimits } from '../latency/queue.ts'
import { checkTier, readTier } from '../latency/tier.ts'
import type { Tier, TierOption } from '../latency/tier.ts'
import {
  isFields,
  readChoice,
  readDuration,
  readNumber,
  rejectUnknown,
  renderProblem,
  toProblem,
} from '../plan/fields.ts'
import type { Problem, Report } from '../plan/fields.ts'
import { expandScenario, listScenarios } from './scenario.ts'

/** Options of the mock server as they are written: JSON, or the `mock:` block of a spec. */
export interface MockOptions extends ShapeOption {
  /** Name of a prepared set of options; options that are given beside it go before it. */
  scenario?: string
  /** `qwen-vllm` (3 running, 10 waiting) by default; `vllm` and `openai` admit everybody. */
  profile?: ProfileName
  /** Whether times are `fixed` (default), or depend on the prompt and on who else runs. */
  latency?: TierOption
  /** Time from admission to the first content with tier `fixed`; 40 ms by default. */
  ttft?: LatencyOption
  /** Time between two content events, of a request that runs alone; 5 ms by default. */
  itl?: LatencyOption
  /** Length of an answer; `max_tokens` of a request limits it. By default max_tokens itself. */
  tokens?: number | { min: number; max: number }
  /** Tokens in one content event; 1 by default. */
  tokens_per_event?: number
  /** `null`: no limit. Without `waiting` any number may wait. */
  queue?: { running: number; waiting?: number } | null
  /** Prompts that begin like an earlier one prefill only the rest. */
  prefix_cache?: boolean | { block_tokens?: number; blocks?: number }
  /** How much later the first content of the first request is, or of the first few. */
  cold_start?: DurationOption | { requests: number; delay: DurationOption }
  seed?: number
  /** Names under /v1/models; with `vllm` and `openai` any other model is then refused. */
  models?: readonly string[]
  /** Ids and times of creation that depend on the arrival alone; true by default. */
  deterministic_ids?: boolean
  /** When given, /v1/* and /v1beta/* demand it, as a bearer token or as their format has it. */
  api_key?: string
  /** Multiplies every time; 1 by default. */
  latency_factor?: number
  /** Time from the start during which everything is answered with 503. */
  start_delay?: DurationOption
  /** Time before the body of a request is read. */
  read_delay?: DurationOption
  /** Requests after which the engine is dead: 500 for answers, 503 for /health. */
  dies_after?: number
  /** What goes wrong, and for which requests; of several that are due the first. */
  faults?: readonly FaultOption[]
  /** Whether a request may change its own answer by `x-mock-*` headers; false by default. */
  allow_overrides?: boolean
}

/** Checked options with every default filled in; times in ms, before `latencyFactor`. */
export interface Options {
  profile: ProfileName
  tier: Tier
  /** Of no use to a tier that has its own. */
  ttft: Distribution
  itl: Distribution
  /** `undefined`: as many as the request allows. */
  tokens: { min: number; max: number } | undefined
  tokensPerEvent: number
  queue: QueueLimits | undefined
  prefixCache: PrefixCacheLimits | undefined
  coldStart: { requests: number; delay: number }
  shape: Shape
  seed: number
  models: readonly string[] | undefined
  deterministicIds: boolean
  apiKey: string | undefined
  latencyFactor: number
  startDelay: number
  readDelay: number
  /** `Infinity`: never. */
  diesAfter: number
  /** Their times are multiplied already. */
  faults: readonly Fault[]
  allowOverrides: boolean
}

const known: readonly (keyof MockOptions)[] = [
  'scenario',
  'profile',
  'latency',
  'ttft',
  'itl',
  'tokens',
  'tokens_per_event',
  'queue',
  'prefix_cache',
  'cold_start',
  'seed',
  'models',
  'deterministic_ids',
  'api_key',
  'latency_factor',
  'start_delay',
  'read_delay',
  'dies_after',
  'faults',
  'allow_overrides',
  ...shapeKeys,
]

/** @throws Error whose message has one line per problem, all of them. */
export function parseOptions(json: unknown): Options {
  const { options, problems } = readOptions(json)
  if (options === undefined) throw new Error(problems.map(renderProblem).join('\n'))
  return options
}

/** What is wrong with the options; nothing when they can be used. */
export function checkOptions(json: unknown): readonly Problem[] {
  return readOptions(json).problems
}

function readOptions(written: unknown): { options?: Options; problems: readonly Problem[] } {
  if (!isFields(written)) {
    return { problems: [toProblem('options', 'an object', written, 'Write {} for the defaults')] }
  }
  const problems: Problem[] = []
  const report: Report = (...problem) => {
    problems.push(toProblem(...problem))
  }
  rejectUnknown(report, '', written, known)
  checkScenario(report, written['scenario'])
  const json = expandScenario(written)
  const profile = readChoice(report, 'profile', json['profile'], profileNames, 'qwen-vllm')
  const latencyFactor = readNumber(report, 'latency_factor', json['latency_factor'], factor, 1)
  const tier = readTier(report, json['latency'])
  const ownQueue = profiles[profile].queue ?? (tier.kind === 'fixed' ? undefined : engineQueue)
  const options: Options = {
    profile,
    tier,
    ttft: parseDistribution(report, 'ttft', json['ttft'], { kind: 'constant', value: 40 }),
    itl: parseDistribution(report, 'itl', json['itl'], { kind: 'constant', value: 5 }),
    tokens: readTokens(report, json['tokens']),
    tokensPerEvent: readNumber(report, 'tokens_per_event', json['tokens_per_event'], count, 1),
    queue: readQueue(report, json['queue'], ownQueue),
    prefixCache: readPrefixCache(report, json['prefix_cache']),
    coldStart: readColdStart(report, json['cold_start']),
    shape: readShape(report, json, profiles[profile], latencyFactor),
    seed: readNumber(report, 'seed', json['seed'], { whole: true, min: 0 }, 1),
    models: readModels(report, json['models']),
    deterministicIds: readFlag(report, 'deterministic_ids', json['deterministic_ids'], true),
    apiKey: readText(report, 'api_key', json['api_key']),
    latencyFactor,
    startDelay: readDuration(report, 'start_delay', json['start_delay'], 0),
    readDelay: readDuration(report, 'read_delay', json['read_delay'], 0),
    diesAfter: readNumber(report, 'dies_after', json['dies_after'], count, Infinity),
    faults: readFaults(report, json['faults'], latencyFactor),
    allowOverrides: readFlag(report, 'allow_overrides', json['allow_overrides'], false),
  }
  checkTier(report, tier, written, options.queue)
  return problems.length > 0 ? { problems } : { options, problems }
}

const profileNames: readonly ProfileName[] = ['qwen-vllm', 'vllm', 'openai']
const count = { whole: true, min: 1 }
const factor = { whole: false, min: 0 }

/** Where nobody is turned away, a batch is as large as vLLM's own default. */
const engineQueue: QueueLimits = { running: 256, waiting: Infinity }

function readTokens(report: Report, value: unknown): { min: number; max: number } | undefined {
  if (value === undefined) return undefined
  if (!isFields(value)) {
    const fixed = readNumber(report, 'tokens', value, count, 1)
    return { min: fixed, max: fixed }
  }
  rejectUnknown(report, 'tokens', value, ['min', 'max'])
  const min = readNumber(report, 'tokens.min', value['min'], count, 1)
  if (value['max'] === undefined) {
    report('tokens.max', 'the longest answer', undefined, 'Give max, or one number for both')
    return undefined
  }
  const max = readNumber(report, 'tokens.max', value['max'], count, min)
  if (min > max) report('tokens.max', 'at least min', max, 'Swap min and max')
  return { min, max }
}

function readQueue(
  report: Report,
  value: unknown,
  fallback: QueueLimits | undefined,
): QueueLimits | undefined {
  if (value === undefined) return fallback
  if (value === null) return undefined
  if (!isFields(value) || value['running'] === undefined) {
    report('queue', '{ running, waiting } or null', value, 'Write { running: 3, waiting: 10 }')
    return fallback
  }
  rejectUnknown(report, 'queue', value, ['running', 'waiting'])
  const places = { whole: true, min: 0 }
  return {
    running: readNumber(report, 'queue.running', value['running'], count, 1),
    waiting: readNumber(report, 'queue.waiting', value['waiting'], places, Infinity),
  }
}

function readPrefixCache(report: Report, value: unknown): PrefixCacheLimits | undefined {
  if (value === undefined || value === false) return undefined
  const fields = isFields(value) ? value : {}
  if (value !== true && !isFields(value)) {
    report('prefix_cache', 'true, false or { block_tokens, blocks }', value, 'Write true')
  }
  rejectUnknown(report, 'prefix_cache', fields, ['block_tokens', 'blocks'])
  const read = (name: string, fallback: number): number =>
    readNumber(report, `prefix_cache.${name}`, fields[name], count, fallback)
  return { blockTokens: read('block_tokens', 16), blocks: read('blocks', 16_384) }
}

function readColdStart(report: Report, value: unknown): Options['coldStart'] {
  if (!isFields(value)) {
    return { requests: 1, delay: readDuration(report, 'cold_start', value, 0) }
  }
  rejectUnknown(report, 'cold_start', value, ['requests', 'delay'])
  if (value['delay'] === undefined) {
    report('cold_start.delay', 'how much later', undefined, 'Give delay, e.g. delay: 2s')
  }
  return {
    requests: readNumber(report, 'cold_start.requests', value['requests'], count, 1),
    delay: readDuration(report, 'cold_start.delay', value['delay'], 0),
  }
}

function readModels(report: Report, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.length > 0) {
    const names = value.filter((name) => typeof name === 'string' && name !== '')
    if (names.length === value.length) return names
  }
  report('models', 'a list of names', value, 'Write e.g. [my-model]')
  return undefined
}

function checkScenario(report: Report, value: unknown): void {
  if (value === undefined) return
  const names = listScenarios().map(({ name }) => name)
  readChoice(report, 'scenario', value, names, '')
}

function readFlag(report: Report, path: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value !== 'boolean') report(path, 'true or false', value, 'Write true or false')
  return value === true
}

function readText(report: Report, path: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '') return value
  report(path, 'a text', value, 'Put it in quotes')
  return undefined
}
