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
  /** Of the failed those for which the queue had no place. */
  rejected: number
  /** Failures by what was said of them: see `nameFailure`. */
  failures: Map<string, number>
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
    rejected: 0,
    failures: new Map(),
    promptTokens: 0,
    completionTokens: 0,
    latest: [],
  }
}

function addFailure(statistics: Statistics, record: TruthRecord): void {
  const { failures } = statistics
  const name = nameFailure(record)
  statistics.failed++
  if (record.outcome === 'rejected') statistics.rejected++
  failures.set(name, (failures.get(name) ?? 0) + 1)
}

/** The words of the server before a colon, or the first 50 characters of them; without any the outcome. */
function nameFailure({ error, outcome }: TruthRecord): string {
  if (error === null) return String(outcome)
  const colon = error.indexOf(':')
  return colon === -1 ? error.slice(0, 50) : error.slice(0, colon)
}

function addSample(statistics: Statistics, sample: Sample): void {
  statistics.successful++
  statistics.promptTokens += sample.promptTokens
  statistics.completionTokens += sample.completionTokens
  statistics.latencies.add(sample.latencyMs)
  statistics.latest.push(sample)
  if (statistics.latest.length > windowSize) statistics.latest.shift()
}
