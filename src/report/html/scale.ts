import { scaleLinear, scaleLog } from 'd3-scale'

import type { Unit } from '../../bench-spec/slo.ts'

export interface Tick {
  value: number
  text: string
}

export interface Scale {
  kind: 'linear' | 'log'
  low: number
  high: number
  /** Place of a value in units of the drawing; what lies outside is put on the edge. */
  place(value: number): number
  ticks: readonly Tick[]
}

/** Where an axis begins and ends, in units of the drawing. */
export type Range = readonly [from: number, to: number]

interface Spread {
  min: number
  median: number
  max: number
}

/** The least time that a logarithmic axis shows, ms. */
const leastTime = 0.01
/** Largest value ÷ median from which an axis is logarithmic, so that a few do not flatten the rest. */
const longTail = 20

/**
 * An axis of times in ms. It is widened to a bound that lies near: the values keep a third of it.
 */
export function scaleTimes(
  spread: Spread,
  range: Range,
  { bounds = [], zero = false }: { bounds?: readonly number[]; zero?: boolean } = {},
): Scale {
  if (spread.max > longTail * spread.median && spread.max > leastTime) {
    return scaleLongTail(spread, range, bounds)
  }
  let { min: low, max: high } = spread
  if (low === high) [low, high] = [low * 0.9, high * 1.1 || 1]
  const widest = (high - low) * 3
  for (const bound of bounds) {
    const span = Math.max(high, bound) - Math.min(low, bound)
    if (span <= widest) [low, high] = [Math.min(low, bound), Math.max(high, bound)]
  }
  if (zero || low < (high - low) / 2) low = 0
  const scale = scaleLinear([low, high], [...range])
    .nice(4)
    .clamp(true)
  const [from = low, to = high] = scale.domain()
  return {
    kind: 'linear',
    low: from,
    high: to,
    place: scale,
    ticks: scale.ticks(4).map((value) => ({ value, text: tickText(value, to) })),
  }
}

function scaleLongTail({ min, max }: Spread, range: Range, bounds: readonly number[]): Scale {
  const near = bounds.filter((bound) => bound >= min / 10 && bound <= max * 10)
  const least = Math.max(leastTime, Math.min(min, ...near))
  const scale = scaleLog([least, Math.max(max, ...near)], [...range])
    .nice()
    .clamp(true)
  const [from = least, to = max] = scale.domain()
  const decades = Math.log10(to / from)
  const steps = decades > 3 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 5]
  const ticks = scale.ticks().filter((value) => steps.includes(leadingDigit(value)))
  return {
    kind: 'log',
    low: from,
    high: to,
    place: (value) => scale(Math.max(value, from)),
    ticks: ticks.map((value) => ({ value, text: tickText(value, value) })),
  }
}

function leadingDigit(value: number): number {
  return Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9))
}

/** In seconds where the axis reaches two of them. */
function tickText(ms: number, largest: number): string {
  return largest >= 2000 || ms >= 1000
    ? `${Number((ms / 1000).toPrecision(6))}s`
    : `${Number(ms.toPrecision(6))}ms`
}

/** An axis of counts from 0, with whole numbers. */
export function scaleCounts(max: number, range: Range): Scale {
  const scale = scaleLinear([0, Math.max(1, max)], [...range]).nice(4)
  const [low = 0, high = max] = scale.domain()
  const ticks = scale.ticks(4).filter((value) => Number.isInteger(value))
  return {
    kind: 'linear',
    low,
    high,
    place: scale,
    ticks: ticks.map((value) => ({ value, text: String(value) })),
  }
}

/** An axis of shares from 0 to 1. */
export function scaleShares(range: Range): Scale {
  return {
    kind: 'linear',
    low: 0,
    high: 1,
    place: scaleLinear([0, 1], [...range]).clamp(true),
    ticks: [0, 0.25, 0.5, 0.75, 1].map((value) => ({ value, text: `${value * 100}%` })),
  }
}

/** An axis of changes: ratios − 1, or differences of shares; all the given ones lie within. */
export function scaleChanges(changes: readonly number[], range: Range, unit: Unit): Scale {
  const [least, most] = [Math.min(...changes), Math.max(...changes)]
  const pad = (most - least) * 0.1 || 0.01
  const scale = scaleLinear([least - pad, most + pad], [...range])
    .nice(5)
    .clamp(true)
  const [low = least, high = most] = scale.domain()
  const sign = unit === 'share' ? 'pp' : '%'
  return {
    kind: 'linear',
    low,
    high,
    place: scale,
    ticks: scale.ticks(5).map((value) => {
      const percent = Number((value * 100).toPrecision(6))
      return { value, text: `${percent > 0 ? '+' : ''}${percent}${sign}` }
    }),
  }
}

/** An axis of percentiles on which each nine takes the same room; `p` from 0 to `most` < 1. */
export function scalePercentiles(most: number, range: Range): Scale {
  const nines = (p: number): number => -Math.log10(1 - Math.min(p, most))
  const scale = scaleLinear([0, nines(most)], [...range])
  const named = [0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999].filter((p) => p <= most)
  return {
    kind: 'log',
    low: 0,
    high: most,
    place: (p) => scale(nines(p)),
    ticks: named.map((value) => ({
      value,
      text: value === 0 ? 'min' : `p${Number((value * 100).toFixed(2))}`,
    })),
  }
}

/** An axis of plain numbers. */
export function scaleValues(low: number, high: number, range: Range): (value: number) => number {
  return scaleLinear([low, low === high ? low + 1 : high], [...range]).clamp(true)
}

/** An axis of rates from 0. */
export function scaleRates(max: number, range: Range): Scale {
  const scale = scaleLinear([0, max > 0 ? max : 1], [...range]).nice(4)
  const [low = 0, high = max] = scale.domain()
  return {
    kind: 'linear',
    low,
    high,
    place: scale.clamp(true),
    ticks: scale.ticks(4).map((value) => ({ value, text: String(Number(value.toPrecision(6))) })),
  }
}

/** Largest value ÷ smallest from which values that were chosen are drawn on a logarithmic axis. */
const wideSpan = 8

/**
 * An axis of values that were chosen, with a tick at each as far as its text has room: by their
 * numbers, or one after the other where one of them is none. The value of a tick is its number or its
 * place in the list.
 */
export function scaleChosen(
  chosen: readonly { text: string; number: number | null }[],
  range: Range,
): Scale & { placeAt(index: number): number } {
  const numbers = chosen.map(({ number }) => number)
  const known = numbers.every((number) => number !== null) ? numbers : [...chosen.keys()]
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const isWide = known === numbers && low > 0 && high / low >= wideSpan
  const scale = isWide ? scaleLog([low, high], [...range]) : scaleLinear([low, high], [...range])
  const ticks = chosen.map(({ text }, index) => ({ value: known[index] ?? 0, text }))
  return {
    kind: isWide ? 'log' : 'linear',
    low,
    high,
    place: (value) => scale(value),
    placeAt: (index) => scale(known[index] ?? 0),
    ticks: spread(ticks, scale),
  }
}

/** The first, the last, and of the others those whose texts have room. */
function spread(ticks: readonly Tick[], place: (value: number) => number): Tick[] {
  const [last, ...others] = ticks.toReversed()
  const kept: Tick[] = []
  const fits = (tick: Tick): boolean =>
    kept.every(
      (other) =>
        Math.abs(place(other.value) - place(tick.value)) >=
        3.3 * (other.text.length + tick.text.length) + 8,
    )
  for (const tick of [...(last === undefined ? [] : [last]), ...others.toReversed()]) {
    if (fits(tick)) kept.push(tick)
  }
  return kept
}
