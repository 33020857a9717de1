import { expect, test } from 'vitest'

import { followRun } from '../../src/serve/standing.ts'
import { completed, failed } from '../metrics/records.ts'

test('a run stands where its requests have ended; what is not known is null [S0.19]', () => {
  const standing = followRun(100)
  expect(standing.describe()).toEqual({
    done: 0,
    total: 100,
    running: 0,
    failed: 0,
    elapsed_s: 0,
    requests_per_second: null,
    ttft_p50_s: null,
    ttft_p95_s: null,
    latency_p50_s: null,
    latency_p95_s: null,
  })
  standing.see({ done: 21, failed: 1, inFlight: 3, elapsed: 2500, requestsPerSecond: 8.4 })
  standing.add([
    ...Array.from({ length: 20 }, (_, index) =>
      completed({ index, ttft: 100 * (index + 1), events: 2, gap: 1000 }),
    ),
    failed({ index: 20 }),
  ])
  expect(standing.describe()).toEqual({
    done: 21,
    total: 100,
    running: 3,
    failed: 1,
    elapsed_s: 2.5,
    requests_per_second: 8.4,
    ttft_p50_s: 1,
    ttft_p95_s: 1.9,
    latency_p50_s: 2,
    latency_p95_s: 2.9,
  })
})
