import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'

import { type RunningServer, startServer } from '../../src/mock/index.ts'
import { findPort, launch } from './_process.ts'
import { key, proxies } from './_proxies.ts'
import { titleOf } from './_software.ts'
import { requests, writeSpec } from './_specs.ts'
import { printTable } from './_table.ts'
import { listFailures, runSlogate } from './_user.ts'

/** They hold on any machine: it is asked what can be told, not how fast it is. */
const slo = [
  'success_rate >= 80%',
  'ttft p50 <= 60s',
  'latency p50 <= 120s',
  'chunk_gap p50 <= 10s',
]

const rows: Record<string, string>[] = []
afterAll(() => printTable('proxies', rows))

let mock: RunningServer
beforeAll(async () => {
  mock = await startServer({ profile: 'vllm', ttft: '40ms', itl: '5ms' })
})
afterAll(() => mock.close())

for (const { software, setting, streams, drops, ready, command } of proxies) {
  const { name, path } = software
  describe.skipIf(path === undefined)(`${titleOf(software)}, ${setting}`, () => {
    const what = streams ? 'are judged' : 'are noticed to be collected'
    test.each([16, 64])(`answers of %i tokens ${what}`, async (tokens) => {
      const folder = `proxies/${`${name} ${setting} ${tokens}`.replaceAll(/\W+/g, '-')}`
      const port = await findPort()
      const origin = `http://127.0.0.1:${port}`
      const place = { port, target: mock.url, folder: join(inject('installed'), folder) }
      onTestFinished(await launch(command(path ?? '', place), origin + ready))
      const spec = writeSpec('chat', {
        origin,
        model: 'mock-model',
        slo,
        body: { max_tokens: tokens },
        keys: { headers: { authorization: `Bearer ${key}` } },
      })
      const { results, text } = await runSlogate(`${folder}/chat`, spec)
      const { summary, verdict } = results
      const statusOf = (metric: string): string =>
        verdict.slos.find((slo) => slo.metric === metric)?.status ?? 'missing'
      rows.push({
        proxy: `${name} ${software.version()}`,
        setting,
        tokens: String(tokens),
        success_rate: statusOf('success_rate'),
        ttft: statusOf('ttft'),
        latency: statusOf('latency'),
        chunk_gap: statusOf('chunk_gap'),
        completed: `${summary.requests.completed} of ${summary.requests.total}`,
        failures: listFailures(results),
        'ttft p50': `${summary.ttft_ms?.p50.toFixed(0)} ms`,
        'latency p50': `${summary.latency_ms?.p50.toFixed(0)} ms`,
        'chunk_gap p50': `${summary.chunk_gap_ms?.p50.toFixed(2)} ms`,
      })
      const failures = summary.failures.filter(({ kind }) => kind !== drops)
      expect([summary.requests.total, failures], text).toEqual([requests, []])
      // How many it loses is not ours to say.
      if (drops !== undefined) return
      expect(statusOf('success_rate')).toBe('PASS')
      if (streams) return expect(verdict.status).toBe('PASS')
      expect([statusOf('ttft'), statusOf('chunk_gap')]).toEqual(['INCONCLUSIVE', 'INCONCLUSIVE'])
      expect(text).toMatch(/buffering proxy/)
    })
  })
}
