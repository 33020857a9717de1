import { formatCount } from '../units.ts'

/** The words of the drawings and tables that other pages show too, in one language. */
export interface ChartWords {
  histogramOf(metric: string): string
  percentilesOf(metric: string): string
  /** `98 values`. */
  values(count: number): string
  /** A bar: `10ms to 20ms: 7`. */
  bar(from: string, to: string, count: string): string
  /** `98 values from 1ms to 90ms.`, and where most of them lie. */
  spread(values: string, from: string, to: string): string
  peak(count: string, from: string, to: string): string
  histogramCaption(values: string, bins: number): string
  failedHaveNone(count: number): string
  logarithmic: string
  percentilesCaption(count: string): string
  failedAreShaded: string
  tooFew: string
  radarTitle: string
  radarCaption: string
  radarTable: string
  reached: string
  target: string
  sides: Readonly<
    Record<'throughput' | 'responseTime' | 'success' | 'concurrency' | 'stability', string>
  >
  heldAsAsked: string
  latencyMean: string
  tailToMedian: string
  ratingsCaption: string
  /** Heads of the table of ratings, without the first. */
  ratingsHead: readonly [value: string, steps: string, grade: string]
  rated: Readonly<Record<'throughput' | 'latency' | 'stability' | 'overall', string>>
  mean: string
  orLess: string
  succeeded: string
  /** `85 of 100`. */
  points(points: number): string
  meanOfPoints: string
  nothingRated: string
}

export const englishCharts: ChartWords = {
  histogramOf: (metric) => `Histogram of ${metric}`,
  percentilesOf: (metric) => `Percentiles of ${metric}`,
  values: (count) => `${formatCount(count)} ${count === 1 ? 'value' : 'values'}`,
  bar: (from, to, count) => `${from} to ${to}: ${count}`,
  spread: (values, from, to) => `${values} from ${from} to ${to}`,
  peak: (count, from, to) => `, most of them (${count}) between ${from} and ${to}.`,
  histogramCaption: (values, bins) => `Histogram: ${values} in ${bins} bins`,
  failedHaveNone: (count) =>
    `; ${formatCount(count)} failed ${count === 1 ? 'request has' : 'requests have'} none`,
  logarithmic: '; logarithmic axis',
  percentilesCaption: (count) => `Percentiles of ${count}`,
  failedAreShaded: '; shaded: failed requests',
  tooFew: ' (too few values for this percentile)',
  radarTitle: 'Radar of five sides',
  radarCaption: '100, the outer ring, is at the target or better',
  radarTable: 'The radar as a table: 100 is at the target or better',
  reached: 'reached',
  target: 'target',
  sides: {
    throughput: 'throughput',
    responseTime: 'response time',
    success: 'success',
    concurrency: 'concurrency',
    stability: 'stability',
  },
  heldAsAsked: 'held as asked',
  latencyMean: 'latency mean <= 500ms',
  tailToMedian: 'latency p95 at most twice p50',
  ratingsCaption: 'Ratings: A+ is 95 points, A 85, B 75, C 65, D 50',
  ratingsHead: ['value', 'A+, A, B, C from', 'grade'],
  rated: {
    throughput: 'throughput',
    latency: 'latency',
    stability: 'stability',
    overall: 'overall',
  },
  mean: 'mean',
  orLess: 'or less',
  succeeded: 'succeeded',
  points: (points) => `${points} of 100`,
  meanOfPoints: 'mean of the points',
  nothingRated: 'Nothing was measured that could be rated.',
}
