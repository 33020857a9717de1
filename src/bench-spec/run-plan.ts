import { findOutputLimit, type OutputLimit } from './asked.ts'
import { type CacheRule, createMarker, marksPrompts, writeShared } from './cache-rule.ts'
import { mostInFlight } from './in-flight.ts'
import { keepKnown } from './known.ts'
import { countOpenFiles } from './open-files.ts'
import { fillHeads } from './prompt-head.ts'
import { createRedactor } from './redaction.ts'
import { measureRepetition, planUses, type Repetition } from './repetition.ts'
import type { BenchSpec, Dataset, Load, Target } from './spec.ts'
import { prepare, prepareRequest, usesColumn } from './template.ts'
import { estimateTokens, listPrompts } from './token-estimate.ts'

/** What a run would send, before anything is sent. */
export interface RunPlan {
  name: string
  slos: number
  /** How they are sent to one target. */
  load: Load
  /** Measured requests to each target; `undefined`: as many as fit into `duration`. */
  requests?: number
  /** ms. */
  duration?: number
  /** Requests before the measured ones, to each target. */
  warmup: number
  /** `asked`: tokens of a made-up prompt, mean; `undefined`: the rows are those of a file. */
  dataset?: { source: string; rows: number; asked?: number }
  /** The target and, where its rounds alternate with those of another, that one. */
  targets: readonly PlannedTarget[]
  /** What a cache may know: as the spec says, and how far prompts repeat without its markers. */
  reuse: { cache?: CacheRule; repetition?: Repetition }
  /** How long it takes, ms. */
  time: PlannedTime
  /** Files and connections of a process that sends. */
  openFiles: { needed: number; limit?: number }
}

export interface PlannedTarget {
  /** Secrets redacted. */
  url: string
  /** `mock`: the bundled one; `local`: on this machine. */
  place: 'mock' | 'local' | 'remote'
  /** Of a prompt by `estimateTokens`, of a made-up one as asked, mean over the requests; `undefined` where no prompt is found. */
  promptTokens?: number
  /** The most that an answer may have, mean over the requests; `undefined`: the body does not say. */
  outputTokens?: { key: string; tokens: number }
}

/** At the pace of an earlier run, by the duration or the rate that was asked for, or at most by the timeout. */
export type PlannedTime =
  | { kind: 'pace'; ms: number; startedAt: string }
  | { kind: 'asked'; ms: number }
  | { kind: 'unknown'; mostMs: number }

/** What an earlier run of the same load took. */
export interface Pace {
  /** ms that one request held one place in flight, mean. */
  requestMs: number
  /** ISO 8601. */
  startedAt: string
}

/** Prompts of more rows tell no more. */
const mostRows = 10_000

/** `pace`: of an earlier run; `openFiles`: that a process may have open. */
export function planRun(
  spec: BenchSpec,
  { pace, openFiles }: { pace?: Pace | undefined; openFiles?: number | undefined } = {},
): RunPlan {
  const { name, load, slos, dataset, baseline, mock } = spec
  const { requests, duration, warmup, processes } = load
  const second = baseline?.kind === 'interleaved' ? [baseline] : []
  const targets = [{ target: spec.target, mock }, ...second]
  return keepKnown<RunPlan>({
    name,
    slos: slos.length,
    load,
    requests,
    duration,
    warmup,
    dataset:
      dataset &&
      keepKnown<NonNullable<RunPlan['dataset']>>({
        source: dataset.source,
        rows: dataset.rows.length,
        asked: isMadeUp(dataset) ? averageAsked(dataset.rows) : undefined,
      }),
    targets: targets.map((each) => planTarget(spec, each.target, each.mock !== undefined)),
    reuse: keepKnown<RunPlan['reuse']>({
      cache: spec.cache,
      repetition: marksPrompts(spec.cache) ? undefined : planRepetition(spec),
    }),
    time: planTime(spec, targets.length, pace),
    openFiles: keepKnown<RunPlan['openFiles']>({
      needed: countOpenFiles(
        { inFlight: mostInFlight(load), requests, warmup, processes },
        targets.length,
      ),
      limit: openFiles,
    }),
  })
}

/** Of the requests that a spec would send; `undefined` where nobody knows how many. */
export function planRepetition(spec: BenchSpec): Repetition | undefined {
  const requests = prepare(spec)
  const uses = planUses(requests.length, spec.load)
  return uses && measureRepetition(requests, uses)
}

function planTarget(spec: BenchSpec, target: Target, isMock: boolean): PlannedTarget {
  const { dataset, load, cache } = spec
  const rows = dataset?.rows.slice(0, Math.min(mostRows, load.requests ?? Infinity)) ?? [{}]
  const lead = marksPrompts(cache) ? writeShared(cache, load.seed) : undefined
  const mark = createMarker(load.seed)
  const bodies = rows.map((row, index) => {
    const { body, heads } = prepareRequest(target, row, lead)
    if (body === undefined || heads === undefined) return body
    return fillHeads({ body, heads }, mark({ phase: 'measured', index }))
  })
  const isAsked = dataset !== undefined && isMadeUp(dataset) && usesColumn(target, 'prompt')
  return keepKnown<PlannedTarget>({
    url: createRedactor(spec.secrets).redact(target.url),
    place: isMock ? 'mock' : isLocal(target.url) ? 'local' : 'remote',
    promptTokens: isAsked ? averageAsked(rows) : average(bodies.map(countPrompt)),
    outputTokens: limitOutput(bodies.map((body) => findOutputLimit(body))),
  })
}

/** Whether its prompts are written by their lengths. */
function isMadeUp({ synthetic, trace }: Dataset): boolean {
  return (synthetic ?? trace) !== undefined
}

function averageAsked(rows: Dataset['rows']): number | undefined {
  return average(rows.map((row) => Number(row['input_tokens'])))
}

function countPrompt(body: string | undefined): number | undefined {
  const prompts = listPrompts(body)
  return prompts.length === 0 ? undefined : estimateTokens(prompts.join('\n'))
}

function limitOutput(limits: readonly (OutputLimit | undefined)[]): PlannedTarget['outputTokens'] {
  const tokens = average(limits.map((limit) => (limit && Number(limit.tokens)) || undefined))
  const key = limits[0]?.key
  return tokens === undefined || key === undefined ? undefined : { key, tokens }
}

/** `undefined` where one of them is. */
function average(values: readonly (number | undefined)[]): number | undefined {
  let sum = 0
  for (const value of values) {
    if (value === undefined) return undefined
    sum += value
  }
  return values.length === 0 ? undefined : sum / values.length
}

function planTime(
  { load, timeouts }: BenchSpec,
  targets: number,
  pace: Pace | undefined,
): PlannedTime {
  const { requests, duration, warmup } = load
  if (requests === undefined) return { kind: 'asked', ms: duration ?? 0 }
  const cap = duration ?? Infinity
  if (load.kind === 'open') {
    return {
      kind: 'asked',
      ms: (1000 * warmup) / load.rate + Math.min(cap, (1000 * requests) / load.rate),
    }
  }
  const places = (targets * (requests + warmup)) / load.concurrency
  if (pace !== undefined) {
    const ms = Math.min(cap, places * pace.requestMs)
    return { kind: 'pace', ms, startedAt: pace.startedAt }
  }
  return { kind: 'unknown', mostMs: Math.min(cap, Math.ceil(places) * timeouts.total) }
}

function isLocal(url: string): boolean {
  if (!URL.canParse(url)) return false
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)
}
