import { expect, test } from 'vitest'

import { createChooser, type SelectionOption } from '../../src/mock/fault/selection.ts'
import { parseOptions } from '../../src/mock/options/options.ts'
import type { Phase } from '../../src/mock/plan/phase.ts'

interface Asked {
  key: string
  phase?: Phase
  body?: string
}

/** For each request the position of the fault that strikes it; `undefined`: none. */
function strike(whens: readonly SelectionOption[], asked: readonly Asked[]): unknown[] {
  const faults = whens.map((when) => ({ kind: 'bom' as const, when }))
  const chosen = parseOptions({ faults }).faults
  const chooser = createChooser(chosen, 1)
  return asked.map(({ key, phase = 'measured', body = '' }) => {
    const fault = chooser.choose({ key, phase }, body)
    return fault === undefined ? undefined : chosen.indexOf(fault)
  })
}

const requests = (count: number): Asked[] =>
  Array.from({ length: count }, (_, index) => ({ key: String(index + 1) }))

/** Numbers of the requests that are struck, from 1. */
const struck = (when: SelectionOption, asked: readonly Asked[] = requests(12)): number[] =>
  strike([when], asked).flatMap((fault, index) => (fault === 0 ? [index + 1] : []))

test.each<[SelectionOption, number[]]>([
  [{}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
  [{ nth: [3, 9] }, [3, 9]],
  [{ every: 5 }, [5, 10]],
  [{ first: 2 }, [1, 2]],
  [{ once: true }, [1]],
  [{ every: 3, first: 7 }, [3, 6]],
  [{ every: 4, once: true }, [4]],
  [{ rate: 0 }, []],
  [{ rate: 1 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
])('strikes the requests that satisfy every condition: %j', (when, expected) => {
  expect(struck(when)).toEqual(expected)
})

const keysStruck = (when: SelectionOption, asked: readonly Asked[]): string[] =>
  struck(when, asked)
    .map((number) => asked[number - 1]!.key)
    .toSorted()

test('decides by rate from the key alone, whatever the order', () => {
  const asked = requests(1000)
  const keys = keysStruck({ rate: 0.2 }, asked)
  // Four standard deviations of a binomial.
  expect(Math.abs(keys.length - 200)).toBeLessThan(51)
  expect(keysStruck({ rate: 0.2 }, asked.toReversed())).toEqual(keys)
})

test('strikes in runs: so many of all, so many in a row', () => {
  const requested = { share: 0.2, length: 5 }
  const n = 20_000
  const hits = struck({ bursts: requested }, requests(n))
  const runs = hits.filter((number, index) => number - 1 !== hits[index - 1]).length
  // A chain counts 2L(1 − q) − 1 of its requests as one; four standard errors of each.
  expect(Math.abs(hits.length / n - 0.2)).toBeLessThan(4 * Math.sqrt((0.16 * 7) / n))
  expect(Math.abs(hits.length / runs - 5)).toBeLessThan(4 * Math.sqrt(20 / runs))
  expect(struck({ bursts: requested }, requests(n))).toEqual(hits)
})

test('two faults have bursts of their own, which other conditions do not shift', () => {
  const bursts = { share: 0.3, length: 4 }
  const asked = requests(400)
  const first = struck({ bursts }, asked)
  const later = strike([{ nth: [401] }, { bursts }], asked)
  expect(later.flatMap((fault, index) => (fault === 1 ? [index + 1] : []))).not.toEqual(first)
  const even = first.filter((number) => number % 2 === 0)
  expect(struck({ bursts, every: 2 }, asked)).toEqual(even)
})

test('counts only the requests that match, by value at a path of the body', () => {
  const bodies = ['{"user":"a"}', '{"user":"b"}', 'no JSON', '{"user":"b"}', '{"user":"b"}', '{}']
  const asked = bodies.map((body, index) => ({ key: String(index), body }))
  expect(struck({ match: { user: '^b$' } }, asked)).toEqual([2, 4, 5])
  expect(struck({ match: { user: '^b$' }, nth: [2] }, asked)).toEqual([4])
  const nested = [{ key: '1', body: '{"messages":[{"content":"hi"}],"n":12,"stream":true}' }]
  expect(struck({ match: { 'messages.0.content': 'h', n: '^12$' } }, nested)).toEqual([1])
  expect(struck({ match: { 'messages.1.content': '.', n: '^12$' } }, nested)).toEqual([])
  expect(struck({ match: { 'messages.length': '.' } }, [{ key: '1', body: '{}' }])).toEqual([])
})

test('leaves warm-up requests alone and does not count them, unless it is told to', () => {
  const asked = requests(6).map((request, index) => ({
    ...request,
    phase: index < 3 ? ('warmup' as const) : ('measured' as const),
  }))
  expect(struck({ nth: [1] }, asked)).toEqual([4])
  expect(struck({ nth: [1], warmup: true }, asked)).toEqual([1])
  const gauged = asked.map((request, index) => ({
    ...request,
    phase: index < 3 ? ('gauge' as const) : request.phase,
  }))
  expect(struck({ nth: [1] }, gauged)).toEqual([4])
})

test('takes the first of several faults that are due, and counts for each of them', () => {
  const chosen = strike([{ nth: [2] }, { every: 2 }, { once: true }], requests(5))
  expect(chosen).toEqual([2, 0, undefined, 1, undefined])
})

test('counts from 1 again after a reset', () => {
  const { faults } = parseOptions({ faults: [{ kind: 'bom', when: { nth: [1] } }] })
  const chooser = createChooser(faults, 1)
  const ask = (): unknown => chooser.choose({ key: 'k', phase: null }, '')?.kind
  expect([ask(), ask()]).toEqual(['bom', undefined])
  chooser.reset()
  expect(ask()).toBe('bom')
})

test('has the same bursts again after a reset', () => {
  const when = { bursts: { share: 0.5, length: 3 } }
  const { faults } = parseOptions({ faults: [{ kind: 'bom', when }] })
  const chooser = createChooser(faults, 1)
  const ask = (): unknown[] =>
    requests(50).map(({ key }) => chooser.choose({ key, phase: null }, '')?.kind)
  const before = ask()
  chooser.reset()
  expect(ask()).toEqual(before)
})
