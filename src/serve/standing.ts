import type { RequestRecord } from '../engine/record.ts'
import { measure } from '../metrics/measure.ts'
import { carriedQuantile, toSample } from '../metrics/sample.ts'
import type { Progress } from '../report/progress-text.ts'

/** Where a run stands; times in seconds. `null`: nothing was measured that it could be taken of. */
export interface ProgressDocument {
  done: number
  total: number
  running: number
  failed: number
  elapsed_s: number
  requests_per_second: number | null
  /** Of the requests that have succeeded so far; `null` before there are as many as it needs. */
  ttft_p50_s: number | null
  ttft_p95_s: number | null
  latency_p50_s: number | null
  latency_p95_s: number | null
}

/** Follows a run of `total` requests. */
export interface Standing {
  see(progress: Progress): void
  add(records: readonly RequestRecord[]): void
  describe(): ProgressDocument
}

export function followRun(total: number): Standing {
  let latest: Progress | undefined
  const times = { ttft: [] as number[], latency: [] as number[] }
  const quantileOf = (metric: keyof typeof times, p: number): number | null => {
    const sample = toSample(times[metric])
    const value = sample && carriedQuantile(sample, p)
    return value === undefined ? null : Number((value / 1000).toFixed(6))
  }
  return {
    see(progress) {
      latest = progress
    },
    add(records) {
      for (const record of records) {
        if (record.outcome !== 'completed') continue
        for (const metric of ['ttft', 'latency'] as const) {
          const value = measure(record, metric)
          if (typeof value === 'number') times[metric].push(value)
        }
      }
    },
    describe: () => ({
      done: latest?.done ?? 0,
      total,
      running: latest?.inFlight ?? 0,
      failed: latest?.failed ?? 0,
      elapsed_s: Number(((latest?.elapsed ?? 0) / 1000).toFixed(3)),
      requests_per_second:
        latest === undefined || latest.requestsPerSecond === 0
          ? null
          : Number(latest.requestsPerSecond.toPrecision(6)),
      ttft_p50_s: quantileOf('ttft', 0.5),
      ttft_p95_s: quantileOf('ttft', 0.95),
      latency_p50_s: quantileOf('latency', 0.5),
      latency_p95_s: quantileOf('latency', 0.95),
    }),
  }
}
