import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import type { BenchSpec } from '../../src/bench-spec/spec.ts'
import {
  type Calibration,
  type CalibrationFile,
  calibrationPath,
  readCalibrations,
  storeCalibration,
  type StoredNoise,
} from '../../src/calibration/calibration-file.ts'
import { countRequests } from '../../src/calibration/calibration.ts'
import { type LoadShape, shapeOfRun, shapeOfSpec } from '../../src/calibration/load-shape.ts'
import { describeMachine } from '../../src/calibration/machine.ts'
import {
  describeMatch,
  findMismatch,
  matchCalibration,
  toAccuracy,
} from '../../src/calibration/match.ts'
import { explainMismatch } from '../../src/report/sentence/differences.ts'
import { listNotices } from '../../src/run/bench.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'
import { completed, times } from '../metrics/records.ts'

const shape: LoadShape = {
  concurrency: 10,
  events_per_answer: 20,
  dialect: 'openai-chat',
  processes: 1,
  transport: 'lean',
}
const run = { machine: describeMachine(), shape }
const spread = { min: 0.1, p50: 0.2, p95: 0.5, p99: 1, max: 3 }

function calibrationOf(more: Partial<LoadShape> = {}, measured_at = '2026-01-15'): Calibration {
  return {
    measured_at,
    machine: run.machine,
    shape: { ...shape, ...more },
    requests: 100,
    client_error_ms: {
      ttft: spread,
      latency: spread,
      request: { ...spread, p99: 2 },
      chunk: spread,
    },
    dispatch_delay_ms: spread,
    held_concurrency: null,
  }
}

function noiseOf(target: string, requests: number): StoredNoise {
  return { measured_at: '', target, requests, rounds: 3, figures: [] }
}

function check(document: object): BenchSpec {
  const url = 'http://127.0.0.1/v1/completions'
  return checkSpec({ url, ...document }, { env: {}, baseDir: '.' })
}

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function store(folder: string, calibration: Calibration): void {
  storeCalibration(folder, calibration, {
    noise: undefined,
    replaces: (other) => findMismatch(other, calibration) === undefined,
  })
}

test('keeps one calibration for each load, the latest', () => {
  const folder = createFolder()
  store(folder, calibrationOf({}, 'first'))
  store(folder, calibrationOf({ concurrency: 64 }, 'second'))
  store(folder, calibrationOf({ concurrency: 12 }, 'third'))
  const { calibrations } = readCalibrations(folder)
  expect(calibrations.map(({ measured_at }) => measured_at)).toEqual(['second', 'third'])
})

test('keeps the noise of each target', () => {
  const folder = createFolder()
  for (const noise of [noiseOf('http://a/', 1), noiseOf('http://b/', 2), noiseOf('http://a/', 3)]) {
    storeCalibration(folder, calibrationOf(), { noise, replaces: () => true })
  }
  store(folder, calibrationOf())
  expect(readCalibrations(folder).noise.map(({ requests }) => requests)).toEqual([2, 3])
})

test('knows nothing where nothing is stored', () => {
  expect(matchCalibration(readCalibrations(createFolder()), run)).toBeUndefined()
})

test.each(['', '{', '[]', 'null', '{"schema_version":1,"calibrations":[{}],"noise":[]}'])(
  'refuses a file that is not its own: %j',
  (text) => {
    const folder = createFolder()
    mkdirSync(dirname(calibrationPath(folder)))
    writeFileSync(calibrationPath(folder), text)
    expect(() => readCalibrations(folder)).toThrow(
      'calibration.json: is not what slogate calibrate writes. Delete it',
    )
  },
)

test('takes the calibration of the load that is nearest', () => {
  const calibrations = [6, 9, 16, 64].map((concurrency) => calibrationOf({ concurrency }))
  const match = matchCalibration({ schema_version: 1, calibrations, noise: [] }, run)
  expect(match?.calibration.shape.concurrency).toBe(9)
  const smaller = [
    { stat: 'p95', error: 0.5 },
    { stat: 'p50', error: 0.2 },
  ]
  expect(match && toAccuracy(match)).toEqual({
    request: [{ stat: 'p99', error: 2 }, ...smaller],
    chunk: [{ stat: 'p99', error: 1 }, ...smaller],
    requests: 100,
  })
})

test('what few requests have instead of a percentile is their largest error', () => {
  const calibration = calibrationOf()
  const few = { ...spread, p95: null, p99: null }
  calibration.client_error_ms = { ...calibration.client_error_ms, request: few, chunk: null }
  const folder = createFolder()
  store(folder, calibration)
  const match = matchCalibration(readCalibrations(folder), run)
  const bounds = [
    { stat: 'max', error: 3 },
    { stat: 'p50', error: 0.2 },
  ]
  expect(match && toAccuracy(match)).toMatchObject({ request: bounds, chunk: bounds })
})

test.each<[Partial<LoadShape>, string]>([
  [{ concurrency: 21 }, 'made with concurrency 21, this run has 10'],
  [{ concurrency: 4 }, 'made with concurrency 4, this run has 10'],
  [{ events_per_answer: 41 }, 'made with events per answer 41, this run has 20'],
  [{ dialect: 'raw' }, 'made with dialect raw, this run has openai-chat'],
  [{ processes: 2 }, 'made with processes 2, this run has 1'],
  [{ transport: 'undici' }, 'made with transport undici, this run has lean'],
])('does not take one of another load: %j', (more, reason) => {
  const calibrations = [calibrationOf(more)]
  const match = matchCalibration({ schema_version: 1, calibrations, noise: [] }, run)
  expect(match?.mismatch && explainMismatch(match.mismatch)).toBe(reason)
  expect(match && toAccuracy(match)).toBeUndefined()
})

test.each(['cpu', 'node', 'platform', 'arch'] as const)(
  'does not take one of another machine: %s',
  (key) => {
    const calibration = calibrationOf()
    calibration.machine = { ...calibration.machine, [key]: 'other' }
    const match = matchCalibration(
      { schema_version: 1, calibrations: [calibration], noise: [] },
      run,
    )
    expect(match?.mismatch).toMatchObject({ fact: key, calibrated: 'other' })
  },
)

test('knows a load by its spec, and after the run by its answers', () => {
  expect(shapeOfSpec(check({ body: { prompt: 'hi', max_tokens: 7 }, concurrency: 3 }))).toEqual({
    concurrency: 3,
    events_per_answer: 7,
    dialect: 'openai-completions',
    processes: 1,
    transport: 'lean',
  })
  expect(shapeOfSpec(check({ stream_format: 'anthropic', body: { max_tokens: 9999 } }))).toEqual({
    concurrency: 10,
    events_per_answer: 500,
    dialect: 'openai-chat',
    processes: 1,
    transport: 'lean',
  })
  expect(shapeOfSpec(check({ load: { processes: 3 } })).processes).toBe(3)
  expect(shapeOfSpec(check({ load: { transport: 'undici' } })).transport).toBe('undici')
  const records = times(4, (index) => completed({ index, events: 10 + index }))
  expect(shapeOfRun(check({}), records)).toMatchObject({
    events_per_answer: 12,
    dialect: 'openai-chat',
  })
})

test('sends for about ten seconds, and enough for a p99', () => {
  expect(countRequests({ ...shape, concurrency: 1, events_per_answer: 500 })).toBe(100)
  expect(countRequests({ ...shape, concurrency: 10, events_per_answer: 50 })).toBe(178)
  expect(countRequests({ ...shape, concurrency: 20 })).toBe(300)
  expect(countRequests({ ...shape, concurrency: 200 })).toBe(800)
})

test('tells the noise of the target of a run and of no other, secrets left out', () => {
  const spec = checkSpec(
    { url: 'https://user:hunter22@example.com/v1/x?key=abcdef123' },
    { env: {}, baseDir: '.' },
  )
  const match = { calibration: calibrationOf(), mismatch: undefined }
  const file: CalibrationFile = {
    schema_version: 1,
    calibrations: [],
    noise: [noiseOf('https://example.com/v1/x', 9)],
  }
  expect(describeMatch(match, file, spec).noise).toMatchObject({
    requests: 9,
  })
  const other = { ...file, noise: [noiseOf('https://example.org/', 9)] }
  expect(describeMatch(match, other, spec).noise).toBeNull()
})

test('the noise of a target says before a run what a comparison with it can tell', () => {
  const root = createFolder()
  const spec = check({
    requests: 200,
    baseline: { url: 'http://127.0.0.1:8001' },
    slo: ['ttft p50 <= baseline + 8%'],
  })
  expect(listNotices(spec, { root })).toEqual([])
  const figures = [{ metric: 'ttft', stat: 'p50', spread: 0.1, smallest_changes: [] }]
  const noise = { ...noiseOf(spec.target.url, 200), rounds: 10, figures }
  storeCalibration(root, calibrationOf(), { noise, replaces: () => false })
  expect(listNotices(spec, { root })).toEqual([
    {
      level: 'warning',
      message: expect.stringContaining(
        'find a change of +9% in four of five runs, and +8% is allowed',
      ),
    },
  ])
  // Of a file that cannot be used the run itself says so.
  writeFileSync(join(root, '.slogate', 'calibration.json'), '{}')
  expect(listNotices(spec, { root })).toEqual([])
})
