import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect, test } from 'vitest'

import { packSize } from '../../src/engine/loan.ts'
import { keepRecords, tickRecord } from '../../src/engine/packed-records.ts'
import { decodeRecords } from '../../src/engine/record-columns.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { renderHtml } from '../../src/report/html/page.ts'
import { renderTestResults } from '../../src/report/seed.ts'
import { encodeRecords } from '../engine/_columns.ts'
import { cancelled, completed, failed, left, times } from '../metrics/records.ts'
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

test('so do those of every outcome, in whatever order they ended', () => {
  const random = createRandom(8)
  const sent = times(6000, (place) => {
    const phase = place < 100 ? ('warmup' as const) : ('measured' as const)
    const index = phase === 'warmup' ? place : place - 100
    const round = phase === 'warmup' ? -1 : Math.floor(index / 600)
    const shape = { phase, index, round, slot: index % 8, at: index / 2 }
    const [ttft, gap, chance] = [2 + 3 * random(), random(), random()]
    if (chance < 0.02) return failed(shape)
    if (chance < 0.03) return cancelled(shape)
    if (chance < 0.05) return left({ ...shape, ttft, gap, events: 2 })
    if (chance < 0.06) return left({ ...shape, events: 0 })
    const leaves = chance < 0.07 ? { leaves: true as const } : {}
    const events = chance < 0.1 ? 1 : 300
    return completed({ ...shape, ttft, gap, events, tokens: events, ...leaves })
  })
  sent.sort((a, b) => a.marks.ended - b.marks.ended)
  const plain = sent.map((record) => tickRecord(record, 0))
  const kept = keepRecords(0)
  kept.add(plain)
  const goodput = { assert: 'goodput >= 20%', goodput: { ttft: '4ms', tpot: '0.6ms' } }
  const slo = [...asked.slo, goodput, 'ttft p50 <= 4ms', 'stall p90 <= 2ms', 'tpot p99 <= 1ms']
  const rates = ['requests_per_second >= 1/s', 'output_tokens_per_second >= 1tok/s']
  const [own, other] = [plain, kept.records].map((records) => {
    const results = resultsOf(driveOf({ ...asked, slo: [...slo, ...rates], warmup: 100 }, records))
    const tests = [...renderTestResults(results, records)].join('')
    return { results, page: renderHtml(results, records), tests }
  })
  expect(own?.results.summary.requests.left).toBeGreaterThan(0)
  expect(other).toEqual(own)
})
