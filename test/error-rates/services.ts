import { autoregressive, independent, inGroups, memoryOf, partOf } from './deviates.ts'
import { mixtures } from './mixtures.ts'
import { fromDeviates, type Service, sigma, toLogNormal, toPareto } from './service.ts'

function lucky(luck: number, spells: 5 | 10, likeness = 0): Service {
  const [word, which] = spells === 5 ? ['fifth', 'fifths'] : ['tenth', 'tenths']
  return fromDeviates(
    {
      name:
        likeness === 0 ? `luck ${luck} by ${which}` : `luck ${luck} by ${which}, AR ${likeness}`,
      account:
        `each ${word} of the run is slower or faster as a whole, σ ${luck}` +
        (likeness === 0 ? '' : '; requests resemble the one before'),
      parts: { kind: 'spells', countIn: () => spells },
    },
    inGroups({
      sizeIn: (n) => n / spells,
      part: partOf(luck, sigma),
      own: likeness === 0 ? independent : autoregressive(likeness),
    }),
    toLogNormal(Math.hypot(luck, sigma)),
  )
}

function waves(size: number): Service {
  return fromDeviates(
    {
      name: `waves of ${size}`,
      account: `${size} requests share half of their variance: σ 0.3 of the wave, 0.3 of each`,
      concurrency: size,
      parts: { kind: 'waves', countIn: (n) => n / size },
    },
    inGroups({ sizeIn: () => size, part: partOf(0.3, 0.3) }),
    toLogNormal(Math.hypot(0.3, 0.3)),
  )
}

/** What servers do, each exactly at the bound of what is asked. */
export const services: readonly Service[] = [
  fromDeviates({ name: 'independent', account: 'log-normal, σ 0.4' }, independent),
  ...[0.5, 0.9].map((likeness) =>
    fromDeviates(
      {
        name: `AR ${likeness}`,
        account: `each request resembles the one before by ${likeness}`,
        parts: { kind: 'spells', countIn: (n) => n / memoryOf(likeness) },
      },
      autoregressive(likeness),
    ),
  ),
  lucky(0.1, 5),
  lucky(0.2, 5),
  lucky(0.2, 5, 0.5),
  lucky(0.2, 10),
  ...[8, 32, 64].map(waves),
  fromDeviates(
    {
      name: 'waves of 8, AR 0.5',
      account: 'as waves of 8, and each wave resembles the one before by 0.5',
      parts: { kind: 'waves', countIn: (n) => n / (8 * memoryOf(0.5)) },
    },
    inGroups({ sizeIn: () => 8, part: partOf(0.3, 0.3), groups: autoregressive(0.5) }),
    toLogNormal(Math.hypot(0.3, 0.3)),
  ),
  fromDeviates(
    { name: 'Pareto 1.5', account: 'a heavy tail: no variance' },
    independent,
    toPareto(1.5),
  ),
  fromDeviates(
    {
      name: 'Pareto 1.5, AR 0.5',
      account: 'the same, each request resembling the one before',
      parts: { kind: 'spells', countIn: (n) => n / memoryOf(0.5) },
    },
    autoregressive(0.5),
    toPareto(1.5),
  ),
  ...mixtures,
]
