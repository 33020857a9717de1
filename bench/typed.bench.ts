import { defineBench, gte, lte } from 'slogate/vitest'
// The same spec in TypeScript: the same keys, the same checks, the same run. A bound that is missed
// is shown on the line of its lte() or gte(), and tests of one's own may look at the results.
import { expect } from 'vitest'

export default defineBench(
  {
    name: 'typed',
    url: '/v1/chat/completions',
    body: {
      model: 'qwen',
      messages: [{ role: 'user', content: 'hello' }],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 10,
    },
    cache: 'bust',
    stream_format: 'openai-chat',
    concurrency: 5,
    requests: 200,
    mock: { profile: 'vllm', ttft: '30ms', itl: '5ms' },
    slo: {
      success_rate: gte('95%'),
      ttft: { p90: lte('150ms') },
      tpot: { p90: lte('30ms') },
    },
  },
  ({ test }) => {
    test('every answer has the ten tokens that were asked for', ({ summary }) => {
      expect(summary.output_tokens).toBe(10 * summary.requests.completed)
    })
  },
)
