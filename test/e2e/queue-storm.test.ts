import { expect, onTestFinished, test } from 'vitest'

import { checkSpec } from '../../src/bench-spec/loading.ts'
import { startMock, type TruthRecord } from '../../src/mock/index.ts'
import { type BenchRun, runBench } from '../../src/run/bench.ts'

test(
  'serves 100 of 100 at concurrency 13 with the limits of the seed [S4.21]',
  { timeout: 120_000 },
  async () => {
    const { records, truth } = await load(13, '40ms')
    expect(records.map(({ outcome }) => outcome)).toEqual(records.map(() => 'completed'))
    expect(records).toHaveLength(100)
    expect(truth.every(({ outcome }) => outcome === 'ok')).toBe(true)
    expect(Math.max(...truth.map(({ in_flight }) => in_flight))).toBe(13)
  },
)

test(
  'sees 13 answers and 87 times 503 at concurrency 14: what is refused at once is asked again at once [S4.21]',
  { timeout: 120_000 },
  async () => {
    // Long enough for 87 refusals while the first three run.
    const { results, records, truth } = await load(14, '1500ms')
    const completed = records.filter(({ outcome }) => outcome === 'completed')
    expect(completed).toHaveLength(13)
    expect(results.summary.requests).toMatchObject({ completed: 13, failed: 87 })
    const refused = truth.filter(({ outcome }) => outcome === 'rejected')
    expect(refused).toHaveLength(87)
    expect(refused.every(({ status }) => status === 503)).toBe(true)
  },
)

async function load(
  concurrency: number,
  ttft: string,
): Promise<BenchRun & { truth: TruthRecord[] }> {
  const mock = await startMock({ profile: 'qwen-vllm', ttft, tokens: 1 })
  onTestFinished(() => mock.stop())
  const spec = checkSpec(
    {
      url: `${mock.url}/v1/chat/completions`,
      body: { messages: [{ role: 'user', content: '请分类：央行宣布降息' }], stream: true },
      stream_format: 'openai-chat',
      concurrency,
      requests: 100,
      warmup: false,
    },
    { env: {}, baseDir: '.' },
  )
  return { ...(await runBench(spec)), truth: await mock.truth() }
}
