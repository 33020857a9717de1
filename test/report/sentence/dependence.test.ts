import { expect, test } from 'vitest'

import { nameDependence } from '../../../src/report/sentence/dependence.ts'
import { explainSlo } from '../../../src/report/sentence/slo.ts'
import type { DependenceDocument, SloDocument } from '../../../src/results/results.ts'
import { slo } from '../_runs.ts'

const none: DependenceDocument = { kind: 'none' }
const slices: DependenceDocument = {
  kind: 'groups',
  of: 'slices',
  groups: 10,
  design_effect: 4.26,
  at: 'bound',
}
const finished = { kind: 'finished' } as const

function tell(given: Partial<SloDocument>): string {
  return nameDependence(slo(given))
}

test('says nothing where nothing makes the observations fewer, or there is no such test', () => {
  expect(tell({})).toBe('')
  expect(tell({ dependence: null })).toBe('')
})

test('says on which side they are fewer: that of the verdict', () => {
  const dependence = { fail: slices, pass: none }
  expect(tell({ dependence, status: 'FAIL' })).toBe(
    ' For a FAIL these 300 count as fewer: ttft differs between 10 parts of the run 4.26 times as much as chance makes it (design effect).',
  )
  expect(tell({ dependence, status: 'PASS' })).toBe('')
  expect(tell({ dependence: { fail: none, pass: slices }, status: 'PASS' })).toContain(
    ' For a PASS these 300 count as fewer: ',
  )
})

test('a verdict that was turned around is told as it was before', () => {
  const dependence = { fail: slices, pass: none }
  const turns = [{ kind: 'holm', from: 'FAIL', to: 'INCONCLUSIVE', family: 3 }] as const
  expect(tell({ dependence, status: 'INCONCLUSIVE', turns: [...turns] })).toContain('For a FAIL')
})

test('names what resembles each other: parts of the run, or requests', () => {
  const requests: DependenceDocument = { ...slices, of: 'requests', groups: 60 }
  const dependence = { fail: none, pass: requests }
  expect(tell({ metric: 'chunk_gap', n: 3000, dependence })).toBe(
    ' For a PASS these 3000 count as fewer: chunk_gap differs between 60 requests 4.26 times as much as chance makes it (design effect).',
  )
})

test('names how failures come, as seen or by the spec', () => {
  const share = {
    metric: 'success_rate',
    stat: 'value',
    op: '>=',
    bound: 0.99,
    unit: 'share',
  } as const
  const by = (length: number, source: 'run' | 'spec') =>
    tell({ ...share, dependence: { fail: none, pass: { kind: 'bursts', length, by: source } } })
  expect(by(2.333333, 'run')).toBe(
    ' For a PASS these 300 count as fewer: failures come 2.3 in a row on average.',
  )
  expect(by(5, 'spec')).toBe(
    ' For a PASS these 300 count as fewer: by the spec failures come 5 in a row on average.',
  )
})

test('says that failures are assumed to come singly where none was seen and nothing is said', () => {
  const success = {
    metric: 'success_rate',
    stat: 'value',
    op: '>=',
    bound: 0.99,
    unit: 'share',
  } as const
  const singly = ' Failures are assumed to come singly.'
  expect(tell({ ...success, exceedances: 0 })).toBe(singly)
  expect(tell({ ...success, exceedances: 0, status: 'INCONCLUSIVE' })).toBe(singly)
  expect(tell({ ...success, metric: 'error_rate', op: '<=', bound: 0.01, exceedances: 0 })).toBe(
    singly,
  )
  expect(tell({ ...success, exceedances: 3 })).toBe('')
  expect(tell({ ...success, exceedances: 0, status: 'FAIL' })).toBe('')
  expect(tell({ ...success, op: '<=', exceedances: 0 })).toBe('')
  expect(tell({ ...success, metric: 'goodput', exceedances: 0 })).toBe('')
  expect(tell({ exceedances: 0 })).toBe('')
  const bursts = { kind: 'bursts', length: 5, by: 'spec' } as const
  expect(
    tell({ ...success, exceedances: 0, dependence: { fail: none, pass: bursts } }),
  ).not.toContain(singly)
})

test('the sentence stands between what was seen and how many more would decide', () => {
  const why = explainSlo(
    slo({
      status: 'INCONCLUSIVE',
      exceedances: 12,
      more_requests: 400,
      dependence: { fail: none, pass: slices },
    }),
    finished,
  )
  expect(why).toBe(
    'ttft p95 is 640.1ms: 12 of 300 requests are above 800ms; a PASS allows 8, a FAIL takes 22. For a PASS these 300 count as fewer: ttft differs between 10 parts of the run 4.26 times as much as chance makes it (design effect). About 400 more requests (700 in all) would decide it.',
  )
})

test('of an undecided SLO that is missed it says why it is no FAIL', () => {
  const told = tell({
    status: 'INCONCLUSIVE',
    observed: 912,
    margin: -112,
    exceedances: 38,
    fail_at_least: 41,
    dependence: { fail: slices, pass: { ...slices, design_effect: 9 } },
  })
  expect(told).toContain('For a FAIL')
})

test('never says that what differs by chance alone differs', () => {
  const little: DependenceDocument = { ...slices, design_effect: 1.04 }
  expect(tell({ dependence: { fail: none, pass: little } })).not.toContain('1.0 times')
})

function tellTurned(given: Partial<SloDocument>, turn: SloDocument['turns'][number]): string {
  return explainSlo(slo({ status: 'INCONCLUSIVE', turns: [turn], ...given }), finished)
}

test('answers that cannot have a value, and failures that leave a mean unproven', () => {
  const turned = { from: 'PASS', to: 'INCONCLUSIVE' } as const
  const unseen = { kind: 'unseen-values', requests: 90, ...turned } as const
  expect(tellTurned({ metric: 'tpot' }, unseen)).toMatch(
    / Not a PASS: 90 completed requests cannot have a tpot, and it would be none if they were bad\.$/,
  )
  expect(
    tellTurned({ metric: 'goodput', unit: 'share', stat: 'value', op: '>=', bound: 0.9 }, unseen),
  ).toMatch(
    / Not a PASS: 90 completed requests cannot have a value that is bounded, and it would be none if they were bad\.$/,
  )
  const unproven = {
    kind: 'unproven-success',
    failed: 150,
    requests: 300,
    proof: 0.95,
    ...turned,
  } as const
  expect(tellTurned({ stat: 'mean' }, unproven)).toMatch(
    / Not a PASS: it is of completed requests alone, and a success rate of 95% is not proven beside it: 150 of 300 failed\.$/,
  )
})
