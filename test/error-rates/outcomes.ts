import type { RequestRecord } from '../../src/engine/record.ts'
import { slo } from '../metrics/slos.ts'
import type { Experiment, Place } from './experiment.ts'
import { planFailures, planRequests } from './requests.ts'

/** Mean length of a burst of failures; 1: failures are independent. */
const lengths = [1, 5] as const

const floors = [
  { asked: '99 %', q: 0.01 },
  { asked: '95 %', q: 0.05 },
] as const

const places: readonly { place: Place; sizes: readonly number[]; shareOf(q: number): number }[] = [
  { place: 'bound', sizes: [300, 500, 1000, 3000], shareOf: (q) => q },
  { place: 'q / 2', sizes: [1000], shareOf: (q) => q / 2 },
  { place: '4q', sizes: [1000], shareOf: (q) => 4 * q },
  { place: '30 %', sizes: [100], shareOf: () => 0.3 },
]

export const outcomes: readonly Experiment[] = lengths.flatMap((length) => {
  const service = length === 1 ? 'failures singly' : `failures in bursts of ${length}`
  return floors.flatMap(({ asked, q }) =>
    places.flatMap(({ place, sizes, shareOf }) =>
      sizes.map((n): Experiment => ({
        name: `success_rate ${asked} (${place}), ${service}, ${n} requests`,
        subject: 'success_rate',
        service,
        parts: length === 1 ? undefined : { kind: 'spells', countIn: (n) => (n * q) / length },
        n,
        concurrency: 8,
        questions: [{ asked, place, slo: slo(`success_rate >= ${1 - q}`, { level: 'warn' }) }],
        prepare: ({ random }) => prepareBursts(random, { n, length, share: shareOf(q) }),
      })),
    ),
  )
})

/**
 * A Markov chain of good and bad requests: a bad one is followed by a bad one with 1 − 1 ÷ length,
 * which makes for a design effect of about 2 · length − 1.
 */
function prepareBursts(
  random: () => number,
  { n, length, share }: { n: number; length: number; share: number },
): () => readonly RequestRecord[] {
  const plan = { requests: n, concurrency: 8, events: 1 }
  const [good, bad] = [planRequests(plan), planFailures(plan)]
  const enters = length === 1 ? share : share / (length * (1 - share))
  const stays = length === 1 ? share : 1 - 1 / length
  return () => {
    let fails = random() < share
    return good.map((record, i) => {
      const found = fails ? (bad[i] ?? record) : record
      fails = random() < (fails ? stays : enters)
      return found
    })
  }
}
