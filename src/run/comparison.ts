import type { Flow } from '../bench-spec/flow.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { parseSlo } from '../bench-spec/slo-grammar.ts'
import { formatStat, type RelativeSlo } from '../bench-spec/slo.ts'
import type { Arrival, Gate, Load, Policy } from '../bench-spec/spec.ts'
import { formatTags } from '../bench-spec/tag.ts'
import { withoutTokens } from '../bench-spec/whole-answer.ts'
import { joinRounds } from '../metrics/joining.ts'
import type { Comparison, Statistic } from '../report/comparison-table.ts'
import { sentences } from '../report/sentence/sentences.ts'
import { nameStatistic, readStat } from '../report/statistic.ts'
import { compareFingerprints, takeFingerprint } from '../results/fingerprint.ts'
import { toVerdictReason } from '../results/reasons.ts'
import { type Results, type SloDocument, toSlo } from '../results/results.ts'
import { readRounds } from '../results/stored.ts'
import { judgeStored } from '../verdict/judge.ts'
import { assessRelative, type StoredReference } from '../verdict/relative.ts'
import type { SloVerdict } from '../verdict/verdict.ts'
import { version } from '../version.ts'
import { type BenchOptions, type BenchRun, runBench } from './bench.ts'
import type { CheckedSpec } from './checked-spec.ts'

/** What every comparison shows, judged or not. */
const shown = [
  'ttft p50 <=',
  'ttft p95 <=',
  'latency p50 <=',
  'latency p95 <=',
  'tpot p50 <=',
  'chunk_gap p95 <=',
  'requests_per_second >=',
  'output_tokens_per_second >=',
  'success_rate >=',
] as const

/** Those that every target has; their number is what a single miss is corrected for. */
const limited = ['ttft p50 <=', 'ttft p95 <=', 'latency p95 <=', 'requests_per_second >='] as const

/** How much worse the times and the rate may be, in %; the success rate by one point. */
export function limitRegression(percent: number): RelativeSlo[] {
  const slos = limited.map((question) => limitStatistic(question, percent))
  return [...slos, limitStatistic('success_rate >=', 1)]
}

/** With an allowance that nobody asked for, and nobody is told of. */
function everyStatistic(): RelativeSlo[] {
  return shown.map((question) => limitStatistic(question, 0))
}

function limitStatistic(question: string, percent: number): RelativeSlo {
  return readSlo(`${question} baseline ${question.endsWith('<=') ? '+' : '-'} ${percent}%`)
}

function readSlo(text: string): RelativeSlo {
  const parsed = parseSlo(text)
  if (!('allowance' in parsed) || parsed.allowance === undefined) {
    throw new Error(`"${text}" is not relative to a baseline`)
  }
  return { id: parsed.text, level: 'error', ...parsed }
}

/** The SLO that was judged, where it was relative to a baseline. */
function toRelativeSlo(slo: SloDocument): RelativeSlo[] {
  const { id, text, metric, op, unit, level, allowance } = slo
  if (allowance === null) return []
  const { change, floor } = allowance
  const allowed = keepKnown<RelativeSlo['allowance']>({ change, floor: floor ?? undefined })
  const tags = slo.tags.length === 0 ? undefined : readSlo(text).tags
  return [
    keepKnown<RelativeSlo>({
      id,
      text,
      metric,
      tags,
      stat: readStat(slo),
      op,
      unit,
      level,
      allowance: allowed,
    }),
  ]
}

interface StoredOptions {
  /** SLOs besides those of the candidate. */
  limits: readonly RelativeSlo[]
  /** Default: the candidate's. */
  policy?: Policy | undefined
  /** As they are to be shown. */
  names: { baseline: string; candidate: string }
}

/** Two runs of which the results are left. The relative SLOs of the candidate are judged anew. */
export function compareStored(
  baseline: Results,
  candidate: Results,
  { limits, policy = candidate.verdict.policy, names }: StoredOptions,
): Comparison {
  const { confidence, failures } = candidate.verdict
  const gate: Gate = { policy, confidence, failures, maxExtraRounds: 0 }
  const load = readLoad(candidate)
  const found = compareFingerprints(takeFingerprint(baseline), takeFingerprint(candidate))
  const { differences } = found
  const reference: StoredReference = { kind: 'file', rounds: readRounds(baseline), differences }
  const own = candidate.verdict.slos.flatMap(toRelativeSlo)
  const rounds = readRounds(candidate)
  const possible = candidate.stream.asked === 'json' ? withoutTokens(limits) : limits
  const slos = withoutAsked([...own, ...possible])
  const judge = (asked: readonly RelativeSlo[]) =>
    judgeStored(asked, rounds, reference, { gate, load })
  const verdict = judge(slos)
  const others = judge(withoutAsked([...slos, ...everyStatistic()]).slice(slos.length))
  const { status, passed, exitCode } = verdict
  const reason = toVerdictReason(verdict.reason)
  const why =
    reason.kind === 'no-slo'
      ? 'No limit was set, so nothing is judged.'
      : sentences.verdict({ status, reason }, finished)
  return {
    ...frame(names),
    comparable: differences.length === 0,
    ...found,
    verdict: { status, policy, passed, exit_code: exitCode, reason, why },
    statistics: [
      ...verdict.slos.map((slo) => toStatistic(documentSlo(slo), true)),
      ...others.slos.map((slo) => toStatistic(documentSlo(slo), false)).filter(isKnown),
    ],
  }
}

const finished = { kind: 'finished' } as const

function documentSlo(verdict: SloVerdict): SloDocument {
  return toSlo(verdict, finished, sentences)
}

/** Runs a spec against its second target; its relative SLOs are judged. */
export async function compareTargets(
  spec: CheckedSpec,
  options: BenchOptions,
): Promise<{ comparison: Comparison; bench: BenchRun }> {
  const bench = await runBench(spec, options)
  const { results, records, baseline = [] } = bench
  const { slos, gate, load, goodput } = spec
  const reference = { kind: 'interleaved' as const, records: joinRounds(baseline) }
  const asked = slos.filter((slo) => slo.allowance !== undefined)
  const others = withoutAsked([...asked, ...everyStatistic()])
    .slice(asked.length)
    .map((slo) =>
      documentSlo(
        assessRelative(slo, { records: joinRounds(records), reference, gate, load, goodput }),
      ),
    )
  const { status, policy, passed, exit_code, reason, why } = results.verdict
  const comparison = {
    ...frame({ baseline: results.baseline?.source ?? '', candidate: results.target.url }),
    comparable: true,
    differences: [],
    contrasts: [],
    verdict: { status, policy, passed, exit_code, reason, why },
    statistics: [
      ...results.verdict.slos
        .filter(({ id }) => asked.some((slo) => slo.id === id))
        .map((slo) => toStatistic(slo, true)),
      ...others.map((slo) => toStatistic(slo, false)).filter(isKnown),
    ],
  }
  return { comparison, bench }
}

function frame(
  names: StoredOptions['names'],
): Pick<Comparison, 'schema_version' | 'tool' | 'baseline' | 'candidate'> {
  return { schema_version: 1, tool: { name: 'slogate', version }, ...names }
}

/** Each statistic once: the first one that asks about it. */
function withoutAsked(slos: readonly RelativeSlo[]): RelativeSlo[] {
  const names = slos.map(
    ({ metric, stat, tags }) =>
      `${nameStatistic({ metric, stat: formatStat(stat) })} ${formatTags(tags)}`,
  )
  return slos.filter((_, index) => names.indexOf(names[index] ?? '') === index)
}

function toStatistic(slo: SloDocument, judged: boolean): Statistic {
  const { unit, observed, relative } = slo
  return {
    name: nameStatistic(slo),
    unit,
    baseline: relative?.baseline ?? null,
    candidate: observed,
    change: relative?.change ?? null,
    low: relative?.low ?? null,
    high: relative?.high ?? null,
    allowed: judged ? (relative?.allowed ?? null) : null,
    status: judged ? slo.status : null,
    why: judged ? slo.why : null,
  }
}

function isKnown({ baseline, candidate }: Statistic): boolean {
  return baseline !== null || candidate !== null
}

function readLoad({ load }: Results): Load {
  return keepKnown<Load>({
    ...readFlow(load),
    requests: load.requests ?? undefined,
    duration: load.duration_ms ?? undefined,
    warmup: load.warmup,
    rounds: load.rounds,
    seed: load.seed,
  })
}

function readFlow(load: Results['load']): Flow {
  if (load.kind === 'closed') return { kind: load.kind, concurrency: load.concurrency }
  const { kind, rate_per_second: rate, max_concurrency: maxConcurrency } = load
  const arrival = readArrival(load)
  return { kind, rate, arrival, maxConcurrency }
}

function readArrival({ burstiness, trace }: Extract<Results['load'], { kind: 'open' }>): Arrival {
  // When each was due stands with the requests.
  if (trace !== null)
    return { kind: 'trace', format: trace.format, speed: trace.speed, instants: [] }
  return burstiness === null ? { kind: 'constant' } : { kind: 'gamma', burstiness }
}
