import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { nameTarget } from '../bench-spec/target.ts'
import { DocumentError } from '../results/document-error.ts'
import type { NoiseFigure } from '../verdict/noise.ts'
import type { LoadShape } from './load-shape.ts'
import type { Machine } from './machine.ts'

/** ms; a percentile is `null` where so few values have none but their maximum. */
export interface StoredSpread {
  min: number
  p50: number
  p95: number | null
  p99: number | null
  max: number
}

/** The client's own error at one shape of load, as it is stored. */
export interface Calibration {
  /** ISO 8601, UTC. */
  measured_at: string
  machine: Machine
  shape: LoadShape
  requests: number
  /** `request`: the larger of ttft and latency; `chunk`: of each token event. */
  client_error_ms: {
    ttft: StoredSpread
    latency: StoredSpread
    request: StoredSpread
    chunk: StoredSpread | null
  }
  dispatch_delay_ms: StoredSpread
  held_concurrency: { mean: number; peak: number; full_share: number } | null
}

/** A/A noise of one target, as it is stored. */
export interface StoredNoise {
  measured_at: string
  /** Origin and path of the target. */
  target: string
  requests: number
  rounds: number
  figures: {
    metric: string
    stat: string
    spread: number
    smallest_changes: { rounds: number; change: number }[]
  }[]
}

export interface CalibrationFile {
  schema_version: 1
  calibrations: Calibration[]
  noise: StoredNoise[]
}

export function calibrationPath(root: string): string {
  return join(root, '.slogate', 'calibration.json')
}

/**
 * What was stored below `root`; empty when there is no file.
 * @throws {DocumentError} when it is not one of ours.
 */
export function readCalibrations(root: string): CalibrationFile {
  const path = calibrationPath(root)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return { schema_version: 1, calibrations: [], noise: [] }
    }
    throw unusable(path)
  }
  try {
    const file = JSON.parse(text) as CalibrationFile
    if (isComplete(file)) return file
  } catch {
    // Told below, like JSON of another shape.
  }
  throw unusable(path)
}

/** What was stored of a target's noise; nothing where that cannot be read, which a run will say. */
export function readNoise(root: string, url: string): NoiseFigure[] {
  try {
    const { noise } = readCalibrations(root)
    const stored = noise.find(({ target }) => target === nameTarget(url))
    if (stored === undefined) return []
    const size = stored.requests / stored.rounds
    return stored.figures.map(({ metric, stat, spread }) => ({ metric, stat, spread, size }))
  } catch (error) {
    if (error instanceof DocumentError) return []
    throw error
  }
}

function unusable(path: string): DocumentError {
  const message = 'is not what slogate calibrate writes. Delete it, or calibrate again after that.'
  return DocumentError.ofFile(path, message)
}

/** Whether everything is there that is read from it. */
function isComplete({ schema_version, calibrations, noise }: CalibrationFile): boolean {
  return (
    schema_version === 1 &&
    Array.isArray(noise) &&
    noise.every(({ target, figures }) => typeof target === 'string' && Array.isArray(figures)) &&
    calibrations.every(
      ({ measured_at, machine, shape, requests, client_error_ms: { request, chunk } }) =>
        typeof measured_at === 'string' &&
        typeof machine === 'object' &&
        typeof shape.transport === 'string' &&
        [shape.concurrency, shape.events_per_answer, shape.processes, requests].every(
          Number.isFinite,
        ) &&
        isSpread(request) &&
        (chunk === null || isSpread(chunk)),
    )
  )
}

function isSpread({ p50, p95, p99, max }: StoredSpread): boolean {
  const carried = [p95, p99].every((value) => value === null || Number.isFinite(value))
  return carried && Number.isFinite(p50) && Number.isFinite(max)
}

/** Puts new measurements in place of the ones that they replace, and of those of the same target. */
export function storeCalibration(
  root: string,
  calibration: Calibration,
  { noise, replaces }: { noise: StoredNoise | undefined; replaces(other: Calibration): boolean },
): void {
  const stored = readCalibrations(root)
  const file: CalibrationFile = {
    schema_version: 1,
    calibrations: [...stored.calibrations.filter((other) => !replaces(other)), calibration],
    noise: [
      ...stored.noise.filter(({ target }) => target !== noise?.target),
      ...(noise === undefined ? [] : [noise]),
    ],
  }
  const path = calibrationPath(root)
  mkdirSync(dirname(path), { recursive: true })
  // A reader never sees half of it.
  writeFileSync(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`)
  renameSync(`${path}.new`, path)
}
