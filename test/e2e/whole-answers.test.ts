import { expect, test } from 'vitest'

import type { Results } from '../../src/results/results.ts'
import { createProject } from './_project.ts'

const vectors = Array.from({ length: 10 }, (_, row) => ({ input: `text ${row}`, size: 8 }))
const rows = [...vectors.slice(0, 9), { input: 'text 9', size: 4 }]

const schema = {
  type: 'object',
  required: ['data', 'usage'],
  properties: { data: { type: 'array', minItems: 1 } },
}

const spec = {
  url: '/v1/embeddings',
  body: { model: 'm', input: '{{input}}', dimensions: '{{size}}' },
  data_source: { type: 'jsonl', file: 'rows.jsonl' },
  stream_format: 'json',
  requests: 60,
  warmup: 0,
  concurrency: 4,
  mock: {
    profile: 'vllm',
    ttft: 5,
    faults: [{ kind: 'in-band-error', message: 'no memory', when: { match: { input: '3$' } } }],
  },
  expect: {
    status: 200,
    values: [{ path: 'data.*.embedding', length: 8 }],
    schema: 'embeddings.schema.json',
  },
  slo: ['success_rate >= 95%', 'latency p50 <= 60s', 'requests_per_second >= 0.01/s'],
}

test('whole answers are timed, compared with what is expected, and reported without tokens', async () => {
  const project = createProject({
    'embeddings.yaml': JSON.stringify(spec),
    'embeddings.schema.json': JSON.stringify(schema),
    'rows.jsonl': rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  })
  const { code, stdout } = await project.slogate(['run', '-c', 'embeddings.yaml', '--out', 'out'])
  expect(stdout).toContain('in_band_error ×6: no memory')
  expect(stdout).toContain(
    'unexpected_answer ×6: expected a length of 8 at data.*.embedding, got a list of length 4',
  )
  expect(code).toBe(1)
  const results = JSON.parse(project.read('out/embeddings/results.json')) as Results
  const { summary, stream } = results
  expect(stream).toEqual({ asked: 'json', dialects: [{ name: 'json', count: 48 }] })
  expect(summary.requests).toMatchObject({ total: 60, completed: 48, failed: 12 })
  expect(summary).toMatchObject({ ttft_ms: null, tpot_ms: null, chunk_gap_ms: null })
  expect(summary).toMatchObject({ output_tokens: null, output_tokens_per_second: null })
  expect(summary.latency_ms).toMatchObject({ count: 48 })
  expect(summary.latency_ms?.min).toBeGreaterThanOrEqual(5)
  expect(results.verdict.slos[0]).toMatchObject({ metric: 'success_rate', status: 'FAIL' })
  expect(project.read('out/embeddings/report.html')).toContain('unexpected_answer')
})
