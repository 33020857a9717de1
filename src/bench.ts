import { relative } from 'node:path'

import { readCalibrations } from './calibration-file.ts'
import { describeMatch, matchCalibration, toAccuracy } from './calibration-match.ts'
import { runLoad } from './engine/load.ts'
import type { LoadPlan } from './engine/loop.ts'
import type { RequestRecord } from './engine/record.ts'
import { shapeOfRun } from './load-shape.ts'
import { describeMachine } from './machine.ts'
import { diagnose } from './metrics/diagnostics.ts'
import { findDoubts } from './metrics/doubt.ts'
import { diagnoseServer } from './metrics/server-diagnostics.ts'
import { summarize } from './metrics/summary.ts'
import { startMock } from './mock/index.ts'
import { type Progress, trackProgress } from './progress.ts'
import { type Results, toResults } from './report/results.ts'
import { finishWatch, watchTarget } from './server-metrics.ts'
import { createRedactor, redactDeep } from './spec/secret.ts'
import type { BenchSpec } from './spec/spec.ts'
import { rebaseUrl } from './spec/target.ts'
import { prepare } from './spec/template.ts'
import { steer } from './steering.ts'
import { cleanMessage } from './stream/message.ts'
import { checkFeasibility } from './verdict/feasibility.ts'
import { judge } from './verdict/judge.ts'
import { version } from './version.ts'

export interface BenchOptions {
  /** Aborted: what was measured is kept and judged as incomplete. */
  signal?: AbortSignal
  /** Called about twice a second while requests are running. */
  onProgress?(progress: Progress): void
  /**
   * Called about twice a second with the requests that have ended since, warm-up included, in the
   * order in which they ended; secrets are already out of them.
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
}

/**
 * Runs one spec: starts its mock server if it asks for one, sends the load, measures, judges.
 * A target's faults end in the results; it throws only when the mock cannot be started.
 */
export async function runBench(spec: BenchSpec, options: BenchOptions = {}): Promise<BenchRun> {
  const mock = spec.mock === undefined ? undefined : await startMock(spec.mock)
  try {
    return await measure(mock === undefined ? spec : aimAt(spec, mock.url), options)
  } finally {
    await mock?.stop()
  }
}

async function measure(spec: BenchSpec, options: BenchOptions): Promise<BenchRun> {
  const root = options.root ?? process.cwd()
  const calibrations = readCalibrations(root)
  const redact = createRedactor(spec.secrets)
  const tracker = trackProgress(spec.load, options.onProgress)
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
      steering.add(records, inFlight)
      options.onRecords?.(records.map((record) => redactRecord(record, redact)))
    },
    halt: steering.halt,
    extend: steering.extend,
  })
  const finishedAt = new Date()
  const server = serverMetrics && watch && (await finishWatch(watch, serverMetrics, run.records))

  const { load, slos, gate, goodput, stream } = spec
  const { trust } = run
  const end = steering.conclude(run.end)
  const records = run.records.map((record) => redactRecord(record, redact))
  const summary = summarize(records, { goodput })
  const diagnostics = [
    ...diagnose(records, summary, load, { trust, stream, slos }),
    ...(server ? diagnoseServer(server) : []),
  ]
  const match = matchCalibration(calibrations, shapeOfRun(spec, records))
  const accuracy = match && toAccuracy(match)
  const unsuitable = findDoubts(records, trust, { goodput, accuracy })
  const verdict = judge(slos, records, {
    gate,
    load,
    goodput,
    stream,
    end,
    looks: steering.looks(),
    unsuitable,
  })
  const results = toResults({
    spec,
    summary,
    diagnostics,
    verdict,
    end,
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
    environment: describeMachine(),
  })
  return { results: redactDeep(results, redact), records }
}

/** What a user should know of a spec before anything is sent. */
export function warningsOf(spec: BenchSpec): string[] {
  const infeasible = checkFeasibility(spec.slos, spec.load, spec.gate)
  return [...spec.warnings, ...infeasible.map(({ message }) => message)]
}

function planOf(spec: BenchSpec): LoadPlan {
  return {
    load: spec.load,
    timeouts: spec.timeouts,
    ...(spec.stream && { stream: spec.stream }),
    requests: prepare(spec),
    ...(spec.gate.policy !== 'point' && { extraRounds: spec.gate.maxExtraRounds }),
    ...(spec.mock && { phaseHeader: 'x-slogate-phase' }),
  }
}

function aimAt(spec: BenchSpec, base: string): BenchSpec {
  const { target, serverMetrics } = spec
  return {
    ...spec,
    target: { ...target, url: rebaseUrl(target.url, base) },
    ...(serverMetrics?.url !== undefined && {
      serverMetrics: { ...serverMetrics, url: rebaseUrl(serverMetrics.url, base) },
    }),
  }
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
