import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect, test } from 'vitest'

import { keepRecords, packSize, tickRecord } from '../../src/engine/packed-records.ts'
import { decodeRecords } from '../../src/engine/record-columns.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { renderHtml } from '../../src/report/html/page.ts'
import { renderTestResults } from '../../src/report/seed.ts'
import { encodeRecords } from '../engine/_columns.ts'
import { completed, failed, times } from '../metrics/records.ts'
import { createRandom } from '../verdict/random.ts'
import { driveOf, resultsOf } from './_drive.ts'

setFlagsFromString('--expose_gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in use, typed arrays included: the least of several looks, as these are freed in the background. */
async function measureRoom(): Promise<number> {
  let least = Infinity
  for (let look = 0; look < 10; look++) {
    collect()
    await sleep(10)
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    least = Math.min(least, heapUsed + arrayBuffers)
  }
  return least
}

/** As they arrive from a load process: with nothing in common. */
function* sendMany(count: number): Generator<RequestRecord> {
  const random = createRandom(5)
  const batch = 1024
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

test('a request of many is kept in less than 110 bytes', async () => {
  // Whole packs: those that are too few for one are kept as they are.
  const count = 20 * packSize
  const before = await measureRoom()
  const kept = keepRecords(0)
  kept.add(sendMany(count))
  expect(((await measureRoom()) - before) / count).toBeLessThan(110)
  expect(kept.records).toHaveLength(count)
})

test('packed records give the results and the reports that they give as they are', () => {
  // Between two ticks packed ones are rounded, by less than what is told of any figure.
  const plain = Array.from(sendMany(5000), (record) => tickRecord(record, 0))
  const kept = keepRecords(4096)
  kept.add(plain)
  const [own, other] = [plain, kept.records].map((records) => {
    const results = resultsOf(driveOf(asked, records))
    const tests = [...renderTestResults(results, records)].join('')
    return { results, page: renderHtml(results, records), tests }
  })
  expect(kept.records.at(0)).not.toBe(plain[0])
  expect(other).toEqual(own)
})
