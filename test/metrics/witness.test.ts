import { expect, test } from 'vitest'

import { listWitnesses } from '../../src/metrics/witness.ts'
import { completed, failed, left, times } from './records.ts'

test('the slowest requests by ttft and by latency are told, and the first failed one of each kind', () => {
  const records = [
    ...times(20, (index) => completed({ index, ttft: 100 + index, gap: 20 - index })),
    completed({ index: 20, phase: 'warmup', ttft: 9000 }),
    left({ index: 21, ttft: 500, after: 500 }),
    failed({ index: 25 }),
    failed({ index: 23 }),
    failed({ index: 24, failure: { kind: 'timeout.ttft', message: 'late' } }),
  ]
  expect(listWitnesses(records)).toEqual([
    { of: 'ttft', index: 21, ms: 500 },
    { of: 'ttft', index: 19, ms: 119 },
    { of: 'ttft', index: 18, ms: 118 },
    { of: 'ttft', index: 17, ms: 117 },
    { of: 'ttft', index: 16, ms: 116 },
    { of: 'latency', index: 0, ms: 280 },
    { of: 'latency', index: 1, ms: 272 },
    { of: 'latency', index: 2, ms: 264 },
    { of: 'latency', index: 3, ms: 256 },
    { of: 'latency', index: 4, ms: 248 },
    { of: 'failure', index: 23, kind: 'http_status', status: 503 },
    { of: 'failure', index: 24, kind: 'timeout.ttft' },
  ])
})
