import { expect, onTestFinished, test } from 'vitest'

import { startMock } from '../../src/mock/index.ts'

/** The client of the API document, call by call. */
function createClient(baseUrl: string) {
  return {
    async classifyNews(text: string): Promise<string> {
      const response = await fetch(`${baseUrl}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          messages: [{ role: 'user', content: `请分类：${text}` }],
          max_tokens: 100,
          temperature: 0.3,
        }),
      })
      return ((await response.json()) as any).choices[0].message.content
    },
    async getMetrics(): Promise<any> {
      return (await fetch(`${baseUrl}/api/v1/metrics`)).json()
    },
    async healthCheck(): Promise<boolean> {
      const response = await fetch(`${baseUrl}/health`)
      return ((await response.json()) as any).status === 'ok'
    },
  }
}

test('serves the client samples of the API document [S4.24]', async () => {
  const mock = await startMock({ ttft: 20, itl: 1 })
  onTestFinished(() => mock.stop())
  const client = createClient(mock.url)

  expect(await client.healthCheck()).toBe(true)
  expect(await client.classifyNews('央行宣布降息25个基点')).toMatch(/^这条新闻属于【财经】类别/)

  const metrics = await client.getMetrics()
  const [record] = await mock.truth()
  expect(metrics.requests).toMatchObject({ total: 1, successful: 1, peak_concurrent: 1 })
  expect(metrics.tokens).toMatchObject({ total_output: 100, avg_per_request: 100 })
  const ttftMs = record!.admitted_ms! + 20 - record!.recv_ms
  expect(metrics.slo.ttft.p95).toBe(Number((ttftMs / 1000).toFixed(4)))
  // 99 tokens in 99 ms: the pace of generation, which a body sent in one piece does not show.
  expect(metrics.slo.throughput.decoding_mean).toBe(1000)
})
