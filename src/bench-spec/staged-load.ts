import type { BenchDocument } from './bench-document.ts'
import type { Report } from './issue.ts'
import { keepKnown } from './known.ts'
import { hasControls } from './plain-text.ts'
import type { ClosedLoad, Stage } from './spec.ts'
import { mostOfStages, totalDuration } from './stages.ts'
import {
  countOpenFiles,
  countWarmup,
  defaultRounds,
  defaultSeed,
  readDuration,
} from './workload.ts'

type StageDocument = NonNullable<BenchDocument['stages']>[number]

/** Keys of which stages are the other way to say them. */
const replaced = ['concurrency', 'requests', 'total_requests', 'duration'] as const

/** The stages of a document, `undefined` where it has none. */
export function readStages(
  document: Partial<BenchDocument>,
  report: Report,
): readonly Stage[] | undefined {
  const { stages } = document
  if (stages === undefined) return undefined
  for (const key of replaced) {
    if (document[key] === undefined) continue
    report([key], `is said by each of the stages. Remove ${key}, or the stages.`, 'key')
  }
  if (stages.length === 0) {
    report(
      ['stages'],
      'must be one or more. Write for example [{ duration: 30s, concurrency: 8 }].',
    )
    return undefined
  }
  const read: Stage[] = []
  for (const [index, stage] of stages.entries()) {
    read.push(readStage(stage, { index, from: read.at(-1)?.to ?? 0, report }))
  }
  checkNames(read, report)
  return read
}

function readStage(
  stage: StageDocument,
  { index, from, report }: { index: number; from: number; report: Report },
): Stage {
  const path = ['stages', index]
  const { name = String(index + 1), concurrency } = stage
  // What cannot be used is reported: it is not run with.
  const duration = readDuration([...path, 'duration'], stage.duration, report) ?? 1
  const ramp = stage.ramp === undefined ? 0 : readDuration([...path, 'ramp'], stage.ramp, report)
  if (ramp !== undefined && ramp > duration) {
    const message = `must be at most the duration of its stage, which it is part of, got ${stage.ramp} of ${stage.duration}.`
    report([...path, 'ramp'], message)
  }
  return { name, duration, ramp: ramp ?? 0, from, to: concurrency }
}

function checkNames(stages: readonly Stage[], report: Report): void {
  for (const [index, { name }] of stages.entries()) {
    const path = ['stages', index, 'name']
    if (hasControls(name)) report(path, 'must be one line without control characters.')
    const first = stages.findIndex((other) => other.name === name)
    if (first === index) continue
    const message = `"${name}" is the name of stage ${first + 1} already. Give each a name of its own.`
    report(path, message)
  }
}

/** The load of stages: each has its own rounds, and the warm-up is one wave of the first one. */
export function readStagedLoad(
  document: Partial<BenchDocument>,
  stages: readonly Stage[],
  report: Report,
  { alternates, openFiles = Infinity }: { alternates: boolean; openFiles?: number | undefined },
): ClosedLoad {
  const { warmup, rounds, seed = defaultSeed, keep_alive: keepAlive, resend } = document
  if (alternates) {
    const message =
      'cannot alternate with a baseline, which is compared under one load. Remove stages, or baseline.'
    report(['stages'], message, 'key')
  }
  if ((document.gate?.max_extra_rounds ?? 0) > 0) {
    const message = 'are not possible with stages, which have their time. Make the stages longer.'
    report(['gate', 'max_extra_rounds'], message)
  }
  const concurrency = mostOfStages(stages)
  const [first] = stages
  const warmed = countWarmup(warmup) ?? first?.to ?? 0
  const needed = countOpenFiles({ inFlight: concurrency, warmup: warmed }, 1)
  if (needed > openFiles) {
    const message = `ask for up to ${concurrency} in flight: that takes ${needed} open files, and a process may have ${openFiles}. Raise the limit (ulimit -n ${needed}), or ask for less.`
    report(['stages'], message, 'key')
  }
  return keepKnown<ClosedLoad>({
    kind: 'closed',
    concurrency,
    duration: totalDuration(stages),
    warmup: warmed,
    rounds: rounds ?? defaultRounds(),
    shuffle: document.data_source?.shuffle,
    seed,
    keepAlive,
    resend,
    stages,
  })
}
