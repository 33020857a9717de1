import type { TestContext } from 'vitest'

import { observe } from '../metrics/observation.ts'
import { mean, quantile, type Sample, stddev, toSample } from '../metrics/sample.ts'
import type { BenchRun } from '../run/bench.ts'

type BaselineData = Awaited<
  ReturnType<Exclude<Parameters<TestContext['bench']['from']>[1], string>>
>
type Statistics = BaselineData['latency']

/**
 * Rows for vitest's own benchmark table. Its columns are fixed and have no unit: times are ms, `hz`
 * is completed requests per second, `rme` the relative margin of error of the mean.
 */
export function baselineData({ results, records }: BenchRun): [name: string, data: BaselineData][] {
  const rate = toSample([results.summary.requests_per_second ?? 0])
  return (['ttft', 'latency', 'chunk_gap'] as const).flatMap((metric) => {
    const observation = observe(records, metric)
    if (observation?.kind !== 'values' || rate === undefined) return []
    const latency = describe(observation.sample)
    const data: BaselineData = {
      latency,
      throughput: describe(rate),
      period: latency.mean,
      totalTime: results.summary.wall_ms ?? 0,
    }
    return [[`${metric} (ms)`, data]]
  })
}

function describe(sample: Sample): Statistics {
  const centre = mean(sample)
  const sd = stddev(sample) ?? 0
  const sem = sd / Math.sqrt(sample.length)
  const moe = normal975 * sem
  const p50 = quantile(sample, 0.5)
  return {
    aad: sample.reduce((sum, value) => sum + Math.abs(value - centre), 0) / sample.length,
    critical: normal975,
    df: sample.length - 1,
    mad: findMedian(sample.map((value) => Math.abs(value - p50))),
    max: quantile(sample, 1),
    mean: centre,
    min: sample[0],
    moe,
    p50,
    p75: quantile(sample, 0.75),
    p99: quantile(sample, 0.99),
    p995: quantile(sample, 0.995),
    p999: quantile(sample, 0.999),
    rme: centre === 0 ? 0 : (100 * moe) / centre,
    samples: undefined,
    samplesCount: sample.length,
    sd,
    sem,
    variance: sd * sd,
  }
}

function findMedian(values: Iterable<number>): number {
  const sample = toSample(values)
  return sample === undefined ? 0 : quantile(sample, 0.5)
}

/** 97.5 % quantile of the normal distribution: half the width of a 95 % interval in standard errors. */
const normal975 = 1.959964
