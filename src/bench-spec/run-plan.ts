import { findOutputLimit, type OutputLimit } from './asked.ts'
import { type CacheRule, createMarker, findLead, marksPrompts } from './cache-rule.ts'
import { meanOf } from './distribution.ts'
import { mostInFlight } from './in-flight.ts'
import { orderKinds } from './kind-order.ts'
import { shareOf } from './kinds.ts'
import { keepKnown } from './known.ts'
import { findLongestStay } from './longest-stay.ts'
import { countOpenFiles } from './open-files.ts'
import { fillHeads } from './prompt-head.ts'
import { createRedactor } from './redaction.ts'
import { type Repetition } from './repetition.ts'
import { planRepetition } from './sent-prompts.ts'
import { listCells } from './session.ts'
import type { BenchSpec, Dataset, Kind, Load, Row, Target } from './spec.ts'
import { isMadeUp } from './synthetic-source.ts'
import { prepareRequest, usesColumn } from './template.ts'
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
  dataset?: PlannedRows
  /** Kinds of request of a mix; none without one. */
  kinds: readonly PlannedKind[]
  /** Whether the rows are conversations, whose prompts hold what is answered. */
  talks: boolean
  /** The target and, where its rounds alternate with those of another, that one. */
  targets: readonly PlannedTarget[]
  /** What a cache may know: as the spec says, and how far prompts repeat without its markers. */
  reuse: { cache?: CacheRule; repetition?: Repetition }
  /** How long it takes, ms. */
  time: PlannedTime
  /** Files and connections of a process that sends. */
  openFiles: { needed: number; limit?: number }
}

export interface PlannedRows {
  source: string
  rows: number
  /** Tokens of a made-up prompt, mean; `undefined`: the rows are those of a file. */
  asked?: number
}

/** One kind of a mix, as the candidate gets it. */
export interface PlannedKind extends Omit<PlannedTarget, 'place'> {
  name: string
  /** Of all requests, 0–1. */
  share: number
  /** Measured requests of it; `undefined`: not known. */
  requests?: number
  /** Requests of it before these. */
  warmup: number
  dataset?: PlannedRows
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
  const { name, load, slos, dataset, baseline, mock, mix } = spec
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
    dataset: dataset && planRows(dataset),
    kinds: mix === undefined ? [] : planKinds(spec, mix),
    talks: dataset?.sessions !== undefined,
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

function planTarget(spec: BenchSpec, target: Target, isMock: boolean): PlannedTarget {
  const place = isMock ? 'mock' : isLocal(target.url) ? 'local' : 'remote'
  if (spec.mix !== undefined) return { ...planTexts(spec, { ...target, body: null }, []), place }
  const { dataset, load } = spec
  const most = Math.min(mostRows, load.requests ?? Infinity)
  // What conversations say on depends on what is answered: it is in none of these bodies.
  const rows = dataset === undefined ? [{}] : listCells(dataset).slice(0, most)
  const texts = planTexts(spec, target, rows)
  const isAsked = dataset !== undefined && isMadeUp(dataset) && usesColumn(target, 'prompt')
  const promptTokens = isAsked ? averageAsked(rows) : texts.promptTokens
  return keepKnown<PlannedTarget>({ ...texts, promptTokens, place })
}

function planTexts(
  { secrets, cache, load }: BenchSpec,
  target: Target,
  rows: readonly Row[],
): Omit<PlannedTarget, 'place'> {
  const lead = findLead({ cache, load })
  const mark = createMarker(load.seed)
  const bodies = rows.map((row, index) => {
    const { body, heads } = prepareRequest(target, row, { lead })
    if (body === undefined || heads === undefined) return body
    return fillHeads({ body, heads }, mark({ phase: 'measured', index }))
  })
  return keepKnown<Omit<PlannedTarget, 'place'>>({
    url: createRedactor(secrets).redact(target.url),
    promptTokens: average(bodies.map(countPrompt)),
    outputTokens: limitOutput(bodies.map((body) => findOutputLimit(body))),
  })
}

function averageAsked(rows: Dataset['rows']): number | undefined {
  return average(rows.map((row) => Number(row['input_tokens'])))
}

function planKinds(spec: BenchSpec, mix: readonly Kind[]): PlannedKind[] {
  const { load } = spec
  const deal = orderKinds(
    mix.map(({ weight }) => weight),
    load.seed,
  )
  const countOf = (phase: 'warmup' | 'measured', total: number): number[] => {
    const counts = mix.map(() => 0)
    for (let index = 0; index < total; index++) {
      const { kind } = deal({ phase, index })
      counts[kind] = (counts[kind] ?? 0) + 1
    }
    return counts
  }
  const measured = load.requests === undefined ? undefined : countOf('measured', load.requests)
  const warmups = countOf('warmup', load.warmup)
  return mix.map((kind, index) => {
    const { name, target, dataset } = kind
    const requests = measured?.[index]
    const rows = dataset?.rows.slice(0, Math.min(mostRows, requests ?? Infinity)) ?? [{}]
    return keepKnown<PlannedKind>({
      ...planTexts(spec, target, rows),
      name: createRedactor(spec.secrets).redact(name),
      share: shareOf(kind, mix),
      requests,
      warmup: warmups[index] ?? 0,
      dataset: dataset && planRows(dataset),
    })
  })
}

function planRows(dataset: Dataset): PlannedRows {
  const { source, rows } = dataset
  const asked = isMadeUp(dataset) ? averageAsked(rows) : undefined
  return keepKnown<PlannedRows>({ source, rows: rows.length, asked })
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

function planTime(spec: BenchSpec, targets: number, pace: Pace | undefined): PlannedTime {
  const { load, timeouts } = spec
  const { requests, duration, warmup } = load
  if (requests === undefined) return { kind: 'asked', ms: duration ?? 0 }
  const cap = duration ?? Infinity
  if (load.kind === 'open') {
    const arrivals = load.sessions ?? requests
    return {
      kind: 'asked',
      ms: (1000 * warmup) / load.rate + Math.min(cap, (1000 * arrivals) / load.rate),
    }
  }
  const places = (targets * (requests + warmup)) / load.concurrency
  if (pace !== undefined) {
    const think = load.thinkTime === undefined ? 0 : meanOf(load.thinkTime)
    const ms = Math.min(cap, places * (pace.requestMs + think))
    return { kind: 'pace', ms, startedAt: pace.startedAt }
  }
  const stay = findLongestStay(spec)
  const stays = Math.ceil((targets * ((load.sessions ?? requests) + warmup)) / load.concurrency)
  const most = stays * (stay.requests * timeouts.total + stay.thinking)
  return { kind: 'unknown', mostMs: Math.min(cap, most) }
}

function isLocal(url: string): boolean {
  if (!URL.canParse(url)) return false
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)
}
