import type { BenchDocument } from '../../src/bench-spec/bench-document.ts'
import type { Machine } from '../../src/calibration/machine.ts'
import type { Records, RequestRecord } from '../../src/engine/record.ts'
import type { Results } from '../../src/results/results.ts'
import { type CheckedSpec, checkSpec } from '../../src/run/checked-spec.ts'
import { conclude, type Setting } from '../../src/run/conclusion.ts'
import { documentRun } from '../../src/run/document.ts'
import type { Drive } from '../../src/run/drive.ts'
import { completed, times, trust } from '../metrics/records.ts'
import { createNormal, createRandom } from '../verdict/random.ts'

export const machine: Machine = {
  node: 'v24.0.0',
  platform: 'linux',
  arch: 'x64',
  cpu: 'Example CPU',
  cores: 2,
}

export const setting: Setting = {
  machine,
  calibrations: { schema_version: 1, calibrations: [], noise: [] },
}

export const url = 'http://127.0.0.1:8000/v1/chat/completions'

/** A spec of one request in flight; what it compares with is not read from a file. */
export function specOf(given: Partial<BenchDocument>): CheckedSpec {
  const rest = { url, stream_format: 'openai-chat', concurrency: 1, ...given }
  return checkSpec(rest, { env: {}, baseDir: '.', name: 'chat' })
}

/** What happened when these requests, and no others, were asked for. */
export function driveOf(
  given: Partial<BenchDocument>,
  records: Records,
  more: Partial<Drive> = {},
): Drive {
  const rounds = new Set(records.map(({ round }) => round)).size
  return {
    spec: specOf({ requests: records.length, rounds: Math.max(1, rounds), ...given }),
    records,
    trust,
    end: { kind: 'finished' },
    looks: 1,
    startedAt: '2026-01-15T10:30:00.000Z',
    finishedAt: '2026-01-15T10:30:27.000Z',
    ...more,
  }
}

/** What lands in `results.json`. */
export function resultsOf(driven: Drive, where: Partial<Setting> = {}): Results {
  const given = { ...setting, ...where, root: '/project' }
  return documentRun(driven, conclude(driven, given), given)
}

export interface Side {
  target?: 'candidate' | 'baseline'
  /** Median time to the first token, ms; σ of its logarithm is .1. */
  ttft: number
  seed?: number
  rounds?: number
  /** Requests of a round. */
  size?: number
  /** Between token events, ms. */
  gap?: number
}

/** Requests one after the other; those of a round begin `pause` ms after the round before has ended. */
export function sendRounds(side: Side, pause = 0): RequestRecord[] {
  const { target = 'candidate', ttft, seed = 1, rounds = 10, size = 30, gap = 10 } = side
  const normal = createNormal(createRandom(seed))
  let at = 0
  return times(rounds * size, (index) => {
    const round = Math.floor(index / size)
    if (index > 0 && index % size === 0) at += pause
    const own = ttft * Math.exp(0.1 * normal())
    const record = completed({ target, index, round, at, ttft: own, gap, tokens: 10 })
    at = record.marks.ended
    return record
  })
}
