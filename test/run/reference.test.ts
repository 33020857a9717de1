import { expect, test } from 'vitest'

import type { Slo } from '../../src/bench-spec/slo.ts'
import { findDoubts } from '../../src/metrics/doubt.ts'
import { summarize } from '../../src/metrics/summary.ts'
import { takeFingerprint } from '../../src/results/fingerprint.ts'
import type { CheckedSpec } from '../../src/run/checked-spec.ts'
import { joinDoubts, referTo } from '../../src/run/reference.ts'
import { completed, times, trust } from '../metrics/records.ts'
import { driveOf, machine, resultsOf, sendRounds, specOf } from './_drive.ts'

const stored = resultsOf(driveOf({}, sendRounds({ ttft: 100 })))
const own = takeFingerprint(stored)
const asked = { slo: ['ttft p50 <= baseline + 10%', 'ttft p50 <= 1s'] }
const alternating = specOf({ ...asked, baseline: { url: 'http://127.0.0.1:8001' } })
const [relative, absolute] = alternating.slos as [Slo, Slo]

const besideFile: CheckedSpec = {
  ...alternating,
  baseline: { kind: 'file', source: 'old.json', results: stored },
}

test('a run without a baseline is compared with nothing', () => {
  expect(referTo(specOf({}), [], own)).toBeUndefined()
})

test('a file gives the rounds and the figures that are in it', () => {
  const referred = referTo(besideFile, [], own)
  const { reference, document } = referred ?? {}
  expect(reference?.kind === 'file' && reference.rounds).toMatchObject(
    stored.rounds.map(({ round, completed: n, failed, ttft_ms }) => ({
      round,
      completed: n,
      failed,
      times: { ttft: ttft_ms },
    })),
  )
  expect(reference).toHaveProperty('differences', [])
  expect(document).toMatchObject({ kind: 'file', source: 'old.json', summary: stored.summary })
  expect(referred).not.toHaveProperty('findDoubt')
})

test.each([
  { environment: { ...machine, cpu: 'Other CPU' } },
  { concurrency: 2 },
  { hermetic: true },
  { alternates: true },
  { dialects: ['raw'] },
  { workload: 'ff'.repeat(32) },
  { failures: 'exclude' as const },
])(
  'a file of another run is an obstacle, for the verdict and for the document: %j',
  (differing) => {
    const { reference, document } = referTo(besideFile, [], { ...own, ...differing }) ?? {}
    const differences = reference?.kind === 'file' ? reference.differences : []
    expect(differences).toHaveLength(1)
    expect(document).toHaveProperty('differences', differences)
  },
)

test('a second target gives its requests as if its rounds had followed each other at once', () => {
  const whole = sendRounds({ target: 'baseline', ttft: 100 })
  const spread = sendRounds({ target: 'baseline', ttft: 100 }, 8000)
  const { reference, document } = referTo(alternating, spread, own) ?? {}
  const records = reference?.kind === 'interleaved' ? reference.records : []
  const ends = records.map(({ marks }) => Math.round(marks.ended))
  expect(ends).toEqual(whole.map(({ marks }) => Math.round(marks.ended)))
  expect(document).toMatchObject({
    kind: 'interleaved',
    source: 'http://127.0.0.1:8001/v1/chat/completions',
    summary: { requests: { total: 300 } },
  })
  const duration = document?.kind === 'interleaved' ? document.summary.duration : undefined
  expect(duration).toBeCloseTo(summarize(whole).duration ?? NaN, 3)
})

/** The doubt about a second target whose token events were so many ms apart. */
function doubtAt(gap: number): unknown {
  const records = sendRounds({ target: 'baseline', ttft: 100, gap })
  return referTo(alternating, records, own)?.findDoubt?.(relative, undefined, 110)
}

test('a second target that did not stream is doubted, one that did is not', () => {
  expect(doubtAt(10)).toBeUndefined()
  expect(doubtAt(0)).toBeDefined()
})

const streamed = times(10, () => completed())
const buffered = times(10, () => completed({ gap: 0 }))
const sound = findDoubts('candidate', streamed, trust)
const unsound = findDoubts('baseline', buffered, undefined)

test('a doubt about the baseline concerns what is relative to it', () => {
  const doubt = joinDoubts(sound, unsound)
  expect(doubt(relative, 10, 110)).toBeDefined()
  expect(doubt(absolute, 10)).toBeUndefined()
  expect(joinDoubts(sound, sound)(relative, 10, 110)).toBeUndefined()
  expect(joinDoubts(sound, undefined)(relative, 10, 110)).toBeUndefined()
})

test('a missed bound is no excuse for a baseline that looks slow', () => {
  expect(unsound(relative, -10, 110)).toBeUndefined()
  expect(joinDoubts(sound, unsound)(relative, -10, 110)).toBeDefined()
})

test('a doubt about the run itself goes first, as it is', () => {
  const late = findDoubts('candidate', streamed, { ...trust, eventLoopDelayP99: 50 })
  const doubt = late(relative, 10, 110)
  expect(doubt).toBeDefined()
  expect(joinDoubts(late, unsound)(relative, 10, 110)).toEqual(doubt)
  expect(joinDoubts(late, unsound)(absolute, 10)).toEqual(late(absolute, 10))
})
