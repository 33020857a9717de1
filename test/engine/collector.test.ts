import { execFileSync } from 'node:child_process'

import { expect, test } from 'vitest'

/** How often V8 collects in a process that comes to keep some 100 MB: all of the heap, and what is new. */
function countCollections(first: string): { major: number; minor: number } {
  const script = `
    import { keepHeapSmall } from ${JSON.stringify(new URL('../../src/engine/collector.ts', import.meta.url).href)}
    ${first}
    const kept = []
    for (let at = 0; at < 3_000_000; at++) kept.push({ at })
    console.log(kept.length)`
  const options = ['--trace-gc', '--input-type=module', '-e', script]
  const told = execFileSync(process.execPath, options, { encoding: 'utf8' })
  const count = (name: RegExp): number => told.match(name)?.length ?? 0
  return { major: count(/Mark-Compact/g), minor: count(/Scavenge/g) }
}

test('a heap that is to be kept small is collected often, rather than let grow', () => {
  const usual = countCollections('')
  const small = countCollections('keepHeapSmall()')
  expect(usual.minor).toBeGreaterThan(0)
  expect(small.minor).toBeGreaterThan(5 * usual.minor)
  expect(small.major).toBeGreaterThan(usual.major)
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
