import { expect, test } from 'vitest'

import {
  groupRecords,
  keepRecords,
  pickRecords,
  shiftRecord,
  tickRecord,
} from '../../src/engine/packed-records.ts'
import type { Records, RequestRecord } from '../../src/engine/record.ts'
import { createRandom } from '../verdict/random.ts'

const origin = 5_123_456.7891234

/** Whole ticks after the origin, as the clock would have them. */
function instantOf(random: () => number, span = 400_000): number {
  return origin + Math.round(random() * span * 10_000) / 10_000
}

const marks = [
  'dispatched',
  'headers',
  'firstByte',
  'firstEvent',
  'firstContent',
  'firstToken',
  'firstOutput',
  'lastToken',
  'completed',
  'lastByte',
] as const

/** Any record there may be, hostile counts of a server and all. */
function anyRecord(random: () => number, index: number): RequestRecord {
  const pick = <T>(...from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const some = <T>(value: T): T | undefined => (random() < 0.7 ? value : undefined)
  const record = {
    index,
    row: some(Math.floor(random() * 70_000)),
    target: pick('candidate', 'baseline'),
    phase: pick('warmup', 'measured'),
    round: pick(-1, 0, 1, 299),
    slot: Math.floor(random() * 2048),
    marks: {
      scheduled: instantOf(random),
      called: instantOf(random),
      ended: instantOf(random),
      ...Object.fromEntries(
        marks.filter(() => random() < 0.7).map((mark) => [mark, instantOf(random)]),
      ),
    },
    tokenTimes: Float64Array.from({ length: Math.floor(random() * 9) }, () => instantOf(random)),
    status: some(pick(200, 404, 599)),
    events: pick(0, 1, 254, 255, 256, 65_535, 70_000),
    reads: pick(0, 1, 7),
    bytes: pick(0, 812, 2 ** 31, 2 ** 33),
    promptTokens: some(pick(9, 0.5, 1e300, -3, 2 ** 53)),
    completionTokens: some(pick(0, 4, 4_294_967_295)),
    reused: random() < 0.5,
    replaced: pick(undefined, 'unsent', 'resent'),
    dialect: some(pick('openai-chat', 'raw')),
    output: some(`${random()}`),
    eventNames: some([{ name: 'message', count: index }]),
    missingOutput: some({ at: 'data', keys: ['a', 'b'] }),
    outcome: pick('completed', 'failed', 'cancelled'),
  }
  const known = Object.entries(record).filter(([, value]) => value !== undefined)
  const failure = { kind: 'reset', message: `reset ${index % 3}` }
  return {
    ...Object.fromEntries(known),
    ...(record.outcome === 'failed' && { failure }),
  } as unknown as RequestRecord
}

/** Fields by name, whether the record has them of its own or finds them elsewhere. */
function plain(record: RequestRecord): unknown {
  return 'toJSON' in record && typeof record.toJSON === 'function' ? record.toJSON() : record
}

function round(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toFixed(6))
  if (value instanceof Float64Array) return Array.from(value, round)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(round)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, round(each)]))
}

test('records that were packed have every field that they had, whatever stands in it', () => {
  const random = createRandom(7)
  const given = Array.from({ length: 4200 }, (_, index) => anyRecord(random, index))
  const kept = keepRecords(700)
  kept.start(origin)
  for (let from = 0; from < given.length; from += 700) kept.add(given.slice(from, from + 700))
  expect(kept.records).toHaveLength(given.length)
  expect(kept.records.map((record) => round(plain(record)))).toEqual(given.map(round))
  expect(kept.records.at(0)?.marks.ended).toBeCloseTo(given[0]?.marks.ended ?? 0, 4)
  expect(kept.records.at(0)).not.toBe(given[0])
})

test('many records are gone through as an array of them is, and so is a part of them', () => {
  const random = createRandom(11)
  const given = Array.from({ length: 3000 }, (_, index) => anyRecord(random, index))
  const kept = keepRecords(0)
  kept.add(given)
  const positions = Uint32Array.of(7, 3, 2999, 3)
  const [own, other] = [kept.records, given].map((all: Records) => {
    const failed = all.filter(({ outcome }) => outcome === 'failed')
    const again = failed.filter(({ index }) => index % 3 > 0)
    const lists = [all, failed, again, pickRecords(again, Uint32Array.of(5, 1, 4))]
    const groups = groupRecords(failed, ({ index }) => index % 3)
    const ends = [all.filter(({ index }) => index > 5), all.filter(({ index }) => index < 2990)]
    const none = all.filter(({ index }) => index < 0)
    const more = [...ends, none, ...groups.values()]
    return [...lists, ...more, pickRecords(all, positions)].map((records) => ({
      length: records.length,
      indexes: Array.from(records, ({ index }) => index),
      places: records.map(({ index }, position) => [index, position]),
      flat: records.flatMap(({ index, outcome }) => (outcome === 'completed' ? [] : [index])),
      told: tellEach(records),
      sum: records.reduce((sum, { events }) => sum + events, 0),
      ends: [records.at(0)?.index, records.at(2)?.index, records.at(records.length)],
      found: records.find(({ index }) => index > 1500)?.index,
      some: [records.some(({ index }) => index === 2999), records.some(({ index }) => index < 0)],
      every: [1, 2].map((step) => records.every(({ index }) => index % step === 0)),
    }))
  })
  expect(own).toEqual(other)
})

function tellEach(records: Records): [number, number][] {
  const told: [number, number][] = []
  records.forEach(({ index }, position) => told.push([index, position]))
  return told
}

test('who goes through many records while somebody does disturbs nobody', () => {
  const kept = keepRecords(0)
  kept.add(Array.from({ length: 2048 }, (_, index) => anyRecord(createRandom(index), index)))
  const { records } = kept
  const few = records.filter(({ index }) => index % 500 === 3)
  const seen: number[] = []
  few.forEach((record) => {
    const before = record.index
    seen.push(records.filter(({ index }) => index <= before).length)
    expect(record.index).toBe(before)
  })
  expect(seen).toEqual([4, 504, 1004, 1504, 2004])
  const found = records.find(({ index }) => index === 7)
  expect(records.some(({ index }) => index === 2000)).toBe(true)
  expect(found?.index).toBe(7)
})

test('a few records stay as they are', () => {
  const kept = keepRecords()
  const given = Array.from({ length: 100 }, (_, index) => anyRecord(createRandom(index), index))
  kept.add(given)
  expect(kept.records.map((record, place) => record === given[place])).not.toContain(false)
})

test('packed or not, a record on the clock of the file has the same digits', () => {
  const random = createRandom(3)
  // Between two ticks, where rounding has a choice.
  const given = Array.from({ length: 4096 }, (_, index) => {
    const at = instantOf(random, 90_000) + random() / 10_000
    return { ...anyRecord(random, index), marks: { scheduled: at, called: at, ended: at } }
  })
  const kept = keepRecords(0)
  kept.start(origin)
  kept.add(given)
  const ticked = (record: RequestRecord): RequestRecord => tickRecord(record, origin)
  expect(kept.records.map(ticked).map(plain)).toEqual(given.map(ticked))
})

function shifted(record: RequestRecord, place: number): RequestRecord {
  return shiftRecord(record, place % 2 === 0 ? 100 : -3.5)
}

test('a packed record moves to another clock as another one does', () => {
  const random = createRandom(5)
  const given = Array.from({ length: 4096 }, (_, index) => anyRecord(random, index))
  const kept = keepRecords(0)
  kept.start(origin)
  kept.add(given)
  expect(kept.records.map(shifted).map(plain).map(round)).toEqual(given.map(shifted).map(round))
})

test('as JSON, a packed record is what it was', () => {
  const random = createRandom(9)
  const given = Array.from({ length: 4096 }, (_, index) => anyRecord(random, index))
  const kept = keepRecords(0)
  kept.start(origin)
  kept.add(given)
  const back = JSON.parse(JSON.stringify(kept.records.at(17))) as unknown
  expect(round(back)).toEqual(round(JSON.parse(JSON.stringify(given[17]))))
})
