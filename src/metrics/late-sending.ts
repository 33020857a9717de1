import { type GoodputBounds, isOfSchedule, type Slo } from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import type { RequestRecord, Records } from '../engine/record.ts'
import { isGood } from './goodput.ts'
import { measure, type RequestMetric, takeTime } from './measure.ts'
import { keepCounted, keepSeen, keepStaying } from './observation.ts'
import { mean, quantile, toSample } from './sample.ts'

/** What the client's own delay before sending makes of a figure. */
export interface LateSending {
  /** How far below and above what was measured it would be without, in the unit of the metric. */
  below: number
  above: number
  /** That delay, p99 in ms. */
  delay: number
}

interface Measured {
  records: Records
  goodput?: GoodputBounds | undefined
  /** How failed requests count in a percentile; as infinitely slow by default. */
  failures?: Gate['failures'] | undefined
}

/**
 * What counts from the instant at which a request was due has two delays in it: that of requests that
 * were held back, which is the load's, and that of those that could have left, which is the client's
 * own and is taken off here. `undefined`: the figure does not count from there.
 */
export function measureLateSending(
  slo: Pick<Slo, 'metric' | 'stat'>,
  { records, goodput, failures }: Measured,
): LateSending | undefined {
  const bounded = slo.metric === 'goodput' && goodput?.some(({ metric }) => isOfSchedule(metric))
  if (!isOfSchedule(slo.metric) && bounded !== true) return undefined
  const counted = keepSeen(keepCounted(records), slo.metric)
  const delays = toSample(
    counted.flatMap((record) => {
      const delay = measure(record, 'dispatch_delay')
      return typeof delay === 'number' && record.heldBack !== true ? [delay] : []
    }),
  )
  const measured = takeFigure(slo, counted, { goodput, failures })
  const punctual = takeFigure(slo, counted.map(sendInTime), { goodput, failures })
  if (delays === undefined || measured === undefined || punctual === undefined) return undefined
  const change = measured === punctual ? 0 : measured - punctual
  return { below: Math.max(0, change), above: Math.max(0, -change), delay: quantile(delays, 0.99) }
}

/** As if it had been due when it left. */
function sendInTime(record: RequestRecord): RequestRecord {
  const { marks, heldBack } = record
  if (heldBack === true || marks.dispatched === undefined) return record
  return { ...record, marks: { ...marks, scheduled: marks.dispatched } }
}

function takeFigure(
  { metric, stat }: Pick<Slo, 'metric' | 'stat'>,
  records: Records,
  { goodput = [], failures }: Omit<Measured, 'records'>,
): number | undefined {
  if (metric === 'goodput') {
    const good = records.filter((record) => isGood(record, goodput)).length
    return records.length === 0 ? undefined : good / records.length
  }
  const times: number[] = []
  const ofMean = stat.kind === 'mean'
  for (const record of ofMean ? keepStaying(records) : records) {
    const time = takeTime(record, metric as RequestMetric)
    const counts =
      record.outcome !== 'failed' || (failures !== 'exclude' && stat.kind === 'percentile')
    if (counts && typeof time === 'number') times.push(time)
  }
  const sample = toSample(times)
  if (sample === undefined) return undefined
  switch (stat.kind) {
    case 'percentile':
      return quantile(sample, stat.p / 100)
    case 'min':
      return sample[0]
    case 'max':
      return quantile(sample, 1)
    default:
      return mean(sample)
  }
}
