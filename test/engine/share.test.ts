import { expect, test } from 'vitest'

import { orderRows } from '../../src/bench-spec/row-order.ts'
import type { Load } from '../../src/bench-spec/spec.ts'
import { createSchedule, type Ticket } from '../../src/engine/schedule.ts'
import { dealTo } from '../../src/engine/share.ts'

function sharesOf(processes: number) {
  return Array.from({ length: processes }, (_, index) => ({ index, of: processes }))
}

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b)
}

function countUp(length: number): number[] {
  return Array.from({ length }, (_, number) => number)
}

test.each([1, 2, 3, 4, 5])('deals each number once to one of %i processes', (processes) => {
  for (const slots of [5, 6, 7, 12, 64]) {
    for (let total = 0; total <= 40; total++) {
      const dealt = sharesOf(processes).map((share) => {
        const deal = dealTo(share, slots)
        return countUp(deal.count(total)).map((nth) => deal.number(nth))
      })
      expect(dealt.every((own) => own.every((number, i) => number > (own[i - 1] ?? -1)))).toBe(true)
      expect(ascending(dealt.flat())).toEqual(countUp(total))
    }
  }
})

test('gives process k of P every P-th slot and request where its slots divide evenly', () => {
  const deal = dealTo({ index: 1, of: 3 }, 6)
  expect(countUp(5).map((nth) => deal.number(nth))).toEqual([1, 4, 7, 10, 13])
})

test('gives each slot as many requests as any other, however the slots are divided', () => {
  const waves = 10
  const perSlot = sharesOf(3).map((share) => {
    const deal = dealTo(share, 4)
    return deal.count(4 * waves) / deal.count(4)
  })
  expect(perSlot).toEqual([waves, waves, waves])
})

test('has no end of an endless load', () => {
  expect(dealTo({ index: 2, of: 3 }, 4).count(Infinity)).toBe(Infinity)
})

const load: Load = {
  kind: 'closed',
  concurrency: 5,
  requests: 23,
  warmup: 7,
  rounds: 4,
  seed: 9,
  shuffle: true,
}

/** What each process takes, as long as there is something, extended by the rounds. */
function takeAll(processes: number, asked: Load, extraRounds: number): Ticket[] {
  return sharesOf(processes).flatMap((share) => {
    const schedule = createSchedule(asked, extraRounds, share)
    const taken: Ticket[] = []
    for (let rounds = 0; ;) {
      const ticket = schedule.take(0, 0)
      if (typeof ticket !== 'object') return taken
      if (schedule.isOpen()) {
        rounds++
        schedule.extend()
        if (rounds > extraRounds) throw new Error('more rounds than there are')
      } else {
        taken.push(ticket)
      }
    }
  })
}

/** The requests of a phase in the order of their numbers, with the row that each takes. */
function listSent(tickets: readonly Ticket[], phase: Ticket['phase']) {
  const order = orderRows(11, load)
  return tickets
    .filter((ticket) => ticket.phase === phase)
    .toSorted((a, b) => a.index - b.index)
    .map((ticket) => ({ ...ticket, row: order(ticket) }))
}

test.each([2, 3, 4, 5])(
  'sends the same requests with the same rows in the same rounds from %i processes as from one',
  (processes) => {
    const alone = takeAll(1, load, 2)
    const together = takeAll(processes, load, 2)
    expect(listSent(alone, 'measured')).toHaveLength(23 + 2 * 6)
    expect(listSent(together, 'measured')).toEqual(listSent(alone, 'measured'))
    expect(listSent(together, 'warmup')).toEqual(listSent(alone, 'warmup'))
  },
)

test('numbers the requests of an added round alike in all processes, however many a duration let through', () => {
  const schedules = sharesOf(2).map((share) =>
    createSchedule({ ...load, warmup: 0, requests: 20, duration: 100, rounds: 2 }, 1, share),
  )
  const taken = schedules.flatMap((schedule, process) => {
    // The one is slower than the other.
    for (let i = 0; i < 4 + process; i++) schedule.take(0, 0)
    schedule.take(100, 0)
    schedule.extend()
    return countUp(10).flatMap(() => {
      const ticket = schedule.take(200, 0)
      return typeof ticket === 'object' ? [ticket] : []
    })
  })
  const added = taken.filter(({ phase }) => phase === 'measured')
  expect(ascending(added.map(({ index }) => index))).toEqual(countUp(10).map((i) => 20 + i))
  expect(new Set(added.map(({ round }) => round))).toEqual(new Set([2]))
})
