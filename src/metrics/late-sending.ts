import { type GoodputBounds, isOfSchedule, type Metric, type Slo } from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import type { RequestRecord, Records } from '../engine/record.ts'
import { isGood } from './goodput.ts'
import { measure, type RequestMetric, takeTime } from './measure.ts'
import { keepCounted, keepSeen, keepStaying } from './observation.ts'
import { mean, quantile, quantileEach, sampleEach } from './sample.ts'

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
  const delay = quantileEach(
    counted,
    (record) => {
      const own = measure(record, 'dispatch_delay')
      return typeof own === 'number' && record.heldBack !== true ? own : undefined
    },
    0.99,
  )
  const measured = takeFigure(slo, counted, { goodput, failures, countsAsSent: () => false })
  const punctual = takeFigure(slo, counted, { goodput, failures, countsAsSent: couldLeave })
  if (delay === undefined || measured === undefined || punctual === undefined) return undefined
  const change = measured === punctual ? 0 : measured - punctual
  return { below: Math.max(0, change), above: Math.max(0, -change), delay }
}

function couldLeave({ heldBack }: RequestRecord): boolean {
  return heldBack !== true
}

/** The same of a request that was due when it left. */
function unschedule<T extends Metric>(metric: T): T | 'ttft' | 'latency' {
  if (metric === 'scheduled_ttft') return 'ttft'
  return metric === 'scheduled_latency' ? 'latency' : metric
}

interface Taking extends Omit<Measured, 'records'> {
  /** Whether a request is taken as if it had been due when it left. */
  countsAsSent: (record: RequestRecord) => boolean
}

function takeFigure(
  { metric, stat }: Pick<Slo, 'metric' | 'stat'>,
  records: Records,
  { goodput = [], failures, countsAsSent }: Taking,
): number | undefined {
  if (metric === 'goodput') {
    const sent = goodput.map((each) => ({ ...each, metric: unschedule(each.metric) }))
    const good = records.filter((record) => isGood(record, countsAsSent(record) ? sent : goodput))
    return records.length === 0 ? undefined : good.length / records.length
  }
  const ofMean = stat.kind === 'mean'
  const sample = sampleEach(ofMean ? keepStaying(records) : records, (record) => {
    const own = countsAsSent(record) ? unschedule(metric) : metric
    const time = takeTime(record, own as RequestMetric)
    const counts =
      record.outcome !== 'failed' || (failures !== 'exclude' && stat.kind === 'percentile')
    return counts && typeof time === 'number' ? time : undefined
  })
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
