import type { Clock } from '../latency/monotonic-clock.ts'
import { readSample, type Sample } from './answer-sample.ts'
import { createHistogram, type Histogram } from './histogram.ts'
import type { Truth, TruthRecord } from './truth.ts'

/** What came of the requests that have ended since the start or the last reset. */
export interface Statistics {
  /** ms of the clock at the start or the last reset. */
  sinceMs: number
  /** Answers played to their end. */
  successful: number
  failed: number
  /** Failures by outcome: `rejected`, `client_aborted`; of errors by status: `http_400`. */
  failures: Record<string, number>
  /** Tokens of the successful. */
  promptTokens: number
  completionTokens: number
  /** The latest 100 successful. */
  latest: Sample[]
  /** Latencies of the successful in ms. */
  latencies: Histogram
}

const windowSize = 100

/** Counts requests to paths that answer; others are none. */
export function createStatistics(truth: Truth, clock: Clock): Statistics {
  const statistics: Statistics = {
    ...begin(clock),
    latencies: createHistogram([100, 500, 1000, 2000, 5000, 10_000], 'excluded'),
  }
  truth.watch({
    onClose(record) {
      if (record.dialect === null) return
      const sample = readSample(record)
      if (sample === undefined) addFailure(statistics, record)
      else addSample(statistics, sample)
    },
    onReset() {
      Object.assign(statistics, begin(clock))
      statistics.latencies.reset()
    },
  })
  return statistics
}

function begin(clock: Clock): Omit<Statistics, 'latencies'> {
  return {
    sinceMs: clock.now(),
    successful: 0,
    failed: 0,
    failures: {},
    promptTokens: 0,
    completionTokens: 0,
    latest: [],
  }
}

function addFailure(statistics: Statistics, { outcome, status }: TruthRecord): void {
  const type = outcome === 'http_error' ? `http_${status}` : String(outcome)
  statistics.failed++
  statistics.failures[type] = (statistics.failures[type] ?? 0) + 1
}

function addSample(statistics: Statistics, sample: Sample): void {
  statistics.successful++
  statistics.promptTokens += sample.promptTokens
  statistics.completionTokens += sample.completionTokens
  statistics.latencies.add(sample.latencyMs)
  statistics.latest.push(sample)
  if (statistics.latest.length > windowSize) statistics.latest.shift()
}
