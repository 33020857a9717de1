import { relative } from 'node:path'

import { cleanMessage } from '../bench-spec/plain-text.ts'
import { createRedactor, redactDeep } from '../bench-spec/secret.ts'
import type { BenchSpec, Target } from '../bench-spec/spec.ts'
import { rebaseUrl } from '../bench-spec/target.ts'
import { prepare } from '../bench-spec/template.ts'
import { readCalibrations } from '../calibration/calibration-file.ts'
import { shapeOfRun } from '../calibration/load-shape.ts'
import { describeMachine } from '../calibration/machine.ts'
import { describeMatch, matchCalibration, toAccuracy } from '../calibration/match.ts'
import { runLoad } from '../engine/load.ts'
import type { LoadPlan } from '../engine/loop.ts'
import type { RequestRecord } from '../engine/record.ts'
import { diagnose } from '../metrics/diagnostics.ts'
import { findDoubts } from '../metrics/doubt.ts'
import { joinRounds } from '../metrics/joining.ts'
import { diagnoseServer } from '../metrics/server-diagnostics.ts'
import { summarize } from '../metrics/summary.ts'
import { type MockHandle, startMock } from '../mock/index.ts'
import type { Progress } from '../report/progress-text.ts'
import { hashWorkload } from '../results/fingerprint.ts'
import { type Results, toResults } from '../results/results.ts'
import { checkFeasibility } from '../verdict/feasibility.ts'
import { takeRounds } from '../verdict/figures.ts'
import { judge } from '../verdict/judge.ts'
import { version } from '../version.ts'
import type { CheckedSpec } from './checked-spec.ts'
import { trackProgress } from './progress.ts'
import { joinDoubts, referTo } from './reference.ts'
import { steer } from './steering.ts'
import { finishWatch, watchTarget } from './target-watch.ts'

export interface BenchOptions {
  /** Aborted: what was measured is kept and judged as incomplete. */
  signal?: AbortSignal
  /** Called about twice a second while requests are running. */
  onProgress?(progress: Progress): void
  /**
   * Called about twice a second with the requests that have ended since, warm-up included, in the
   * order in which they ended; secrets are already out of them. Those of a baseline are left out.
   */
  onRecords?(records: readonly RequestRecord[]): void
  /** Folder that file names in the results are relative to; default: the working directory. */
  root?: string
}

export interface BenchRun {
  /** What lands in `results.json`; secrets are already out of it. */
  results: Results
  /** Every request, warm-up included, in the order in which they ended; secrets are already out of them. */
  records: readonly RequestRecord[]
  /** The same of the second target, where there is one. */
  baseline?: readonly RequestRecord[]
}

/**
 * Runs one spec: starts its mock servers if it asks for any, sends the load, measures, judges. A
 * target's faults end in the results; it throws only when a mock cannot be started.
 */
export async function runBench(spec: CheckedSpec, options: BenchOptions = {}): Promise<BenchRun> {
  const { baseline } = spec
  const mocks: MockHandle[] = []
  const start = async (mock: BenchSpec['mock']): Promise<string | undefined> => {
    if (mock === undefined) return undefined
    const handle = await startMock({ seed: spec.load.seed, ...mock })
    mocks.push(handle)
    return handle.url
  }
  try {
    const aimed = aimAt(spec, await start(spec.mock))
    if (baseline?.kind !== 'interleaved') return await measure(aimed, options)
    const target = moveTarget(baseline.target, await start(baseline.mock))
    return await measure({ ...aimed, baseline: { ...baseline, target } }, options)
  } finally {
    await Promise.all(mocks.map((mock) => mock.stop()))
  }
}

async function measure(spec: CheckedSpec, options: BenchOptions): Promise<BenchRun> {
  const root = options.root ?? process.cwd()
  const calibrations = readCalibrations(root)
  const redact = createRedactor(spec.secrets)
  const alternates = spec.baseline?.kind === 'interleaved'
  const tracker = trackProgress(spec.load, options.onProgress, alternates ? 2 : 1)
  const steering = steer(spec)
  const startedAt = new Date()
  const plan = planOf(spec)
  const { serverMetrics } = spec
  const watch = serverMetrics && (await watchTarget(serverMetrics, plan))
  const run = await runLoad(plan, {
    ...(options.signal && { signal: options.signal }),
    ...(watch && { onMeasure: watch.mark }),
    onRecords(records, inFlight) {
      tracker.add(records, inFlight)
      const own = records.filter(isCandidate)
      steering.add(own, inFlight)
      options.onRecords?.(own.map((record) => redactRecord(record, redact)))
    },
    halt: steering.halt,
    extend: steering.extend,
  })
  const finishedAt = new Date()
  const server =
    serverMetrics &&
    watch &&
    (await finishWatch(watch, serverMetrics, run.records.filter(isCandidate)))

  const { load, slos, gate, goodput, stream } = spec
  const { trust } = run
  const end = steering.conclude(run.end)
  const all = run.records.map((record) => redactRecord(record, redact))
  const sides = Map.groupBy(all, ({ target }) => target)
  const records = sides.get('candidate') ?? []
  const own = alternates ? joinRounds(records) : records
  const summary = summarize(own, { goodput })
  const rounds = takeRounds(own, { failures: gate.failures, goodput })
  const diagnostics = [
    ...diagnose(own, summary, load, { trust, stream, slos, alternates }),
    ...(server ? diagnoseServer(server) : []),
  ]
  const workload = hashWorkload(spec)
  const environment = describeMachine()
  const referred = referTo(spec, sides.get('baseline') ?? [], {
    environment,
    hermetic: spec.mock !== undefined,
    concurrency: load.concurrency,
    alternates,
    dialects: summary.dialects.map(({ name }) => name),
    workload,
    failures: gate.failures,
  })
  const match = matchCalibration(calibrations, shapeOfRun(spec, records))
  const accuracy = match && toAccuracy(match)
  const unsuitable = joinDoubts(findDoubts(own, trust, { goodput, accuracy }), referred?.doubt)
  const verdict = judge(slos, own, {
    gate,
    load,
    goodput,
    stream,
    reference: referred?.reference,
    end,
    looks: steering.looks(),
    unsuitable,
  })
  const results = toResults({
    spec,
    summary,
    rounds,
    ...(referred && { baseline: referred.document }),
    diagnostics,
    verdict,
    end,
    workload,
    environment,
    ...(trust && { trust }),
    ...(server && { server }),
    ...(match && { calibration: describeMatch(match, calibrations, spec) }),
    version,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    ...(spec.file !== undefined && {
      file: relative(root, spec.file),
    }),
    ...(spec.sha256 !== undefined && { sha256: spec.sha256 }),
  })
  return {
    results: redactDeep(results, redact),
    records,
    ...(alternates && { baseline: sides.get('baseline') ?? [] }),
  }
}

function isCandidate({ target }: RequestRecord): boolean {
  return target === 'candidate'
}

/** What a user should know of a spec before anything is sent. */
export function warningsOf(spec: BenchSpec): string[] {
  const infeasible = checkFeasibility(spec.slos, spec.load, spec.gate, spec.baseline)
  return [...spec.warnings, ...infeasible.map(({ message }) => message)]
}

function planOf(spec: BenchSpec): LoadPlan {
  return {
    load: spec.load,
    timeouts: spec.timeouts,
    ...(spec.stream && { stream: spec.stream }),
    requests: prepare(spec),
    ...(spec.baseline?.kind === 'interleaved' && {
      baseline: prepare(spec, spec.baseline.target),
    }),
    ...(spec.gate.policy !== 'point' && { extraRounds: spec.gate.maxExtraRounds }),
    ...(spec.mock && { phaseHeader: 'x-slogate-phase' }),
  }
}

function aimAt(spec: CheckedSpec, base: string | undefined): CheckedSpec {
  const { serverMetrics } = spec
  if (base === undefined) return spec
  return {
    ...spec,
    target: moveTarget(spec.target, base),
    ...(serverMetrics?.url !== undefined && {
      serverMetrics: { ...serverMetrics, url: rebaseUrl(serverMetrics.url, base) },
    }),
  }
}

function moveTarget(target: Target, base: string | undefined): Target {
  return base === undefined ? target : { ...target, url: rebaseUrl(target.url, base) }
}

/** Longest message of a failure that is shown, in UTF-16 units. */
const messageLimit = 200

function redactRecord(record: RequestRecord, redact: (text: string) => string): RequestRecord {
  const output = record.output === undefined ? {} : { output: redact(record.output) }
  if (record.outcome !== 'failed') return { ...record, ...output }
  const message = cleanMessage(redact(record.failure.message), messageLimit)
  const failure = { ...record.failure, message }
  return { ...record, ...output, failure }
}
