import { randomBytes } from 'node:crypto'

import { findChoices } from '../bench-spec/choices.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { createRedactor } from '../bench-spec/redaction.ts'
import type { BenchSpec, Kind, MockOptions, Target } from '../bench-spec/spec.ts'
import { rebaseUrl } from '../bench-spec/target.ts'
import type { RunTracing } from '../bench-spec/tracing.ts'
import { type LoadPlan, planTalks } from '../engine/load-plan.ts'
import { type LoadOptions, runLoad } from '../engine/load.ts'
import { planRequests } from '../engine/planned-requests.ts'
import type {
  ClientTrust,
  Recording,
  RunEnd,
  TargetRole,
  Watch,
  Records,
  RequestRecord,
} from '../engine/record.ts'
import type { Gauge } from '../metrics/gauge.ts'
import type { Snapshot } from '../metrics/snapshot.ts'
import type { MockHandle } from '../mock/index.ts'
import type { Progress } from '../report/progress-text.ts'
import type { RunNames } from '../results/requests.ts'
import type { CheckedSpec } from './checked-spec.ts'
import { gaugePrompts, isGauged, phaseHeader } from './gauging.ts'
import { trackProgress } from './progress.ts'
import type { RequestLog } from './request-file.ts'
import { steer } from './steering.ts'

export interface DriveOptions {
  /** Aborted: nothing more is sent; what was measured is kept and judged as incomplete. */
  signal?: AbortSignal
  /** Called about twice a second while requests are running. */
  onProgress?(progress: Progress): void
  /**
   * Called about twice a second for each load process, with the requests of it that have ended since,
   * warm-up included, in the order in which they ended; secrets are already out of them. Those of a
   * baseline are left out.
   */
  onRecords?(records: readonly RequestRecord[]): void
  /** How many of the first measured requests are recorded, all that they sent and got; none by default. */
  recorded?: number
  /** Is told of the requests to both targets, secrets out of them. */
  log?: RequestLog
}

/** What happened when a load was sent, as plain data: everything else is concluded from it. */
export interface Drive {
  /** Its URLs are those that were sent to, of mocks too. */
  spec: CheckedSpec
  /** Every request, warm-up included, those of one load process in the order in which they ended; secrets are out of them. */
  records: Records
  /** The same of the second target; `undefined` without one. */
  baseline?: Records
  /** What was asked to be recorded, secrets out of it. */
  recordings?: readonly Recording[]
  /** Instant at which the first request was due (see `RequestMarks`); `undefined` without one. */
  origin?: number
  /** `undefined` when a load process ended before it could say. */
  trust?: ClientTrust
  end: RunEnd
  /** How often the records were judged, the last time included. */
  looks: number
  /** How long made-up prompts were written; `undefined`: the spec has none. */
  gauge?: Gauge
  /** By what its requests are found in the server's own traces; `undefined`: by nothing. */
  tracing?: RunTracing
  /** What the server's metrics said meanwhile; `undefined` when the spec does not ask for them. */
  watch?: Watch<Snapshot>
  /** ISO 8601, UTC. */
  startedAt: string
  finishedAt: string
}

/**
 * Sends the load of a spec from processes of its own, watching the server's metrics and judging on
 * the way whether to go on. Mock servers are started before it and stopped after it. What a target
 * does wrong is in the records.
 * @throws Error when a mock cannot be started.
 */
export async function drive(spec: CheckedSpec, options: DriveOptions): Promise<Drive> {
  const mocks: MockHandle[] = []
  const start = async (mock: MockOptions): Promise<string> => {
    // Loaded here: most of what it consists of is for the server alone.
    const { startMock } = await import('../mock/index.ts')
    const handle = await startMock({ seed: spec.load.seed, ...mock })
    mocks.push(handle)
    return handle.url
  }
  try {
    const { baseline, mock } = spec
    // Where there is none the load is on its way before this returns, and whatever the caller loads then.
    const aimed = mock === undefined ? spec : aimAt(spec, await start(mock))
    if (baseline?.kind !== 'interleaved') return await send(aimed, options)
    const second = baseline.mock
    return await send(
      second === undefined ? aimed : aimBaseline(aimed, baseline, await start(second)),
      options,
    )
  } finally {
    await Promise.all(mocks.map((mock) => mock.stop()))
  }
}

async function send(aimed: CheckedSpec, options: DriveOptions): Promise<Drive> {
  const { spec, gauge } = isGauged(aimed)
    ? await gaugePrompts(aimed, options.signal)
    : { spec: aimed, gauge: undefined }
  const { load, serverMetrics } = spec
  const alternates = spec.baseline?.kind === 'interleaved'
  const sideOf = (records: Records, side: TargetRole) =>
    alternates ? records.filter(({ target }) => target === side) : records
  const progress = trackProgress(load, options.onProgress, alternates ? 2 : 1)
  const steering = steer(spec)
  const plan = planLoad(spec, { recorded: options.recorded, gauge })
  const { redact } = createRedactor(spec.secrets)
  const kindNames = spec.mix?.map(({ name }) => redact(name))
  let origin: number | undefined
  const startedAt = new Date().toISOString()
  // Loaded here: most specs do without.
  const watcher = serverMetrics && (await import('./target-watch.ts'))
  const watching = serverMetrics && (await watcher?.watchTarget(serverMetrics, plan))
  const { records, trust, end, recordings } = await runLoad(
    plan,
    keepKnown<LoadOptions>({
      signal: options.signal,
      onStart(at) {
        origin = at
        options.log?.start(at, keepKnown<RunNames>({ kinds: kindNames, tracing: plan.tracing }))
      },
      onMeasure: watching?.mark,
      onRecords(batch, inFlight) {
        const own = alternates ? batch.filter(({ target }) => target === 'candidate') : batch
        progress.add(batch, inFlight)
        steering.add(own, inFlight)
        options.log?.add(batch)
        options.onRecords?.(own)
      },
      halt: (all) => steering.halt(sideOf(all, 'candidate')),
      extend: (all) => steering.extend(sideOf(all, 'candidate')),
    }),
  )
  const candidate = sideOf(records, 'candidate')
  const finishedAt = new Date().toISOString()
  return keepKnown<Drive>({
    spec,
    records: candidate,
    baseline: alternates ? sideOf(records, 'baseline') : undefined,
    recordings,
    origin,
    trust,
    end: steering.correctEnd(end),
    looks: steering.looks(),
    gauge,
    tracing: plan.tracing,
    watch: watching && (await watcher?.finishWatch(watching, candidate, findChoices(spec))),
    startedAt,
    finishedAt,
  })
}

function planLoad(
  spec: BenchSpec,
  { recorded, gauge }: { recorded: number | undefined; gauge: Gauge | undefined },
): LoadPlan {
  const { gate, baseline } = spec
  const second = baseline?.kind === 'interleaved' ? baseline.target : undefined
  return keepKnown<LoadPlan>({
    load: spec.load,
    timeouts: spec.timeouts,
    ...planRequests(spec),
    talks: planTalks(spec, second),
    tokenRate: gauge?.rate,
    extraRounds: gate.policy === 'point' ? undefined : gate.maxExtraRounds,
    secrets: spec.secrets,
    recorded,
    tracing: spec.tracing && { ...spec.tracing, run: drawRun() },
    phaseHeader: spec.mock && phaseHeader,
  })
}

/** Two runs of one seed are to be told apart in what a server keeps of them. */
function drawRun(): string {
  const run = randomBytes(8).toString('hex')
  return /^0+$/.test(run) ? drawRun() : run
}

function aimAt(spec: CheckedSpec, base: string): CheckedSpec {
  const { serverMetrics } = spec
  return keepKnown<CheckedSpec>({
    ...spec,
    target: moveTarget(spec.target, base),
    mix: spec.mix?.map((kind) => ({ ...kind, target: moveTarget(kind.target, base) })),
    serverMetrics:
      serverMetrics?.url === undefined
        ? serverMetrics
        : { ...serverMetrics, url: rebaseUrl(serverMetrics.url, base) },
  })
}

function aimBaseline(
  spec: CheckedSpec,
  baseline: Extract<CheckedSpec['baseline'], { kind: 'interleaved' }>,
  base: string,
): CheckedSpec {
  return keepKnown<CheckedSpec>({
    ...spec,
    baseline: { ...baseline, target: moveTarget(baseline.target, base) },
    mix: spec.mix?.map((kind) =>
      keepKnown<Kind>({ ...kind, baseline: kind.baseline && moveTarget(kind.baseline, base) }),
    ),
  })
}

function moveTarget(target: Target, base: string): Target {
  return { ...target, url: rebaseUrl(target.url, base) }
}
