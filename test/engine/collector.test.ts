import { execFileSync } from 'node:child_process'

import { expect, test } from 'vitest'

/** The most that the heap of a process took that keeps some 100 MB and makes much garbage; MB. */
function measurePeak(first: string): number {
  const script = `
    import { keepHeapSmall } from ${JSON.stringify(new URL('../../src/engine/collector.ts', import.meta.url).href)}
    ${first}
    const kept = Array.from({ length: 2_000_000 }, (_, at) => ({ at }))
    let peak = 0
    let recent = []
    for (let at = 0; at < 6_000_000; at++) {
      recent.push({ at, of: kept[at % kept.length] })
      if (recent.length === 20_000) recent = []
      if (at % 10_000 === 0) peak = Math.max(peak, process.memoryUsage().heapTotal)
    }
    console.log(peak / 2 ** 20)`
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script]))
}

test('a heap that is to be kept small stays near what is in use', () => {
  const small = measurePeak('keepHeapSmall()')
  expect(small).toBeGreaterThan(10)
  expect(small).toBeLessThan(0.6 * measurePeak(''))
})

test('the room that garbage took is given back', () => {
  const script = `
    import { collectGarbage, keepHeapSmall } from ${JSON.stringify(new URL('../../src/engine/collector.ts', import.meta.url).href)}
    keepHeapSmall()
    let garbage = Array.from({ length: 1_000_000 }, (_, at) => ({ at }))
    const before = process.memoryUsage()
    garbage = undefined
    collectGarbage()
    const after = process.memoryUsage()
    console.log(JSON.stringify([before.heapTotal - after.heapTotal, after.heapTotal - after.heapUsed]))`
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', script])
  const [given = 0, spare = Infinity] = JSON.parse(String(told)) as number[]
  expect(given / 2 ** 20).toBeGreaterThan(20)
  expect(spare / 2 ** 20).toBeLessThan(15)
})
