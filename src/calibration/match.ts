import type { BenchSpec } from '../bench-spec/spec.ts'
import { nameTarget } from '../bench-spec/target.ts'
import type { Accuracy, ErrorBound, Lateness } from '../metrics/client-accuracy.ts'
import type { CalibrationDocument } from '../results/results.ts'
import type { Calibration, CalibrationFile, StoredSpread } from './calibration-file.ts'
import type { LoadShape } from './load-shape.ts'

/** A stored calibration beside a run. */
export interface Match {
  calibration: Calibration
  /** Why it says nothing of this run; `undefined`: it does. */
  mismatch: Mismatch | undefined
}

/** The fact in which a calibration differs too much from a run. */
export interface Mismatch {
  fact: string
  calibrated: string | number
  run: string | number
}

/** The calibration that fits a run best, or else the latest; `undefined` when there is none. */
export function matchCalibration(
  { calibrations }: CalibrationFile,
  run: Pick<Calibration, 'machine' | 'shape'>,
): Match | undefined {
  const matches = calibrations.map((calibration) => ({
    calibration,
    mismatch: findMismatch(calibration, run),
  }))
  const fitting = matches.filter(({ mismatch }) => mismatch === undefined)
  return fitting.length > 0
    ? fitting.reduce((a, b) =>
        distance(b.calibration.shape, run.shape) < distance(a.calibration.shape, run.shape) ? b : a,
      )
    : matches.at(-1)
}

/** A load up to this many times lighter or heavier is alike. */
const alike = 2

/** What keeps a calibration from saying something of a run; `undefined`: nothing. */
export function findMismatch(
  calibrated: Pick<Calibration, 'machine' | 'shape'>,
  run: Pick<Calibration, 'machine' | 'shape'>,
): Mismatch | undefined {
  for (const key of ['cpu', 'cores', 'node', 'platform', 'arch'] as const) {
    const [made, here] = [calibrated.machine[key], run.machine[key]]
    if (made !== here) return { fact: key, calibrated: made, run: here }
  }
  for (const key of ['dialect', 'transport'] as const) {
    const [made, here] = [calibrated.shape[key], run.shape[key]]
    if (made !== here) return { fact: key, calibrated: made, run: here }
  }
  if (calibrated.shape.processes !== run.shape.processes) {
    const { processes } = run.shape
    return { fact: 'processes', calibrated: calibrated.shape.processes, run: processes }
  }
  for (const key of ['concurrency', 'events_per_answer'] as const) {
    const [made, here] = [calibrated.shape[key], run.shape[key]]
    if (Math.max(made, here) > alike * Math.min(made, here)) {
      return { fact: key, calibrated: made, run: here }
    }
  }
  return undefined
}

/** Of two loads, in ln of their ratios. */
function distance(a: LoadShape, b: LoadShape): number {
  return (
    Math.abs(Math.log(a.concurrency / b.concurrency)) +
    Math.abs(Math.log(a.events_per_answer / b.events_per_answer))
  )
}

/** `undefined` when the calibration is of another machine or load. */
export function toAccuracy({ calibration, mismatch }: Match): Accuracy | undefined {
  if (mismatch !== undefined) return undefined
  const { request, chunk } = calibration.client_error_ms
  const { requests } = calibration
  return { request: toLateness(request), chunk: toLateness(chunk ?? request), requests }
}

/** What few requests have instead of a p99 is the largest of their errors. */
function toLateness({ p50, p95, p99, max }: StoredSpread): Lateness {
  const first = p99 === null ? toBound('max', max) : toBound('p99', p99)
  const smaller = p95 === null ? [] : [toBound('p95', p95)]
  return [first, ...smaller, toBound('p50', p50)]
}

function toBound(stat: ErrorBound['stat'], error: number): ErrorBound {
  return { stat, error }
}

/** What the results of a run say of it. */
export function describeMatch(
  { calibration, mismatch }: Match,
  { noise }: CalibrationFile,
  { target }: BenchSpec,
): CalibrationDocument {
  const { measured_at, requests, shape, client_error_ms: errors } = calibration
  const own = noise.find((other) => other.target === nameTarget(target.url))
  return {
    measured_at,
    requests,
    concurrency: shape.concurrency,
    events_per_answer: shape.events_per_answer,
    client_error_ms: toTail(errors.request),
    chunk_error_ms: errors.chunk && toTail(errors.chunk),
    noise: own
      ? {
          measured_at: own.measured_at,
          requests: own.requests,
          rounds: own.rounds,
          figures: own.figures,
        }
      : null,
    mismatch: mismatch ?? null,
  }
}

function toTail({ p50, p95, p99, max }: StoredSpread): CalibrationDocument['client_error_ms'] {
  return { p50, p95, p99, max }
}
