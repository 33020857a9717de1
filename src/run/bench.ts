import { keepKnown } from '../bench-spec/known.ts'
import { planRepetition } from '../bench-spec/sent-prompts.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { tagSpec } from '../bench-spec/tagging.ts'
import { readCalibrations, readNoise } from '../calibration/calibration-file.ts'
import { describeMachine } from '../calibration/machine.ts'
import type { Records } from '../engine/record.ts'
import { harmlessShare } from '../metrics/prompt-reuse.ts'
import { explainRequests } from '../report/sentence/default-requests.ts'
import { explainInfeasibility } from '../report/sentence/infeasibility.ts'
import { warnOfRepeats } from '../report/sentence/repeats.ts'
import type { RecordedRequest } from '../results/recordings.ts'
import type { Results } from '../results/results.ts'
import { checkFeasibility } from '../verdict/feasibility.ts'
import type { CheckedSpec } from './checked-spec.ts'
import { drive, type DriveOptions } from './drive.ts'

export interface BenchOptions extends DriveOptions {
  /**
   * Folder that file names in the results are relative to, and whose `.slogate/calibration.json`,
   * where there is one, has a say in the verdict; default: the working directory.
   */
  root?: string
}

export interface BenchRun {
  /** What lands in `results.json`; secrets are already out of it. */
  results: Results
  /**
   * Every request, warm-up included, those of one load process in the order in which they ended;
   * secrets are already out of them. Those of a large run are views of what is kept, made while you
   * go through them, with their instants to 1e-4 ms: read their fields, or take `JSON.stringify` of
   * one, but do not spread it.
   */
  records: Records
  /** The same of the second target; `undefined` without one. */
  baseline?: Records
  /** What was asked to be recorded; secrets are already out of it. */
  recordings?: readonly RecordedRequest[]
  /** Instant that the times in `requests.ndjson.gz` count from; `undefined` without a request. */
  origin?: number
}

/**
 * Runs one spec: sends its load, measures, judges. Starts the mock servers and the load process that
 * it needs and ends them; writes nothing (see `writeArtifacts`). A target's faults end in the results.
 * @throws {DocumentError} before anything is sent, when a stored calibration cannot be read.
 * @throws Error when a mock cannot be started.
 */
export async function runBench(spec: CheckedSpec, options: BenchOptions = {}): Promise<BenchRun> {
  const { root = process.cwd() } = options
  const setting = { root, machine: describeMachine(), calibrations: readCalibrations(root) }
  const driving = drive(spec, options)
  // Loaded while the load runs: what judges and writes is most of the package.
  const [{ conclude }, { documentRun }, driven] = await Promise.all([
    import('./conclusion.ts'),
    import('./document.ts'),
    driving,
  ])
  const conclusion = conclude(driven, setting)
  const results = documentRun(driven, conclusion, setting)
  const { records, baseline, origin } = driven
  const recordings =
    driven.recordings && (await import('./recording-file.ts')).joinRecordings(driven)
  return keepKnown<BenchRun>({ results, records, baseline, recordings, origin })
}

/** A sentence about a spec, before anything is sent. */
export interface Notice {
  /** `note`: what was chosen; `warning`: what may be amiss. */
  level: 'note' | 'warning'
  message: string
}

/**
 * What a user should know of a spec before anything is sent; empty when there is nothing. `root`: as
 * for a run; what is stored there of this target's noise tells what a comparison can.
 */
export function listNotices(
  spec: BenchSpec,
  { root = process.cwd() }: Pick<BenchOptions, 'root'> = {},
): Notice[] {
  const { slos, load, gate, baseline, cache } = spec
  const compares = slos.some(({ allowance }) => allowance !== undefined)
  const noise = compares ? readNoise(root, spec.target.url) : []
  const infeasible = checkFeasibility(slos, load, gate, {
    baseline,
    noise,
    tagging: tagSpec(spec),
  })
  const { chosen } = load
  const repetition =
    gate.policy === 'release' && cache === undefined ? planRepetition(spec) : undefined
  const warnings = [
    ...spec.warnings,
    ...infeasible.map(explainInfeasibility),
    ...(repetition !== undefined && repetition.share >= harmlessShare
      ? [warnOfRepeats(repetition)]
      : []),
  ]
  return [
    ...(chosen === undefined || slos.length === 0
      ? []
      : [{ level: 'note' as const, message: explainRequests(chosen) }]),
    ...warnings.map((message) => ({ level: 'warning' as const, message })),
  ]
}
