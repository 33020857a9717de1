import {
  type Fields,
  isFields,
  readChoice,
  readDuration,
  readNumber,
  rejectUnknown,
  type Report,
} from '../plan/fields.ts'
import type { DurationOption } from './distribution-option.ts'
import { createFixedEngine } from './engine.ts'
import { createLinearEngine } from './linear-engine.ts'
import type { QueueLimits } from './queue.ts'
import type { CreateEngine } from './scheduler.ts'
import { createStepEngine } from './step-engine.ts'

export type TierName = 'fixed' | 'linear' | 'step'

/** How latency comes about. */
export type TierOption =
  | TierName
  | { tier: 'fixed' }
  | {
      tier: 'linear'
      /** The first content takes base + per_token · n + per_token_squared · n², n tokens not cached. */
      base?: DurationOption
      per_token?: DurationOption
      per_token_squared?: DurationOption
      /** How much longer a gap is when every slot is taken. */
      slowdown?: number
    }
  | {
      tier: 'step'
      /** A step takes base + per_request · d + per_token · p + per_context_token · k. */
      base?: DurationOption
      per_request?: DurationOption
      per_token?: DurationOption
      per_context_token?: DurationOption
      /** Most tokens of a step. */
      batch_tokens?: number
    }

/** ms, before `latency_factor`. */
export type Tier =
  | { kind: 'fixed' }
  | {
      kind: 'linear'
      base: number
      perToken: number
      perTokenSquared: number
      slowdown: number
    }
  | {
      kind: 'step'
      base: number
      perRequest: number
      perToken: number
      perContextToken: number
      batchTokens: number
    }

const names: readonly TierName[] = ['fixed', 'linear', 'step']

export function readTier(report: Report, value: unknown): Tier {
  const fields = isFields(value) ? value : { tier: value }
  const at = isFields(value) ? 'latency.tier' : 'latency'
  if (value !== undefined && fields['tier'] === undefined) {
    report(at, `one of ${names.join(', ')}`, undefined, 'Write e.g. { tier: linear }')
    return { kind: 'fixed' }
  }
  const kind = readChoice(report, at, fields['tier'], names, 'fixed')
  const known = { fixed: [], linear: linearKnobs, step: stepKnobs }[kind]
  rejectUnknown(report, 'latency', fields, ['tier', ...known])
  if (kind === 'fixed') return { kind }
  return kind === 'linear' ? readLinear(report, fields) : readStep(report, fields)
}

const linearKnobs = ['base', 'per_token', 'per_token_squared', 'slowdown']
const stepKnobs = ['base', 'per_request', 'per_token', 'per_context_token', 'batch_tokens']

function readLinear(report: Report, fields: Fields): Tier {
  const readTime = createTimeReader(report, fields)
  const slowdown = { whole: false, min: 1 }
  return {
    kind: 'linear',
    base: readTime('base', 30),
    perToken: readTime('per_token', 0.25),
    perTokenSquared: readTime('per_token_squared', 0),
    slowdown: readNumber(report, 'latency.slowdown', fields['slowdown'], slowdown, 2),
  }
}

function readStep(report: Report, fields: Fields): Tier {
  const readTime = createTimeReader(report, fields)
  const base = readTime('base', 6)
  if (base === 0) report('latency.base', 'a time above 0', fields['base'], 'A step takes time')
  const tokens = { whole: true, min: 1 }
  return {
    kind: 'step',
    base,
    perRequest: readTime('per_request', 0.05),
    perToken: readTime('per_token', 0.015),
    perContextToken: readTime('per_context_token', 0),
    batchTokens: readNumber(report, 'latency.batch_tokens', fields['batch_tokens'], tokens, 2048),
  }
}

function createTimeReader(
  report: Report,
  fields: Fields,
): (name: string, fallback: number) => number {
  return (name, fallback) => readDuration(report, `latency.${name}`, fields[name], fallback)
}

/** What the tier has no use for, or cannot do without. */
export function checkTier(
  report: Report,
  tier: Tier,
  given: Fields,
  queue: QueueLimits | undefined,
): void {
  const unused = { fixed: [], linear: ['ttft'], step: ['ttft', 'itl'] }[tier.kind]
  for (const name of unused) {
    if (given[name] === undefined) continue
    report(name, `nothing with tier ${tier.kind}`, given[name], 'Set the knobs of latency instead')
  }
  if (tier.kind === 'fixed') return
  if (queue === undefined) {
    const expected = `a limit of running requests with tier ${tier.kind}`
    report('queue', expected, null, 'Write e.g. { running: 256 }')
    return
  }
  if (tier.kind === 'step' && tier.batchTokens <= queue.running) {
    const expected = `more than the ${queue.running} requests that may run`
    report('latency.batch_tokens', expected, tier.batchTokens, 'Raise it, or lower queue.running')
  }
}

/** `onStep` is told the tokens of each step, where there are steps. */
export function createEngine(
  tier: Tier,
  slots: number,
  factor: number,
  onStep: (tokens: number) => void,
): CreateEngine {
  if (tier.kind === 'fixed') return createFixedEngine
  if (tier.kind === 'linear') return (floor) => createLinearEngine(floor, slots, tier.slowdown)
  const cost = {
    base: tier.base * factor,
    perRequest: tier.perRequest * factor,
    perToken: tier.perToken * factor,
    perContextToken: tier.perContextToken * factor,
    batchTokens: tier.batchTokens,
  }
  return (floor, now) => createStepEngine(floor, now, cost, onStep)
}
