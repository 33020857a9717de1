import { expect, test } from 'vitest'

import type { Level } from '../../src/bench-spec/slo.ts'
import type { Policy } from '../../src/bench-spec/spec.ts'
import type { Status } from '../../src/verdict/decision.ts'
import { conclude } from '../../src/verdict/policy.ts'
import type { SloVerdict } from '../../src/verdict/verdict.ts'
import { slo } from '../metrics/slos.ts'
import { tellRun } from './_tell.ts'

function having(status: Status, level: Level = 'error'): SloVerdict {
  const asked = slo(`ttft p95 <= ${status.length}`, { level })
  return { slo: asked, status, method: 'exact', n: 1, reason: { kind: 'rounds' }, turns: [] }
}

function concludeOf(slos: readonly SloVerdict[], policy: Policy = 'pr') {
  return conclude(slos, { policy, end: { kind: 'finished' }, nothing: undefined })
}

test('exits by the worst status, a FAIL before an ERROR', () => {
  const rows: [Status[], Status, number, number][] = [
    [['PASS', 'PASS'], 'PASS', 0, 0],
    [['PASS', 'INCONCLUSIVE'], 'INCONCLUSIVE', 0, 2],
    [['INCONCLUSIVE', 'FAIL'], 'FAIL', 1, 1],
    [['ERROR', 'INCONCLUSIVE'], 'ERROR', 4, 4],
    [['ERROR', 'FAIL', 'PASS'], 'FAIL', 1, 1],
  ]
  for (const [statuses, status, pr, release] of rows) {
    const slos = statuses.map((each) => having(each))
    expect(concludeOf(slos)).toMatchObject({ status, exitCode: pr, passed: pr === 0, policy: 'pr' })
    expect(concludeOf(slos, 'release')).toMatchObject({
      status,
      exitCode: release,
      passed: release === 0,
    })
    expect(concludeOf(slos, 'point')).toMatchObject({ status, exitCode: pr })
  }
})

test('never blocks on warn and info', () => {
  for (const level of ['warn', 'info'] as const) {
    const slos = [having('FAIL', level), having('ERROR', level), having('PASS')]
    expect(concludeOf(slos, 'release')).toMatchObject({ status: 'PASS', exitCode: 0 })
    const none = concludeOf([having('FAIL', level)])
    expect(none).toMatchObject({ status: 'PASS', exitCode: 0 })
    expect(tellRun(none)).toContain('none can block')
  }
})

test('names the SLOs that made the status', () => {
  expect(tellRun(concludeOf([having('PASS'), having('FAIL'), having('ERROR')]))).toBe(
    '1 of 3 SLOs of level error missed: "ttft p95 <= 4".',
  )
  expect(tellRun(concludeOf([having('PASS'), having('PASS')]))).toBe(
    '2 of 2 SLOs of level error hold.',
  )
})

test('is inconclusive without an SLO', () => {
  expect(concludeOf([])).toMatchObject({ status: 'INCONCLUSIVE', exitCode: 0 })
  expect(concludeOf([], 'release')).toMatchObject({ exitCode: 2, passed: false })
})

test('exits 4 when no request completed, whatever the levels', () => {
  const nothing = { kind: 'nothing-completed', target: 'candidate', total: 0, failed: 0 } as const
  const given = { policy: 'pr', end: { kind: 'finished' }, nothing } as const
  expect(conclude([having('ERROR', 'info')], given)).toMatchObject({
    status: 'ERROR',
    exitCode: 4,
    reason: nothing,
  })
})

test('a run that this machine could not send is an ERROR that is not laid at the door of the target', () => {
  const given = { policy: 'pr', nothing: undefined } as const
  const told = (shortage: 'EMFILE' | 'ENFILE', limit?: number): string => {
    const end = { kind: 'exhausted', shortage, ...(limit !== undefined && { limit }) } as const
    const verdict = conclude([], { ...given, end })
    expect(verdict).toMatchObject({ status: 'ERROR', exitCode: 4, passed: false })
    return tellRun(verdict, end)
  }
  const stopped = 'The run was stopped by a limit of this machine, not by the target'
  expect(told('EMFILE', 64)).toBe(
    `${stopped} (the load process can open no further connection, EMFILE: it may have 64 files open; raise the limit (ulimit -n), or lower concurrency).`,
  )
  expect(told('EMFILE')).toBe(
    `${stopped} (the load process can open no further connection, EMFILE; raise the limit (ulimit -n), or lower concurrency).`,
  )
  expect(told('ENFILE')).toBe(
    `${stopped} (this machine can open no further file, ENFILE: end what holds them, or lower concurrency).`,
  )
})

test('exits as interrupted or crashed', () => {
  const slos = [having('ERROR')]
  const given = { policy: 'pr', nothing: undefined } as const
  const interrupted = conclude(slos, { ...given, end: { kind: 'interrupted', reason: 'SIGINT' } })
  expect(interrupted).toMatchObject({ status: 'ERROR', exitCode: 130, passed: false })
  expect(tellRun(interrupted, { kind: 'interrupted', reason: 'SIGINT' })).toBe(
    'The run was interrupted (SIGINT).',
  )
  const terminated = conclude(slos, { ...given, end: { kind: 'interrupted', reason: 'SIGTERM' } })
  expect(terminated.exitCode).toBe(143)
  const crash = { kind: 'crashed', message: 'exit 134' } as const
  const crashed = conclude([], { ...given, end: crash })
  expect(crashed).toMatchObject({ status: 'ERROR', exitCode: 4 })
  expect(tellRun(crashed, crash)).toBe('The run broke off (exit 134).')
})
