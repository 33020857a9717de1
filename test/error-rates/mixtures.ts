import { autoregressive, memoryOf } from './deviates.ts'
import { normalAbove } from './normal-tail.ts'
import { fromTail, logNormalTail, type Service, toLogNormal } from './service.ts'

const toTime = toLogNormal()

/**
 * A prefix cache: a miss takes 4 times as long. A request misses when a standard normal deviate is
 * among the highest 10 %; a fifth of the variance of that deviate is that of a slow series, or none.
 */
function cache(drifting: boolean): Service {
  const [misses, factor, memory, part, spread] = [0.1, 4, 0.97, 0.2, 0.28]
  const slow = autoregressive(memory)
  const [weight, ownWeight] = [Math.sqrt(part), Math.sqrt(1 - part)]
  const limit = normalAbove(misses)
  const toTime = toLogNormal(spread)
  return fromTail(
    {
      name: `cache hits ${drifting ? 'drifting' : 'independent'}`,
      account:
        'log-normal, σ 0.28; misses, 10 %, take 4 times as long' +
        (drifting ? '; their share drifts and forgets itself in 66 requests' : ''),
      ...(drifting && { parts: { kind: 'spells', countIn: (n) => n / memoryOf(memory) } }),
    },
    (ms) =>
      (1 - misses) * logNormalTail(ms, { spread }) +
      misses * logNormalTail(ms / factor, { spread }),
    ({ normal }, into) => {
      slow(normal, into)
      for (let i = 0; i < into.length; i++) {
        const own = normal()
        const deviate = drifting ? weight * (into[i] ?? 0) + ownWeight * own : own
        into[i] = (deviate > limit ? factor : 1) * toTime(normal())
      }
    },
  )
}

/**
 * Now and then the server stands still, and what is in flight waits: 8 requests that follow each
 * other, of all of them 10 %.
 */
function stalls({
  name,
  account,
  longest,
  whole,
}: {
  name: string
  account: string
  /** ms of a stall. */
  longest: number
  /** Whether each waits for all of it, or for what is left of it, evenly between nothing and all. */
  whole: boolean
}): Service {
  const [inFlight, stalled] = [8, 0.1]
  const begins = 1 - (1 - stalled) ** (1 / inFlight)
  const delayed = (ms: number): number =>
    whole
      ? logNormalTail(ms - longest)
      : average(200, (share) => logNormalTail(ms - share * longest))
  return fromTail(
    {
      name,
      account,
      concurrency: inFlight,
    },
    (ms) => (1 - stalled) * logNormalTail(ms) + stalled * delayed(ms),
    ({ random, normal }, into) => {
      let left = 0
      for (let i = 1 - inFlight; i < into.length; i++) {
        if (random() < begins) left = inFlight
        if (i >= 0) {
          const delay = left > 0 ? (whole ? longest : longest * random()) : 0
          into[i] = toTime(normal()) + delay
        }
        left--
      }
    },
  )
}

/** Slots that now and then go slowly for a while: a connection to a slow replica. */
function stickySlots(): Service {
  const [slots, slow, factor, turns] = [16, 0.08, 2.5, 3]
  const leaves = 1 / turns
  const enters = (leaves * slow) / (1 - slow)
  return fromTail(
    {
      name: 'sticky outliers',
      account: 'of 16 slots 8 % are 2.5 times as slow, for 3 turns in the mean',
      concurrency: slots,
      parts: { kind: 'spells', countIn: (n) => (n * slow) / turns },
    },
    (ms) => (1 - slow) * logNormalTail(ms) + slow * logNormalTail(ms / factor),
    ({ random, normal }, into) => {
      const isSlow = Array.from({ length: slots }, () => random() < slow)
      for (let i = 0; i < into.length; i++) {
        const slot = i % slots
        if (random() < (isSlow[slot] ? leaves : enters)) isSlow[slot] = !isSlow[slot]
        into[i] = (isSlow[slot] ? factor : 1) * toTime(normal())
      }
    },
  )
}

/** ln(time) moves along the run; `shiftAt` a position between 0 and 1. */
function moving(name: string, account: string, shiftAt: (position: number) => number): Service {
  return fromTail(
    { name, account },
    (ms) => average(2000, (position) => logNormalTail(ms / Math.exp(shiftAt(position)))),
    ({ normal }, into) => {
      for (let i = 0; i < into.length; i++) {
        into[i] = toTime(normal()) * Math.exp(shiftAt((i + 0.5) / into.length))
      }
    },
  )
}

/** Requests that others make, from and to much, every 100 requests; a run begins anywhere in it. */
function periodic(): Service {
  const [amplitude, period] = [0.3, 100]
  const shiftAt = (phase: number): number => amplitude * Math.sin(2 * Math.PI * phase)
  return fromTail(
    { name: 'periodic load', account: 'up and down by 30 % every 100 requests' },
    (ms) => average(2000, (phase) => logNormalTail(ms / Math.exp(shiftAt(phase)))),
    ({ random, normal }, into) => {
      const phase = random()
      for (let i = 0; i < into.length; i++) {
        into[i] = toTime(normal()) * Math.exp(shiftAt(phase + i / period))
      }
    },
  )
}

/** Deviate and ms of p50, p95 and p99: nearly log-normal, and each a whole number of ticks. */
const ticked = [
  { deviate: 0, ms: 100 },
  { deviate: normalAbove(0.05), ms: 190 },
  { deviate: normalAbove(0.01), ms: 250 },
] as const

/** Times of a clock that ticks every 10 ms, rounded up, with bounds that are ticks. */
function ties(): Service {
  const tick = 10
  const [p50, p95, p99] = ticked
  const slope = (from: typeof p50 | typeof p95, to: typeof p95 | typeof p99): number =>
    Math.log(to.ms / from.ms) / (to.deviate - from.deviate)
  const [lower, upper] = [slope(p50, p95), slope(p95, p99)]
  const toTime = (deviate: number): number =>
    deviate < p95.deviate
      ? p50.ms * Math.exp(lower * deviate)
      : p95.ms * Math.exp(upper * (deviate - p95.deviate))
  return {
    name: 'ties',
    account: 'times in whole 10 ms, rounded up',
    concurrency: 8,
    // A hair is allowed for the rounding of the deviate. What lies between ticks is above the lower.
    above: (share) => tick * Math.floor((toTime(normalAbove(share)) * (1 + 1e-9)) / tick),
    draw: ({ normal }, into) => {
      for (let i = 0; i < into.length; i++) into[i] = tick * Math.ceil(toTime(normal()) / tick)
    },
  }
}

export const mixtures: readonly Service[] = [
  cache(true),
  cache(false),
  stalls({
    name: 'stalls, 8 in flight',
    account: '10 % of requests wait for what is left of a stall of 50 ms',
    longest: 50,
    whole: false,
  }),
  stalls({
    name: 'long stalls, 8 in flight',
    account: '10 % of requests wait 300 ms more, 8 of them together',
    longest: 300,
    whole: true,
  }),
  stickySlots(),
  moving(
    'warm-up drift',
    'twice as slow at the beginning, and soon no more',
    (position) => Math.LN2 * Math.exp(-10 * position),
  ),
  moving(
    'linear drift',
    'slower by 80 % from beginning to end',
    (position) => 0.6 * (position - 0.5),
  ),
  periodic(),
  ties(),
]

/** Of a function of what is spread evenly between 0 and 1. */
function average(points: number, of: (at: number) => number): number {
  let sum = 0
  for (let i = 0; i < points; i++) sum += of((i + 0.5) / points)
  return sum / points
}
