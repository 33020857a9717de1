import { expect, test } from 'vitest'

import { advise } from '../../../src/report/html/advice.ts'
import type { DoubtDocument, TurnDocument } from '../../../src/results/results.ts'
import { run, runs, slo, undecided } from '../_runs.ts'

test('of a miss: which SLO by how much, that it is proven, where to look', () => {
  expect(advise(runs.fail)).toEqual({
    found:
      'ttft p95 <= 800ms: observed 912ms, +112ms (+14.0%), 38 of 300 beyond it or failed. Also: chunk_gap p99 <= 60ms (warn).',
    belief: 'Disproven at 95 %. But 1 self-check warns: read below first.',
    action:
      'See what the slowest requests below have in common. Policy pr blocks it (exit code 1).',
  })
})

test('of a miss by failures: begin with them', () => {
  const { found, action } = advise(runs.infinite)
  expect(found).toBe('ttft p95 <= 800ms: observed ∞, 38 of 300 beyond it or failed.')
  expect(action).toContain('Begin with the failures, most often timeout.ttft ×2')
})

test('of a miss of a relative SLO: by how much it changed, and to set both side by side', () => {
  const { found, action } = advise(runs.relative)
  expect(found).toContain('change (allowed) +20.0% (+10.0%), limits [+15.0%, +25.0%]')
  expect(action).toMatch(/^Find what has changed since the baseline/)
})

test('of a PASS: the SLO that is closest to its bound', () => {
  expect(advise(runs.pass)).toEqual({
    found: 'Closest to its bound: ttft p95 <= 800ms: observed 640ms, -160ms (-20.0%).',
    belief: 'Proven at 95 %. The self-checks found nothing against it.',
    action: 'Nothing to do. Policy pr lets it through (exit code 0).',
  })
  const near = slo({ text: 'latency p99 <= 5s', bound: 5000, observed: 4900, margin: 100 })
  expect(advise(run({ verdict: { slos: [slo({}), near] } })).found).toContain('latency p99')
})

test('of an undecided run: what would decide it', () => {
  const { belief, action } = advise(runs.inconclusive)
  expect(belief).toMatch(/^Neither proven nor disproven at 95 %\./)
  expect(action).toMatch(/^About 180 more requests would decide it\. Policy release blocks it/)
})

function actionAfter(doubt: DoubtDocument): string {
  const turns: TurnDocument[] = [{ kind: 'doubt', from: 'FAIL', to: 'INCONCLUSIVE', doubt }]
  const slos = [{ ...undecided, more_requests: null, turns }]
  return advise(run({ verdict: { status: 'INCONCLUSIVE', slos } })).action
}

test('of a run that the client left undecided: what it can tell', () => {
  const limits = { concurrency: 4, peak_in_flight: 4, mean_in_flight: 3.2 }
  const error = { delay_p99_ms: 2, reach: 2, margin: 1 }
  const target = 'candidate'
  expect(actionAfter({ kind: 'client-late', target, ...error })).toMatch(/^A bound further from/)
  expect(actionAfter({ kind: 'load-not-held', stage: null, target, ...limits })).toMatch(
    /^Ask for as many/,
  )
  expect(actionAfter({ kind: 'not-streamed', target, held_back: 9, requests: 9 })).toMatch(/^Read/)
})

test('of a run without data, without end or without SLOs', () => {
  const { found, belief, action } = advise(runs.noData)
  expect(found).toBe('connect ×300, the first one with: connect ECONNREFUSED 127.0.0.1:8000')
  expect(belief).toMatch(/^There was nothing to judge\./)
  expect(action).toMatch(/^See that the target answers: most often connect ×300\./)
  expect(advise(runs.interrupted).action).toMatch(/^Run it again to its end\./)
  expect(advise(runs.interrupted).belief).toMatch(/^The run is not whole\./)
  expect(advise(runs.noSlo).action).toMatch(/^State an SLO in the spec\./)
})

test('of a verdict without statistics: that another run may turn out otherwise', () => {
  expect(advise(run({ verdict: { policy: 'point' } })).belief).toMatch(/^Decided by the observed/)
})

test('of a run that was stopped: a certain outcome stands, an unhealthy target is to be mended', () => {
  const certain = advise(run({ ...runs.fail, end: { kind: 'curtailed', why: 'certain' } }))
  expect(certain.belief).toMatch(/^Disproven at 95 %\. The run was ended early: no further request/)
  expect(certain.action).toMatch(/^See what the slowest requests/)
  const unhealthyEnd = {
    kind: 'unhealthy',
    illness: { kind: 'no-connection', requests: 20 },
    why: 'failing',
  } as const
  const unhealthy = advise(run({ ...runs.noData, end: unhealthyEnd }))
  expect(unhealthy.belief).toMatch(/^The run is not whole\./)
  expect(unhealthy.action).toMatch(/^See that the target answers: most often connect ×300\./)
})
