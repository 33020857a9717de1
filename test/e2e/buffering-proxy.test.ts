import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { startMock } from '../../src/mock/index.ts'
import { createProject } from './_project.ts'

/** Passes an answer on when it has all of it. */
async function startProxy(target: string): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { url = '/', headers } = incoming
    const upstream = request(target + url, { method: 'POST', headers }, (answer) => {
      const held: Buffer[] = []
      answer.on('data', (piece: Buffer) => held.push(piece))
      answer.on('end', () => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        for (const piece of held) outgoing.write(piece)
        outgoing.end()
      })
    })
    incoming.pipe(upstream)
  })
  server.listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const chat = {
  body: {
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
    stream_options: { include_usage: true },
  },
  slo: ['ttft p50 <= 10s', 'chunk_gap p50 <= 10s', 'tpot p50 <= 10s', 'latency p50 <= 10s'],
}
const raw = { stream_format: 'raw', slo: ['ttft p50 <= 10s', 'latency p50 <= 10s'] }

test('a PASS by the times of tokens does not stand behind a proxy that holds them back', async () => {
  const mock = await startMock({ profile: 'vllm', ttft: 10, itl: 20, tokens: 40 })
  onTestFinished(() => mock.stop())
  const proxy = await startProxy(mock.url)
  const spec = (path: string, more: object) =>
    JSON.stringify({
      url: proxy + path,
      concurrency: 12,
      requests: 12,
      warmup: 0,
      gate: { policy: 'point' },
      ...more,
    })
  const project = createProject({
    'chat.bench.json': spec('/v1/chat/completions', chat),
    'raw.bench.json': spec('/stream/raw', raw),
  })
  const specs = ['-c', 'chat.bench.json', '-c', 'raw.bench.json']
  const { stdout } = await project.slogate(['run', ...specs, '--out', 'out'])
  const found = ['chat', 'raw'].map((name) => {
    const { verdict, diagnostics } = JSON.parse(project.read(`out/${name}/results.json`))
    return {
      slos: verdict.slos.map(({ status }: { status: string }) => status).join(' '),
      told: diagnostics.find(({ id }: { id: string }) => id === 'tokens-held-back')?.message,
    }
  })
  const told = expect.stringMatching(/of 12 answers came all at once .* look for a buffering proxy/)
  expect(found).toEqual([
    { slos: 'INCONCLUSIVE INCONCLUSIVE INCONCLUSIVE PASS', told },
    { slos: 'INCONCLUSIVE PASS', told },
  ])
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'Not a PASS: not streamed as it was generated: look for a buffering proxy',
  )
})
