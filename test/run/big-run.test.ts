import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect, test } from 'vitest'

import { keepRecords, tickRecord } from '../../src/engine/packed-records.ts'
import { decodeRecords, encodeRecords } from '../../src/engine/record-columns.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { renderHtml } from '../../src/report/html/page.ts'
import { renderTestResults } from '../../src/report/seed.ts'
import { completed, failed, times } from '../metrics/records.ts'
import { createRandom } from '../verdict/random.ts'
import { driveOf, resultsOf } from './_drive.ts'

setFlagsFromString('--expose_gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in use, typed arrays included. */
function measureRoom(): number {
  // What the first one found free is given back by the second at the latest.
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** As they arrive from a load process: with nothing in common. */
function* sendMany(count: number): Generator<RequestRecord> {
  const random = createRandom(5)
  const batch = 1000
  for (let from = 0; from < count; from += batch) {
    const sent = times(batch, (place) => {
      const index = from + place
      const shape = { index, slot: index % 8, round: Math.floor((3 * index) / count), at: index }
      return random() < 0.02
        ? failed(shape)
        : completed({ ...shape, ttft: 2 + 3 * random(), gap: random(), events: 4, tokens: 4 })
    })
    yield* decodeRecords(structuredClone(encodeRecords(sent)))
  }
}

const asked = {
  concurrency: 8,
  slo: ['success_rate >= 95%', 'ttft p95 <= 5ms', 'chunk_gap p50 <= 1ms', 'latency mean <= 8ms'],
}

test('a request of many is kept in less than 250 bytes', () => {
  const count = 20_000
  const before = measureRoom()
  const kept = keepRecords()
  kept.add(sendMany(count))
  expect((measureRoom() - before) / count).toBeLessThan(250)
  expect(kept.records).toHaveLength(count)
})

test('packed records give the results and the reports that they give as they are', () => {
  // Between two ticks packed ones are rounded, by less than what is told of any figure.
  const plain = Array.from(sendMany(5000), (record) => tickRecord(record, 0))
  const kept = keepRecords()
  kept.add(plain)
  const [own, other] = [plain, kept.records].map((records) => {
    const results = resultsOf(driveOf(asked, records))
    const tests = [...renderTestResults(results, records)].join('')
    return { results, page: renderHtml(results, records), tests }
  })
  expect(kept.records[0]).not.toBe(plain[0])
  expect(other).toEqual(own)
})
