import type { BenchDocument } from './bench-document.ts'
import {
  expectInFlight,
  type Flow,
  keepSlots,
  readArrivals,
  refuseArrivals,
  usualWarmup,
} from './flow.ts'
import { mostInFlight } from './in-flight.ts'
import type { Report } from './issue.ts'
import { keepKnown } from './known.ts'
import { checkOpenFiles, countConnections } from './open-files.ts'
import { readProcesses } from './process-count.ts'
import { parseRate } from './rate.ts'
import type { Load, Stage } from './spec.ts'
import { mostOfStages, totalDuration } from './stages.ts'
import { checkNames } from './unique-names.ts'
import {
  countKinds,
  countWarmup,
  defaultRounds,
  readDuration,
  readManner,
  type LoadScene,
} from './workload.ts'

/** Stages of one kind. */
export interface Staging {
  kind: Load['kind']
  stages: readonly Stage[]
}

type StageDocument = NonNullable<BenchDocument['stages']>[number]

/** Keys of which stages are the other way to say them. */
const replaced = ['concurrency', 'rate', 'requests', 'total_requests', 'duration'] as const

/** The stages of a document, `undefined` where it has none. */
export function readStages(document: Partial<BenchDocument>, report: Report): Staging | undefined {
  const { stages } = document
  if (stages === undefined) return undefined
  const [first] = stages
  if (first === undefined) {
    const message = 'must be one or more. Write for example [{ duration: 30s, concurrency: 8 }].'
    report(['stages'], message)
    return undefined
  }
  for (const key of replaced) {
    if (document[key] === undefined) continue
    report([key], `is said by each of the stages. Remove ${key}, or the stages.`, 'key')
  }
  const kind = first.rate === undefined ? 'closed' : 'open'
  const read: Stage[] = []
  for (const [index, stage] of stages.entries()) {
    checkKind(stage, index, kind, report)
    read.push(readStage(stage, { index, from: read.at(-1)?.to ?? 0, report }))
  }
  checkNames(read, { key: 'stages', word: 'stage' }, report)
  return { kind, stages: read }
}

function checkKind(
  { concurrency, rate }: StageDocument,
  index: number,
  kind: Load['kind'],
  report: Report,
): void {
  const path = ['stages', index]
  if (concurrency !== undefined && rate !== undefined) {
    report(path, 'has a concurrency and a rate. Remove one of them.')
  } else if (concurrency === undefined && rate === undefined) {
    report(path, `needs a ${kind === 'open' ? 'rate, for example rate: 20/s' : 'concurrency'}.`)
  } else if ((rate === undefined) !== (kind === 'closed')) {
    const [own, others] = kind === 'closed' ? ['rate', 'concurrency'] : ['concurrency', 'rate']
    report([...path, own], `must be a ${others}, as in stage 1: stages are of one kind.`, 'key')
  }
}

function readStage(
  stage: StageDocument,
  { index, from, report }: { index: number; from: number; report: Report },
): Stage {
  const path = ['stages', index]
  const { name = String(index + 1), concurrency, rate } = stage
  // What cannot be used is reported: it is not run with.
  const duration = readDuration([...path, 'duration'], stage.duration, report) ?? 1
  const ramp = readDuration([...path, 'ramp'], stage.ramp, report) ?? 0
  if (ramp > duration) {
    const message = `must be at most the duration of its stage, which it is part of, got ${stage.ramp} of ${stage.duration}.`
    report([...path, 'ramp'], message)
  }
  return { name, duration, ramp, from, to: concurrency ?? parseRate(rate ?? '') ?? 1 }
}

/** The load of stages: each has its own rounds, and the warm-up is that of the first one. */
export function readStagedLoad(
  document: Partial<BenchDocument>,
  staging: Staging,
  report: Report,
  { mock, alternates, openFiles = Infinity, cores = 1 }: LoadScene,
): Load {
  const { warmup, rounds } = document
  const { stages } = staging
  if (alternates) {
    const message =
      'cannot alternate with a baseline, which is compared under one load. Remove stages, or baseline.'
    report(['stages'], message, 'key')
  }
  if ((document.gate?.max_extra_rounds ?? 0) > 0) {
    const message = 'are not possible with stages, which have their time. Make the stages longer.'
    report(['gate', 'max_extra_rounds'], message)
  }
  const flow = readStagedFlow(document, staging, report, countConnections(openFiles, 1))
  const first = stages[0]?.to ?? 0
  const warmed =
    countWarmup(warmup) ??
    Math.max(
      usualWarmup(
        flow.kind === 'open' ? { ...flow, rate: first } : { ...flow, concurrency: first },
      ),
      countKinds(document),
    )
  const inFlight = mostInFlight(flow)
  const expected = expectInFlight(flow)
  const processes = readProcesses(document, report, { inFlight, expected, alternates, cores })
  checkOpenFiles(
    { inFlight, warmup: warmed, processes },
    { path: ['stages'], limit: openFiles, alternates, mock },
    report,
  )
  return keepKnown<Load>({
    ...flow,
    duration: totalDuration(stages),
    warmup: warmed,
    rounds: rounds ?? defaultRounds(),
    stages,
    processes: processes > 1 ? processes : undefined,
    ...readManner(document, report),
  })
}

/** `most`: connections that can be had. */
function readStagedFlow(
  document: Partial<BenchDocument>,
  { kind, stages }: Staging,
  report: Report,
  most: number,
): Flow {
  if (kind === 'open') return readArrivals(document, mostOfStages(stages), most, report)
  refuseArrivals(document, report)
  return keepSlots(document, mostOfStages(stages), report)
}
