import { expect, test } from 'vitest'

import type { RequestRecord, RunEnd } from '../../src/engine/record.ts'
import { steer as steerRun } from '../../src/run/steering.ts'
import { completed, completedWith, failed, times } from '../metrics/records.ts'
import { specOf } from './_drive.ts'

/** As a run does: whoever halts and extends shows it all records that were added. */
function steer(spec: Parameters<typeof steerRun>[0]) {
  const { add, halt, extend, ...others } = steerRun(spec)
  const records: RequestRecord[] = []
  return {
    ...others,
    add(batch: readonly RequestRecord[], inFlight: number) {
      records.push(...batch)
      add(batch, inFlight)
    },
    halt: () => halt(records),
    extend: () => extend(records),
  }
}

const slow = times(100, (index) => completed({ index, ttft: 900 }))
const fast = times(100, (index) => completed({ index, ttft: 100 }))
const refused = times(20, (index) => failed({ index, failure: { kind: 'connect', message: '' } }))
const ill = times(40, (index) => failed({ index }))

const patient = { requests: 1000, rounds: 1, slo: ['ttft p95 <= 500ms'] }
const hasty = { ...patient, abort: 'certain' as const }

test('stops a run whose outcome is certain, if the spec asks for that', () => {
  const steering = steer(specOf({ ...hasty, requests: 150 }))
  // 60 of 150, all in one part: the rest of the run could still show that it was a bad hour.
  steering.add(slow.slice(0, 60), 10)
  expect(steering.halt()).toBeUndefined()
  steering.add(slow.slice(60), 10)
  expect(steering.halt()).toMatchObject({ kind: 'curtailed' })
  const other = steer(specOf({ ...patient, requests: 150 }))
  other.add(slow, 10)
  expect(other.halt()).toBeUndefined()
})

test('lets a run go on whose figures are good, but could still turn', () => {
  const steering = steer(specOf(hasty))
  steering.add(fast, 10)
  expect(steering.halt()).toBeUndefined()
})

test('gives up a target that finds no connection, warm-up included', () => {
  const steering = steer(specOf(patient))
  const warmup = refused.map((record) => ({ ...record, phase: 'warmup' as const, round: -1 }))
  steering.add(warmup.slice(0, 19), 1)
  expect(steering.halt()).toBeUndefined()
  steering.add(warmup.slice(19), 1)
  expect(steering.halt()).toMatchObject({ kind: 'unhealthy' })
})

test('gives up a target that fails more often than the spec allows, and else lets it fail', () => {
  const strict = steer(specOf({ ...patient, max_error_rate: '10%' }))
  const lenient = steer(specOf(patient))
  for (const steering of [strict, lenient]) steering.add(ill, 1)
  expect(strict.halt()).toMatchObject({ kind: 'unhealthy' })
  expect(lenient.halt()).toBeUndefined()
})

test('health comes before certainty', () => {
  const asked = { ...hasty, requests: 150 }
  const later = ill.map((record) => ({ ...record, index: 100 + record.index }))
  const certain = steer(specOf(asked))
  certain.add([...slow, ...later], 1)
  expect(certain.halt()).toMatchObject({ kind: 'curtailed' })
  const steering = steer(specOf({ ...asked, max_error_rate: '10%' }))
  steering.add([...slow, ...later], 1)
  expect(steering.halt()).toMatchObject({ kind: 'unhealthy' })
})

test('stops nothing once all has been sent, but again in an extra round', () => {
  const given = { requests: 60, rounds: 2, max_error_rate: '10%', slo: ['ttft p95 <= 500ms'] }
  const steering = steer(specOf({ ...given, gate: { max_extra_rounds: 2 } }))
  const mixed = [...ill.slice(0, 20), ...fast.slice(0, 35)]
  steering.add(mixed, 5)
  expect(steering.halt()).toBeUndefined()
  steering.add(fast.slice(35, 40), 0)
  expect(steering.halt()).toBeUndefined()
  const open = steer(specOf({ ...given, gate: { max_extra_rounds: 2 } }))
  open.add(mixed, 4)
  expect(open.halt()).toMatchObject({ kind: 'unhealthy' })
})

test('a run by duration is never all sent', () => {
  const { requests: _, ...rest } = patient
  const steering = steer(specOf({ ...rest, duration: '10s', max_error_rate: '10%' }))
  steering.add(ill, 100_000)
  expect(steering.halt()).toMatchObject({ kind: 'unhealthy' })
})

/** 60 requests of which `bad` are above 500 ms. */
const mix = (bad: number) => completedWith(times(60, (i) => (i < bad ? 900 : 100)))

test('asks for another round while the run is undecided, and counts how often it looked', () => {
  const given = { requests: 60, rounds: 1, slo: ['ttft p90 <= 500ms'] }
  const steering = steer(specOf({ ...given, gate: { max_extra_rounds: 3 } }))
  steering.add(mix(6), 0)
  expect(steering.looks()).toBe(1)
  expect(steering.extend()).toBe(true)
  expect(steering.looks()).toBe(2)
  expect(steering.extend()).toBe(true)
  expect(steering.looks()).toBe(3)
  // Enough good ones decide it, and a look that adds no round does not count.
  for (let i = 0; i < 10; i++) steering.add(mix(0), 0)
  expect(steering.extend()).toBe(false)
  expect(steering.looks()).toBe(3)
})

test.each([
  ['PASS', 0],
  ['FAIL', 60],
])('asks for no round when the run is decided: %s', (_, bad) => {
  const given = { requests: 60, rounds: 1, slo: ['ttft p90 <= 500ms'] }
  const steering = steer(specOf({ ...given, gate: { max_extra_rounds: 3 } }))
  steering.add(mix(bad), 0)
  expect(steering.extend()).toBe(false)
  expect(steering.looks()).toBe(1)
})

test('in an extra round a run may be stopped although as much was sent as was asked for', () => {
  const given = { requests: 60, rounds: 1, max_error_rate: '10%', slo: ['ttft p90 <= 500ms'] }
  const steering = steer(specOf({ ...given, gate: { max_extra_rounds: 3 } }))
  steering.add(mix(6), 0)
  expect(steering.extend()).toBe(true)
  steering.add(ill, 0)
  const halt = steering.halt()
  expect(halt).toMatchObject({ kind: 'unhealthy' })
  // That round was cut off, and the end says so.
  expect(steering.correctEnd(halt as RunEnd)).toBe(halt)
})

test.each<[RunEnd['kind'], RunEnd]>([
  ['curtailed', { kind: 'curtailed' }],
  ['unhealthy', { kind: 'unhealthy', illness: { kind: 'no-connection', requests: 20 } }],
])('a run that was stopped when all had been sent is a finished one: %s', (_, end) => {
  const steering = steer(specOf({ ...patient, requests: 100 }))
  steering.add([completed({ phase: 'warmup', round: -1 }), ...fast.slice(0, 99)], 1)
  expect(steering.correctEnd(end)).toBe(end)
  steering.add(fast.slice(99), 0)
  expect(steering.correctEnd(end)).toEqual({ kind: 'finished' })
})

test.each<[RunEnd['kind'], RunEnd]>([
  ['finished', { kind: 'finished' }],
  ['interrupted', { kind: 'interrupted', reason: 'SIGINT' }],
  ['crashed', { kind: 'crashed', message: 'gone' }],
  ['exhausted', { kind: 'exhausted', shortage: 'EMFILE', limit: 64 }],
])('any other end stands as it is: %s', (_, end) => {
  const steering = steer(specOf({ ...patient, requests: 100 }))
  steering.add(fast, 0)
  expect(steering.correctEnd(end)).toBe(end)
})
