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
})

test.each([
  { environment: { ...machine, cpu: 'Other CPU' } },
  { load: { ...own.load, concurrency: 2 } },
  { hermetic: true },
  { alternates: true },
  { dialects: ['raw'] },
  { workload: own.workload.slice(1) },
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

const passed = { status: 'PASS', margin: 10 } as const
const missed = { status: 'FAIL', margin: -10 } as const

/** The doubt about a second target whose token events were so many ms apart. */
function doubtAt(gap: number): unknown {
  const records = sendRounds({ target: 'baseline', ttft: 100, gap })
  return referTo(alternating, records, own)?.findDoubt?.(relative, passed)
}

test('a second target that did not stream is doubted, one that did is not', () => {
  expect(doubtAt(10)).toBeUndefined()
  expect(doubtAt(0)).toBeDefined()
})

/** A client whose event loop was late by so many ms. */
function lateBy(delay: number) {
  return { ...trust, eventLoopDelayP99: delay }
}

const streamed = times(10, () => completed())
const buffered = times(10, () => completed({ gap: 0 }))
const sound = findDoubts('candidate', streamed, trust)
const unsound = findDoubts('baseline', buffered, undefined)

test('a doubt about the baseline concerns what is relative to it', () => {
  const doubt = joinDoubts(sound, unsound)
  expect(doubt(relative, passed)).toMatchObject({ target: 'baseline' })
  expect(doubt(relative, missed)).toMatchObject({ target: 'baseline' })
  expect(doubt(absolute, passed)).toBeUndefined()
  expect(joinDoubts(sound, sound)(relative, passed)).toBeUndefined()
  expect(joinDoubts(sound, undefined)(relative, passed)).toBeUndefined()
})

test('a doubt about the run itself goes first, as it is', () => {
  const late = findDoubts('candidate', streamed, lateBy(50))
  const doubt = late(relative, missed)
  expect(doubt).toMatchObject({ target: 'candidate' })
  expect(joinDoubts(late, unsound)(relative, missed)).toEqual(doubt)
  expect(joinDoubts(late, unsound)(absolute, missed)).toEqual(late(absolute, missed))
})

test('the same process is late for both targets: a change within its lateness is none, either way', () => {
  const baseline = sendRounds({ target: 'baseline', ttft: 100 })
  const trusted = lateBy(11)
  const find = joinDoubts(
    findDoubts('candidate', streamed, trusted),
    referTo(alternating, baseline, own, { trust: trusted })?.findDoubt,
  )
  expect(find(relative, passed)).toMatchObject({ kind: 'client-late', target: 'baseline' })
  expect(find(relative, missed)).toMatchObject({ kind: 'client-late', target: 'candidate' })
  expect(find(absolute, passed)).toBeUndefined()
  expect(find(relative, { status: 'PASS', margin: 11 })).toBeUndefined()
})

test('of an earlier run the lateness is the one that it had', () => {
  const late = resultsOf(driveOf({}, sendRounds({ ttft: 100 }), { trust: lateBy(11) }))
  const spec: CheckedSpec = {
    ...besideFile,
    baseline: { kind: 'file', source: 'old.json', results: late },
  }
  const find = referTo(spec, [], own, { trust })?.findDoubt
  expect(find?.(relative, passed)).toMatchObject({ kind: 'client-late', target: 'baseline' })
  expect(find?.(relative, missed)).toBeUndefined()
  const prompt = referTo(besideFile, [], own, { trust: lateBy(11) })?.findDoubt
  expect(prompt?.(relative, passed)).toBeUndefined()
})
