import { afterAll, beforeAll, expect, test } from 'vitest'

import { type RunningServer, startServer } from '../../src/mock/serving/server.ts'
import { send } from './client.ts'

// Requests and answers as the documents of the services print them, but for host and port.

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ ttft: 5, itl: 0.1 })
})
afterAll(() => server.close())

async function post(path: string, body: string): Promise<any> {
  const { status, text } = await send(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(status).toBe(200)
  return JSON.parse(text)
}

async function read(path: string): Promise<any> {
  return JSON.parse((await send(`${server.url}${path}`)).text)
}

/** Its keys in their order, with the kinds of their values; texts that say what something is stay. */
function outline(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => outline(item))
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).map(([name, inner]) => [name, outline(inner, name)])
  }
  if (typeof value !== 'string') return typeof value
  if (key === 'id') return value.replace(/-.*/, '-')
  return /^(?:object|model|role|unit|service|version|status|rate_limit|name)$/.test(key)
    ? value
    : 'string'
}

const chatRequest = `{
    "messages": [
      {"role": "user", "content": "请分类这条新闻：央行宣布降息25个基点"}
    ],
    "max_tokens": 100,
    "temperature": 0.3
  }`

test('a chat answers with the documented keys, in Chinese [S4.3]', async () => {
  const answer = await post('/v1/chat/completions', chatRequest)
  expect(outline(answer)).toEqual(
    outline({
      id: 'chatcmpl-123456789',
      object: 'chat.completion',
      created: 1703404800,
      model: 'qwen-news-classifier',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: '这条新闻属于【财经】类别...' },
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 50, completion_tokens: 80, total_tokens: 130 },
    }),
  )
  expect(answer.choices[0].message.content).toMatch(/^这条新闻属于【财经】类别/)
  const { prompt_tokens: read, completion_tokens: written, total_tokens: total } = answer.usage
  expect([read, written, total]).toEqual([18, 100, 118])
})

test('a completion answers with the documented keys [S4.4]', async () => {
  const answer = await post(
    '/v1/completions',
    `{
    "prompt": "请分类：苹果发布新款iPhone\\n类别：",
    "max_tokens": 50,
    "temperature": 0.3
  }`,
  )
  expect(outline(answer)).toEqual(
    outline({
      id: 'cmpl-123456789',
      object: 'text_completion',
      created: 1703404800,
      model: 'qwen-news-classifier',
      choices: [{ text: '科技', index: 0, finish_reason: 'stop' }],
      usage: { prompt_tokens: 30, completion_tokens: 5, total_tokens: 35 },
    }),
  )
  expect(answer.usage).toEqual({ prompt_tokens: 15, completion_tokens: 50, total_tokens: 65 })
})

test('health is told as documented [S4.6]', async () => {
  const { text } = await send(`${server.url}/health`)
  expect(text).toBe(
    JSON.stringify({
      status: 'ok',
      gpu: { allocated_gb: 6.92, reserved_gb: 7.02, free_gb: 2.72 },
      limits: { max_concurrent_requests: 3, max_queue_size: 10, rate_limit: '无限制' },
    }),
  )
})

test('metrics have the documented keys in their order after a request [S4.8–S4.18]', async () => {
  await post('/v1/chat/completions', chatRequest)
  const metrics = await read('/api/v1/metrics')
  const speed = { mean: 0.6978, p50: 0.6143, p95: 0.9588, p99: 0.9588 }
  expect(outline(metrics)).toEqual(
    outline({
      timestamp: '2025-12-24T21:11:59.226485',
      service: 'qwen-vllm',
      version: '1.0.0',
      status: 'healthy',
      uptime: { seconds: 117.3, human: '0h 1m' },
      requests: {
        waiting: 0,
        running: 0,
        peak_concurrent: 1,
        total: 3,
        successful: 3,
        failed: 0,
        success_rate_percent: 100,
        error_rate_percent: 0,
        requests_per_second: 0.026,
      },
      tokens: { total_input: 27, total_output: 43, avg_per_request: 14.3 },
      slo: {
        ttft: { ...speed, unit: 'seconds' },
        throughput: { decoding_mean: 3.41, decoding_p50: 3.39, total: 3.11, unit: 'tokens/sec' },
        sample_size: 3,
      },
      latency: { ...speed, min: 3.467, max: 6.2639, unit: 'seconds' },
      latency_histogram: {
        '0-100ms': 0,
        '100-500ms': 0,
        '500-1000ms': 0,
        '1-2s': 0,
        '2-5s': 2,
        '5-10s': 1,
        '>10s': 0,
      },
      gpu: {
        name: 'NVIDIA GeForce RTX 3080',
        allocated_gb: 7.64,
        total_gb: 9.64,
        free_gb: 2,
        utilization_percent: 79.3,
      },
      errors: { total: 0, by_type: {} },
      alerts: [],
      alerts_count: 0,
    }),
  )
})

test('/metrics/prometheus is text of the documented gauges [S4.20]', async () => {
  const { headers, text } = await send(`${server.url}/metrics/prometheus`)
  expect(headers['content-type']).toMatch(/^text\/plain/)
  const names = [
    'vllm_num_waiting_requests',
    'vllm_num_running_requests',
    'vllm_ttft_p95',
    'vllm_decoding_throughput_mean',
  ]
  for (const name of names) {
    expect(text).toMatch(
      new RegExp(`^# HELP ${name} .+\n# TYPE ${name} gauge\n${name} [\\d.]+\n`, 'm'),
    )
  }
})

test('every documented endpoint answers its method, and a busy server in documented words [S4.1, S4.21]', async () => {
  for (const path of [
    '/v1/models',
    '/health',
    '/stats',
    '/api/v1/metrics',
    '/metrics',
    '/metrics/prometheus',
  ]) {
    expect(await send(`${server.url}${path}`)).toMatchObject({ status: 200 })
  }
  for (const path of ['/v1/chat/completions', '/v1/completions']) {
    expect(await send(`${server.url}${path}`)).toMatchObject({ status: 405 })
  }
  const full = await startServer({ ttft: '10m' })
  try {
    const leaving = new AbortController()
    const held = Array.from({ length: 14 }, () =>
      send(`${full.url}/v1/chat/completions`, { body: chatRequest, signal: leaving.signal }),
    )
    const all = Promise.allSettled(held)
    const refused = await Promise.race(held)
    leaving.abort()
    await all
    expect(refused).toMatchObject({
      status: 503,
      text: '{"error":"服务繁忙，请稍后重试","queue_size":10,"max_queue_size":10}',
    })
  } finally {
    await full.close()
  }
})

test.each(['/stream', '/v1/stream'])(
  '%s streams text for the bodies that the documents send [S4.26]',
  async (path) => {
    const own = { prompt: '你的提示词', stream: true, max_tokens: 12 }
    const asked = await send(`${server.url}${path}`, { body: own })
    expect(asked).toMatchObject({ status: 200 })
    expect(asked.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(asked.text).toMatch(/^这条新闻属于【财经】类别/)
    const bare = await send(`${server.url}${path}`, { body: { stream: true } })
    expect(bare).toMatchObject({ status: 200 })
    expect(bare.text).toMatch(/^[A-Z]/)
    expect(await send(`${server.url}${path}`)).toMatchObject({ status: 200 })
    const [first, second, third] = server.truth.list().slice(-3)
    const seen = [first, second, third].map((record) => record!.content_ms.length)
    expect(seen).toEqual([12, 100, 100])
    expect(first!.tokens.prompt).toBe(5)
    const refused = await send(`${server.url}${path}`, { body: { max_tokens: 'many' } })
    expect(refused).toMatchObject({ status: 400 })
  },
)
