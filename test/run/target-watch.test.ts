import { expect, test } from 'vitest'

import type { ServerMetrics } from '../../src/bench-spec/spec.ts'
import { watchTarget } from '../../src/run/target-watch.ts'
import { serve } from '../_server.ts'

/** What a target and another server see of the scrapes. */
async function watchBoth(metrics: (target: string, other: string) => Partial<ServerMetrics>) {
  const seen: string[] = []
  const note = (name: string) =>
    serve((request, response) => {
      seen.push(`${name} ${request.url} ${request.headers.authorization ?? '-'}`)
      response.end(request.url === '/metrics' ? 'vllm:num_requests_running 1' : '{}')
    })
  const [target, other] = [await note('target'), await note('other')]
  const watching = await watchTarget(
    { interval: 60_000, ...metrics(target.url, other.url) },
    {
      load: { kind: 'closed', concurrency: 1, requests: 1, warmup: 0, rounds: 1, seed: 1 },
      timeouts: { total: 1000, connect: 1000 },
      requests: [
        {
          url: `${target.url}/base/v1/completions?key=1`,
          method: 'POST',
          headers: { AUTHORIZATION: 'Bearer sk-1', 'X-API-Key': 'k' },
        },
      ],
    },
  )
  await watching.finish(() => true)
  await Promise.all([target.close(), other.close()])
  return [...new Set(seen)]
}

test('looks at the origin of the target, with its Authorization', async () => {
  expect(await watchBoth(() => ({}))).toEqual(['target /metrics Bearer sk-1'])
  expect(await watchBoth((target) => ({ url: `${target}/metrics` }))).toEqual([
    'target /metrics Bearer sk-1',
  ])
})

test('tries both usual paths, and of a given one no other', async () => {
  expect(await watchBoth(() => ({ url: '/x' }))).toEqual(['target /x Bearer sk-1'])
})

test('no header of the target goes to another origin', async () => {
  expect(await watchBoth((_, other) => ({ url: `${other}/metrics` }))).toEqual(['other /metrics -'])
})

test('user and password of the URL go as Basic authorization', async () => {
  const seen = await watchBoth((_, other) => ({
    url: `${other.replace('://', '://me:p%40ss@')}/metrics`,
  }))
  expect(seen).toEqual([`other /metrics Basic ${Buffer.from('me:p@ss').toString('base64')}`])
})
