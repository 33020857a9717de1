import { findChoices } from '../bench-spec/choices.ts'
import { keepKnown } from '../bench-spec/known.ts'
import type { BenchSpec, MockOptions, Target } from '../bench-spec/spec.ts'
import { rebaseUrl } from '../bench-spec/target.ts'
import { prepare } from '../bench-spec/template.ts'
import type { LoadPlan } from '../engine/load-plan.ts'
import { type LoadOptions, runLoad } from '../engine/load.ts'
import type {
  ClientTrust,
  Recording,
  RequestRecord,
  RunEnd,
  TargetRole,
  Watch,
} from '../engine/record.ts'
import type { Gauge } from '../metrics/gauge.ts'
import type { Snapshot } from '../metrics/snapshot.ts'
import type { MockHandle } from '../mock/index.ts'
import type { Progress } from '../report/progress-text.ts'
import type { CheckedSpec } from './checked-spec.ts'
import { gaugePrompts, phaseHeader } from './gauging.ts'
import { trackProgress } from './progress.ts'
import type { RequestLog } from './request-file.ts'
import { steer } from './steering.ts'
import { finishWatch, watchTarget } from './target-watch.ts'

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
  records: readonly RequestRecord[]
  /** The same of the second target; `undefined` without one. */
  baseline?: readonly RequestRecord[]
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
  const start = async (mock: MockOptions | undefined): Promise<string | undefined> => {
    if (mock === undefined) return undefined
    // Loaded here: most of what it consists of is for the server alone.
    const { startMock } = await import('../mock/index.ts')
    const handle = await startMock({ seed: spec.load.seed, ...mock })
    mocks.push(handle)
    return handle.url
  }
  try {
    const { baseline } = spec
    const aimed = aimAt(spec, await start(spec.mock))
    if (baseline?.kind !== 'interleaved') return await send(aimed, options)
    const target = moveTarget(baseline.target, await start(baseline.mock))
    return await send({ ...aimed, baseline: { ...baseline, target } }, options)
  } finally {
    await Promise.all(mocks.map((mock) => mock.stop()))
  }
}

async function send(aimed: CheckedSpec, options: DriveOptions): Promise<Drive> {
  const { spec, gauge } = await gaugePrompts(aimed, options.signal)
  const { load, serverMetrics } = spec
  const alternates = spec.baseline?.kind === 'interleaved'
  const sideOf = (records: readonly RequestRecord[], side: TargetRole) =>
    alternates ? records.filter(({ target }) => target === side) : records
  const progress = trackProgress(load, options.onProgress, alternates ? 2 : 1)
  const steering = steer(spec)
  const plan = planLoad(spec, { recorded: options.recorded, gauge })
  let origin: number | undefined
  const startedAt = new Date().toISOString()
  const watching = serverMetrics && (await watchTarget(serverMetrics, plan))
  const { records, trust, end, recordings } = await runLoad(
    plan,
    keepKnown<LoadOptions>({
      signal: options.signal,
      onStart(at) {
        origin = at
        options.log?.start(at)
      },
      onMeasure: watching?.mark,
      onRecords(batch, inFlight) {
        const own = sideOf(batch, 'candidate')
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
    watch: watching && (await finishWatch(watching, candidate, findChoices(spec))),
    startedAt,
    finishedAt,
  })
}

function planLoad(
  spec: BenchSpec,
  { recorded, gauge }: { recorded: number | undefined; gauge: Gauge | undefined },
): LoadPlan {
  const { baseline, gate } = spec
  return keepKnown<LoadPlan>({
    load: spec.load,
    timeouts: spec.timeouts,
    stream: spec.stream,
    requests: prepare(spec),
    baseline: baseline?.kind === 'interleaved' ? prepare(spec, baseline.target) : undefined,
    tokenRate: gauge?.rate,
    extraRounds: gate.policy === 'point' ? undefined : gate.maxExtraRounds,
    secrets: spec.secrets,
    recorded,
    phaseHeader: spec.mock && phaseHeader,
  })
}

function aimAt(spec: CheckedSpec, base: string | undefined): CheckedSpec {
  const { serverMetrics } = spec
  if (base === undefined) return spec
  return keepKnown<CheckedSpec>({
    ...spec,
    target: moveTarget(spec.target, base),
    serverMetrics:
      serverMetrics?.url === undefined
        ? serverMetrics
        : { ...serverMetrics, url: rebaseUrl(serverMetrics.url, base) },
  })
}

function moveTarget(target: Target, base: string | undefined): Target {
  return base === undefined ? target : { ...target, url: rebaseUrl(target.url, base) }
}
