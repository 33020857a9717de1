import { findModel, findOutputLimit } from '../bench-spec/asked.ts'
import { meanOf } from '../bench-spec/distribution.ts'
import { shareOf } from '../bench-spec/kinds.ts'
import { formatStat, type Unit } from '../bench-spec/slo.ts'
import type { BenchSpec, Cell, Dataset, Kind, Load } from '../bench-spec/spec.ts'
import { startOfStage } from '../bench-spec/stages.ts'
import { formatTagValue } from '../bench-spec/tag.ts'
import type { RunTracing } from '../bench-spec/tracing.ts'
import type { ClientTrust, ProcessTrust, RunEnd } from '../engine/record.ts'
import type { Diagnostic } from '../metrics/diagnostic.ts'
import type { Lengths } from '../metrics/lengths.ts'
import type { PromptCache } from '../metrics/prompt-cache.ts'
import type { SentRate } from '../metrics/sent-rate.ts'
import type { ServerSummary } from '../metrics/server-summary.ts'
import type { SessionSummary } from '../metrics/sessions.ts'
import type { Distribution, RunSummary } from '../metrics/summary.ts'
import type { Witness } from '../metrics/witness.ts'
import { type RoundFigures, storedMetrics, storedStats } from '../verdict/figures.ts'
import type { Difference } from '../verdict/reason.ts'
import type { Comparison, SloVerdict, Verdict } from '../verdict/verdict.ts'
import { toDiagnostic } from './diagnostic-document.ts'
import { toDependence, toEnd, toReason, toTurn, toVerdictReason } from './reasons.ts'
import type {
  CalibrationDocument,
  CellDocument,
  DistributionDocument,
  EndDocument,
  LoadProcessDocument,
  Results,
  RoundDocument,
  SloDocument,
  SummaryDocument,
  WorkloadDocument,
} from './results-document.ts'
import { fixed, orNull, significant } from './rounding.ts'
import { toServer } from './server-document.ts'
import { toSynthetic } from './synthetic-document.ts'
import { toTrace } from './trace-document.ts'
import { toTracing } from './tracing-document.ts'
import type { Sentences } from './wording.ts'

export type {
  CalibrationDocument,
  ClientReasonDocument,
  DiagnosticDocument,
  DifferenceDocument,
  DistributionDocument,
  DependenceDocument,
  DoubtDocument,
  EndDocument,
  LoadProcessDocument,
  ReasonDocument,
  Results,
  RoundTimesDocument,
  ServerDocument,
  ServerFindingDocument,
  ServerTimeDocument,
  SloDocument,
  TurnDocument,
  VerdictReasonDocument,
  WorkloadDocument,
} from './results-document.ts'

/** A number, or `infinite` (of either sign) where failed requests fill the percentile. */
export type Measured = number | 'infinite'

export type FlowDocument =
  | Pick<Extract<Results['load'], { kind: 'closed' }>, 'kind' | 'concurrency'>
  | Pick<
      Extract<Results['load'], { kind: 'open' }>,
      'kind' | 'rate_per_second' | 'burstiness' | 'trace' | 'max_concurrency'
    >

/** What the stages found out, and the facts that only an edge knows. */
export interface ResultsInput {
  spec: BenchSpec
  summary: RunSummary
  /** Of each stage of the load; none without stages. */
  stages?: readonly RunSummary[]
  /** Of each kind of a mix; none without one. */
  kinds?: readonly RunSummary[]
  rounds: readonly RoundFigures[]
  baseline?: BaselineInput
  diagnostics: readonly Diagnostic[]
  /** `undefined` when a load process ended before it could say. */
  trust?: ClientTrust
  /** `undefined` when prompts are not made up. */
  lengths?: Lengths
  /** `undefined` when the spec does not ask for the server's metrics. */
  server?: ServerSummary
  /** `undefined`: there was none. */
  calibration?: CalibrationDocument
  verdict: Verdict
  end: RunEnd
  /** By what its requests are found in the server's own traces; `undefined`: by nothing. */
  tracing?: RunTracing
  /** Requests of the candidate to look at first; none by default. */
  witnesses?: readonly Witness[]
  /** Of the package. */
  version: string
  /** ISO 8601, UTC. */
  startedAt: string
  finishedAt: string
  /** The spec file as it is shown to people, for example relative to the project. */
  file?: string
  /** Of the spec file, hexadecimal. */
  sha256?: string
  /** What is sent and how. */
  workload: readonly WorkloadDocument[]
  environment: Results['environment']
}

/** What the candidate was compared with. `source`: a URL, or a file as the spec names it. */
export type BaselineInput =
  | { kind: 'interleaved'; source: string; summary: RunSummary }
  | {
      kind: 'file'
      source: string
      differences: readonly Difference[]
      contrasts: readonly Difference[]
      summary: SummaryDocument
    }

/**
 * The document of one run; `sentences` words what stands in it as data. Of the request it takes
 * method and URL, never headers, and of the body the model and the limit of an answer; what the URL and the target's own words hold of the spec's
 * secrets is the caller's to redact.
 */
export function toResults(input: ResultsInput, sentences: Sentences): Results {
  const { spec, summary, trust, verdict } = input
  const { target, load, gate, dataset, timeouts } = spec
  const end = toEnd(input.end, sentences)
  const decision = {
    status: verdict.status,
    policy: verdict.policy,
    confidence: gate.confidence,
    failures: gate.failures,
    looks: {
      planned: verdict.looks.planned,
      taken: verdict.looks.taken,
      confidence: significant(verdict.looks.confidence),
    },
    passed: verdict.passed,
    exit_code: verdict.exitCode,
    reason: toVerdictReason(verdict.reason),
    slos: verdict.slos.map((slo) => toSlo(slo, end, sentences)),
  }
  return {
    schema_version: 2,
    tool: { name: 'slogate', version: input.version },
    spec: { name: spec.name, file: input.file ?? null, sha256: input.sha256 ?? null },
    cell: spec.cell === undefined ? null : toCell(spec.cell),
    target: { url: target.url, method: target.method, hermetic: spec.mock !== undefined },
    request: {
      model: findModel(target.body) ?? null,
      output_limit: findOutputLimit(target.body) ?? null,
      timeout_ms: timeouts.total,
      connect_timeout_ms: timeouts.connect,
      ttft_timeout_ms: timeouts.ttft ?? null,
      idle_timeout_ms: timeouts.idle ?? null,
    },
    load: {
      ...toFlow(load),
      requests: load.requests ?? null,
      duration_ms: load.duration ?? null,
      think_time_ms: toThinkTime(load),
      warmup: load.warmup,
      rounds: load.rounds,
      seed: load.seed,
      keep_alive: load.keepAlive ?? true,
      resend: load.resend ?? true,
      transport: load.transport ?? 'lean',
      workload: [...input.workload],
    },
    stream: {
      asked: spec.stream?.dialect ?? null,
      dialects: summary.dialects.map(({ name, count }) => ({ name, count })),
    },
    dataset: dataset
      ? { ...toRows(dataset), synthetic: toSynthetic(dataset, input.lengths) }
      : null,
    started_at: input.startedAt,
    finished_at: input.finishedAt,
    end,
    environment: input.environment,
    summary: toSummary(summary),
    stages: toStages(load, input.stages ?? []),
    mix: toMix(spec.mix ?? [], input.kinds ?? []),
    rounds: input.rounds.map(toRound),
    tracing: input.tracing === undefined ? null : toTracing(input.tracing, input.witnesses ?? []),
    baseline: input.baseline === undefined ? null : toBaseline(input.baseline),
    diagnostics: input.diagnostics.map((diagnostic) => {
      const facts = toDiagnostic(diagnostic)
      return { ...facts, message: sentences.diagnostic(facts) }
    }),
    client: trust === undefined ? null : toClient(trust),
    server: input.server === undefined ? null : toServer(input.server, sentences),
    calibration: input.calibration ?? null,
    verdict: { ...decision, why: sentences.verdict(decision, end) },
  }
}

function toThinkTime(load: Load): number | null {
  const time = load.kind === 'closed' ? load.thinkTime : undefined
  return orNull(time && meanOf(time), fixed)
}

/** What tells a closed loop from an open one. */
export function toFlow(load: Load): FlowDocument {
  if (load.kind === 'closed') return { kind: load.kind, concurrency: load.concurrency }
  const { kind, rate, arrival, maxConcurrency } = load
  return {
    kind,
    rate_per_second: rate,
    burstiness: arrival.kind === 'gamma' ? arrival.burstiness : null,
    trace: arrival.kind === 'trace' ? toTrace(arrival) : null,
    max_concurrency: maxConcurrency,
  }
}

function toCell({ bench, settings, number, count }: Cell): CellDocument {
  return {
    bench,
    settings: settings.map(({ key, text, number: place }) => ({
      key,
      text,
      number: place ?? null,
    })),
    number,
    count,
  }
}

function toClient({ processes, ...worst }: ClientTrust): NonNullable<Results['client']> {
  return { ...toProcess(worst), processes: processes?.map(toProcess) ?? null }
}

function toProcess(trust: ProcessTrust): LoadProcessDocument {
  return {
    event_loop_utilization: significant(trust.eventLoopUtilization),
    event_loop_delay_p50_ms: orNull(trust.eventLoopDelayP50, fixed),
    event_loop_delay_p99_ms: orNull(trust.eventLoopDelayP99, fixed),
    event_loop_delay_max_ms: orNull(trust.eventLoopDelayMax, fixed),
    gc_pauses: trust.gcPauses,
    gc_total_ms: fixed(trust.gcTotal),
    gc_max_ms: fixed(trust.gcMax),
    cpu_share: significant(trust.cpuShare),
    run_queue_share: orNull(trust.runQueueShare, significant),
  }
}

function toSummary(summary: RunSummary): SummaryDocument {
  const { total, completed, failed, cancelled, left, leaving, resent, warmup } = summary.requests
  return {
    requests: { total, completed, failed, cancelled, left, leaving, resent, warmup },
    sessions: summary.sessions === undefined ? null : toSessions(summary.sessions),
    success_rate: orNull(summary.successRate, significant),
    duration_ms: orNull(summary.duration, fixed),
    wall_ms: orNull(summary.wall, fixed),
    requests_per_second: orNull(summary.requestsPerSecond, significant),
    output_tokens_per_second: orNull(summary.outputTokensPerSecond, significant),
    output_tokens: summary.outputTokens ?? null,
    token_basis: summary.tokenBasis,
    prompts: toPrompts(summary.prompts),
    goodput: orNull(summary.goodput, significant),
    sent_rate: summary.sentRate === undefined ? null : toSentRate(summary.sentRate),
    ttft_ms: toDistribution(summary.ttft),
    ttfo_ms: toDistribution(summary.ttfo),
    latency_ms: toDistribution(summary.latency),
    scheduled_ttft_ms: toDistribution(summary.scheduledTtft),
    scheduled_latency_ms: toDistribution(summary.scheduledLatency),
    stream_end_ms: toDistribution(summary.streamEnd),
    tpot_ms: toDistribution(summary.tpot),
    chunk_gap_ms: toDistribution(summary.chunkGap),
    stall_ms: toDistribution(summary.stall),
    dispatch_delay_ms: toDistribution(summary.dispatchDelay),
    client_queue_ms: toDistribution(summary.clientQueue),
    failures: summary.failures.map(({ kind, status, count, sample }) => ({
      kind,
      status: status ?? null,
      count,
      sample,
    })),
  }
}

function toPrompts(prompts: PromptCache): SummaryDocument['prompts'] {
  return {
    counted: prompts.counted,
    tokens: prompts.promptTokens ?? null,
    told: prompts.told,
    cached_tokens: prompts.cachedTokens ?? null,
    cached_share: orNull(prompts.share, significant),
  }
}

function toSessions(sessions: SessionSummary): NonNullable<SummaryDocument['sessions']> {
  const { asked, completed, broken, unfinished, turnsNotSent, resultsNotNeeded } = sessions
  return {
    asked: asked ?? null,
    completed,
    broken,
    unfinished,
    turns_not_sent: turnsNotSent.reduce((sum, { count }) => sum + count, 0),
    not_sent: turnsNotSent.map(({ turn, count }) => ({ turn, count })),
    results_not_needed: resultsNotNeeded,
  }
}

function toSentRate({ due, sent, heldBack }: SentRate): NonNullable<SummaryDocument['sent_rate']> {
  return {
    due_per_second: significant(due),
    sent_per_second: significant(sent),
    held_back: heldBack,
  }
}

function toStages({ stages = [] }: Load, summaries: readonly RunSummary[]): Results['stages'] {
  return summaries.flatMap((summary, index) => {
    const stage = stages[index]
    if (stage === undefined) return []
    const { name, duration, ramp, from, to } = stage
    return {
      name,
      start_ms: startOfStage(stages, index),
      duration_ms: duration,
      ramp_ms: ramp,
      from,
      to,
      summary: toSummary(summary),
    }
  })
}

function toMix(mix: readonly Kind[], summaries: readonly RunSummary[]): Results['mix'] {
  return summaries.flatMap((summary, index) => {
    const kind = mix[index]
    if (kind === undefined) return []
    const { name, target, stream, dataset } = kind
    return {
      name,
      share: significant(shareOf(kind, mix)),
      url: target.url,
      method: target.method,
      model: findModel(target.body) ?? null,
      output_limit: findOutputLimit(target.body) ?? null,
      stream_format: stream?.dialect ?? null,
      dataset: dataset ? toRows(dataset) : null,
      summary: toSummary(summary),
    }
  })
}

function toRows({
  source,
  rows,
  columns,
}: Dataset): NonNullable<Results['mix'][number]['dataset']> {
  return { source, rows: rows.length, columns: [...columns] }
}

function toBaseline(baseline: BaselineInput): NonNullable<Results['baseline']> {
  const { kind, source } = baseline
  if (kind === 'interleaved') {
    return {
      kind,
      source,
      comparable: true,
      differences: [],
      contrasts: [],
      summary: toSummary(baseline.summary),
    }
  }
  const { differences, contrasts, summary } = baseline
  const comparable = differences.length === 0
  return {
    kind,
    source,
    comparable,
    differences: [...differences],
    contrasts: [...contrasts],
    summary,
  }
}

function toRound({ round, completed, failed, times, ...rest }: RoundFigures): RoundDocument {
  const kept = Object.fromEntries(
    storedMetrics.map((metric) => {
      const values = Object.entries(times[metric] ?? {})
      const known = Object.fromEntries(values.map(([stat, ms]) => [stat, toMeasured(ms, 'ms')]))
      const all = Object.fromEntries(storedStats.map((stat) => [stat, known[stat] ?? null]))
      return [`${metric}_ms`, values.length === 0 ? null : all]
    }),
  ) as Omit<RoundDocument, 'round' | 'completed' | 'failed' | 'good'>
  return {
    ...kept,
    round,
    completed,
    failed,
    good: rest.good ?? null,
    requests_per_second: orNull(rest.requestsPerSecond, significant),
    output_tokens_per_second: orNull(rest.outputTokensPerSecond, significant),
  }
}

function toDistribution(distribution: Distribution | undefined): DistributionDocument | null {
  if (distribution === undefined) return null
  const { count, min, mean, stddev, p50, p75, p90, p95, p99, max } = distribution
  return {
    count,
    min: fixed(min),
    mean: fixed(mean),
    stddev: orNull(stddev, fixed),
    p50: fixed(p50),
    p75: fixed(p75),
    p90: fixed(p90),
    p95: fixed(p95),
    p99: fixed(p99),
    max: fixed(max),
  }
}

/** `end`: of the run that the verdict is of. */
export function toSlo(verdict: SloVerdict, end: EndDocument, sentences: Sentences): SloDocument {
  const { slo, interval } = verdict
  const measure = (value: number | undefined): Measured | null => toMeasured(value, slo.unit)
  const document = {
    id: slo.id,
    text: slo.text,
    metric: slo.metric,
    tags: (slo.tags ?? []).map(({ name, value }) => ({ name, value: formatTagValue(value) })),
    stat: formatStat(slo.stat),
    op: slo.op,
    bound: slo.bound ?? toBound(verdict),
    unit: slo.unit,
    level: slo.level,
    purpose: slo.why ?? null,
    line: slo.position?.line ?? null,
    column: slo.position?.column ?? null,
    status: verdict.status,
    method: verdict.method,
    observed: measure(verdict.observed),
    margin: measure(verdict.margin),
    n: verdict.n,
    exceedances: verdict.exceedances ?? null,
    pass_at_most: verdict.passAtMost ?? null,
    fail_at_least: verdict.failAtLeast ?? null,
    interval:
      interval === undefined ? null : { low: measure(interval.low), high: measure(interval.high) },
    dependence: verdict.dependence === undefined ? null : toDependences(verdict.dependence),
    rounds: verdict.rounds ?? null,
    allowance:
      slo.allowance === undefined
        ? null
        : { change: significant(slo.allowance.change), floor: slo.allowance.floor ?? null },
    relative: verdict.relative === undefined ? null : toRelative(verdict.relative, slo.unit),
    p_fail: orNull(verdict.pFail, significant),
    p_pass: orNull(verdict.pPass, significant),
    p_fail_adjusted: orNull(verdict.pFailAdjusted, significant),
    more_requests: verdict.more ?? null,
    reason: toReason(verdict.reason),
    turns: verdict.turns.map(toTurn),
  }
  return { ...document, why: sentences.slo(document, end) }
}

function toDependences({
  fail,
  pass,
}: NonNullable<SloVerdict['dependence']>): SloDocument['dependence'] {
  return { fail: toDependence(fail), pass: toDependence(pass) }
}

/** What a baseline makes of a relative SLO; `null` where that is no number. */
function toBound({ relative, slo }: SloVerdict): number | null {
  const bound = toMeasured(relative?.bound, slo.unit)
  return bound === 'infinite' ? null : bound
}

function toRelative(
  { baseline, change, low, high, allowed, rounds }: Comparison,
  unit: Unit,
): NonNullable<SloDocument['relative']> {
  return {
    baseline: toMeasured(baseline, unit),
    change: orNull(change, significant),
    low: orNull(low, significant),
    high: orNull(high, significant),
    allowed: significant(allowed),
    rounds,
  }
}

function toMeasured(value: number | undefined, unit: Unit): Measured | null {
  if (value === undefined) return null
  if (Math.abs(value) === Infinity) return 'infinite'
  return unit === 'ms' ? fixed(value) : significant(value)
}
