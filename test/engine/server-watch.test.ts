import { setTimeout as sleep } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { watchServer, type WatchPlan } from '../../src/engine/server-watch.ts'
import { serve } from '../_server.ts'

/** A page that says how often it was looked at, and a plan that reads it. */
async function createCounter(change: Partial<WatchPlan<number>> = {}) {
  let count = 0
  let broken = false
  const paths: string[] = []
  const server = await serve((request, response) => {
    paths.push(request.url ?? '')
    if (broken || request.url !== '/count') {
      response.statusCode = broken ? 500 : 404
      response.end('999')
    } else response.end(String(++count))
  })
  const plan: WatchPlan<number> = {
    urls: [`${server.url}/other`, `${server.url}/count`],
    headersFor: () => ({}),
    interval: 60_000,
    redact: (text) => text,
    hasWarmup: true,
    read: (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
    ...change,
  }
  return {
    server,
    plan,
    paths,
    break: (value: boolean) => {
      broken = value
    },
  }
}

test('keeps the first page that can be read', async () => {
  const { server, plan, paths } = await createCounter()
  const watching = await watchServer(plan)
  watching.mark(5)
  const watch = await watching.finish(() => true)
  await server.close()
  expect(paths).toEqual(['/other', '/count', '/count', '/count'])
  expect(watch).toMatchObject({
    url: `${server.url}/count`,
    start: 5,
    scrapes: 3,
    failed: 0,
    before: { value: 2 },
    after: { value: 3 },
  })
  expect(watch.readings.map(({ value }) => value)).toEqual([1, 2, 3])
  expect(watch).not.toHaveProperty('failure')
})

test('without a warm-up the look before the run is the first of the two', async () => {
  const { server, plan } = await createCounter({ hasWarmup: false })
  const watching = await watchServer(plan)
  watching.mark(5)
  const watch = await watching.finish(() => true)
  await server.close()
  expect(watch).toMatchObject({ scrapes: 2, before: { value: 1 }, after: { value: 2 } })
})

test('a look that fails at the start of the measured phase is replaced by the one before it', async () => {
  const counter = await createCounter()
  const watching = await watchServer(counter.plan)
  counter.break(true)
  watching.mark(5)
  while (counter.paths.length < 3) await sleep(1)
  counter.break(false)
  const watch = await watching.finish(() => true)
  await counter.server.close()
  expect(watch).toMatchObject({
    scrapes: 2,
    failed: 1,
    failure: '/count: status 500',
    before: { value: 1 },
    after: { value: 2 },
  })
})

test('a target that tells nothing is counted and named, never an exception', async () => {
  const { server, plan } = await createCounter({ read: () => undefined })
  const watching = await watchServer(plan)
  await server.close()
  watching.mark(5)
  const watch = await watching.finish(() => true)
  expect(watch).toMatchObject({
    url: `${server.url}/other`,
    readings: [],
    scrapes: 0,
    failed: 3,
    failure: '/other: status 404; /count: nothing in it that is known',
  })
  expect(watch).not.toHaveProperty('before')
  expect(watch).not.toHaveProperty('after')
})

test('looks again for as long as the counts are not complete, four times at most', async () => {
  const { server, plan } = await createCounter()
  const watching = await watchServer(plan)
  watching.mark(5)
  const asked: unknown[] = []
  const watch = await watching.finish((after, before) => {
    asked.push([after, before])
    return after === 5
  })
  expect(asked).toEqual([
    [3, 2],
    [4, 2],
    [5, 2],
  ])
  expect(watch.after?.value).toBe(5)
  const never = await watchServer(plan)
  expect((await never.finish(() => false)).scrapes).toBe(5)
  await server.close()
})

test('looks at intervals, and keeps fewer readings the longer it takes', async () => {
  const { server, plan } = await createCounter({ interval: 2 })
  const watching = await watchServer(plan)
  watching.mark(5)
  while (server.requests() < 400) await sleep(20)
  const watch = await watching.finish(() => true)
  await server.close()
  expect(watch.scrapes).toBeGreaterThanOrEqual(399)
  expect(watch.readings.length).toBeLessThan(302)
  const sent = watch.readings.map((reading) => reading.sent)
  expect(sent).toEqual(sent.toSorted((a, b) => a - b))
  expect(watch.before?.value).toBe(2)
  expect(watch.readings[0]?.value).toBe(1)
}, 30_000)
