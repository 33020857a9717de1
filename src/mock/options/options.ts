import { type ProfileName, profiles } from '../answer/profile.ts'
import { readShape, type Shape } from '../answer/shape.ts'
import { type Fault, readFaults } from '../fault/fault-option.ts'
import { readDistribution } from '../latency/distribution-reading.ts'
import type { Distribution } from '../latency/distribution.ts'
import type { PrefixCacheLimits } from '../latency/prefix-cache.ts'
import type { QueueLimits } from '../latency/queue.ts'
import { readStalls, type Stalls } from '../latency/stalls.ts'
import { checkTier, readTier, type Tier } from '../latency/tier.ts'
import {
  describeProblem,
  isFields,
  type Problem,
  readChoice,
  readDuration,
  readFlag,
  readNumber,
  rejectUnknown,
  renderProblem,
  type Report,
} from '../plan/fields.ts'
import { optionKeys } from './mock-options.ts'
import { expandScenario, listScenarios } from './scenario.ts'

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
  stalls: Stalls | undefined
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

/** @throws what `fail` makes of one line per problem, all of them; by default an Error. */
export function parseOptions(
  json: unknown,
  fail: (message: string) => Error = (message) => new Error(message),
): Options {
  const { options, problems } = readOptions(json)
  if (options === undefined) throw fail(problems.map(renderProblem).join('\n'))
  return options
}

/**
 * What is wrong with the options; nothing when they can be used. Reads the scenarios of the package and
 * the file of `script`; throws nothing.
 */
export function checkOptions(json: unknown): readonly Problem[] {
  return readOptions(json).problems
}

function readOptions(written: unknown): { options?: Options; problems: readonly Problem[] } {
  if (!isFields(written)) {
    return {
      problems: [describeProblem('options', 'an object', written, 'Write {} for the defaults')],
    }
  }
  const problems: Problem[] = []
  const report: Report = (...problem) => {
    problems.push(describeProblem(...problem))
  }
  rejectUnknown(report, '', written, optionKeys)
  checkScenario(report, written['scenario'])
  const json = expandScenario(written)
  const profile = readChoice(report, 'profile', json['profile'], profileNames, 'qwen-vllm')
  const latencyFactor = readNumber(report, 'latency_factor', json['latency_factor'], factor, 1)
  const tier = readTier(report, json['latency'])
  const ownQueue = profiles[profile].queue ?? (tier.kind === 'fixed' ? undefined : engineQueue)
  const options: Options = {
    profile,
    tier,
    ttft: readDistribution(report, 'ttft', json['ttft'], { kind: 'constant', value: 40 }),
    itl: readDistribution(report, 'itl', json['itl'], { kind: 'constant', value: 5 }),
    tokens: readTokens(report, json['tokens']),
    tokensPerEvent: readNumber(report, 'tokens_per_event', json['tokens_per_event'], count, 1),
    queue: readQueue(report, json['queue'], ownQueue),
    prefixCache: readPrefixCache(report, json['prefix_cache']),
    coldStart: readColdStart(report, json['cold_start']),
    stalls: readStalls(report, json['stalls']),
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
    allowOverrides: readFlag(report, 'allow_overrides', json['allow_overrides']),
  }
  checkTier(report, tier, written, options.queue)
  return problems.length > 0 ? { problems } : { options, problems }
}

export const profileNames: readonly ProfileName[] = ['qwen-vllm', 'vllm', 'openai']
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

function readText(report: Report, path: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '') return value
  report(path, 'a text', value, 'Put it in quotes')
  return undefined
}
