import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { findPort, launch } from './_process.ts'
import { type Server, servers } from './_servers.ts'
import { titleOf } from './_software.ts'
import { requests, writeSpec } from './_specs.ts'
import { printTable } from './_table.ts'
import { listFailures, runSlogate, runVitest } from './_user.ts'

/** They hold on any machine: it is asked whether answers are read, not how fast they come. */
const slo = ['success_rate >= 80%', 'ttft p50 <= 60s', 'latency p50 <= 120s']

const rows: Record<string, string>[] = []
afterAll(() => printTable('servers', rows))

for (const server of servers) {
  const { software, command, ready, specs } = server
  const { path } = software
  describe.skipIf(path === undefined)(titleOf(software), () => {
    let origin = ''
    let close: (() => Promise<void>) | undefined
    beforeAll(async () => {
      const port = await findPort()
      origin = `http://127.0.0.1:${port}`
      close = await launch(command(path ?? '', port), origin + ready)
    })
    afterAll(() => close?.())

    test.each(specs)(
      'answers to %s are read whole, and their tokens are the server’s',
      async (name) => {
        const spec = writeSpec(name, { origin, model: server.model, slo })
        const folder = `${software.name.replaceAll(/\W+/g, '-')}/${name}`
        const bench = await runVitest(folder, spec)
        const before = await countTokens(server, origin)
        const { results, code, text } = await runSlogate(folder, spec)
        const after = await countTokens(server, origin)
        const { summary, verdict } = results
        const counted = before === undefined || after === undefined ? undefined : after - before
        rows.push({
          server: `${software.name} ${software.version()}`,
          spec: name,
          'vitest bench': bench.results.verdict.status,
          'slogate run': verdict.status,
          completed: `${summary.requests.completed} of ${summary.requests.total}`,
          failures: listFailures(results),
          tokens: `${summary.output_tokens} (${summary.token_basis})`,
          'tokens counted by the server': counted === undefined ? 'does not tell' : String(counted),
        })
        for (const { summary } of [bench.results, results]) {
          expect(summary.failures).toEqual([])
          expect(summary.requests).toMatchObject({ total: requests, completed: requests })
        }
        expect([bench.results.verdict.status, bench.code], bench.text).toEqual(['PASS', 0])
        expect([verdict.status, code], text).toEqual(['PASS', 0])
        if (counted !== undefined) expect(summary.output_tokens).toBe(counted)
      },
    )
  })
}

/** All tokens that it has generated so far; `undefined` where it does not tell. */
async function countTokens({ counter }: Server, origin: string): Promise<number | undefined> {
  if (counter === undefined) return undefined
  const text = await (await fetch(`${origin}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(counter))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}
