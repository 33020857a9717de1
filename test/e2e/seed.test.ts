import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { runBench } from '../../src/run/bench.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'

/** The rows that were sent and the words that came back, in the order of sending. */
async function drive(seed: number, mock: object = {}): Promise<[number | undefined, string][]> {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(
    join(folder, 'rows.csv'),
    `q\n${Array.from({ length: 8 }, (_, row) => `row ${row}`).join('\n')}\n`,
  )
  const spec = checkSpec(
    {
      url: '/v1/chat/completions',
      body: { messages: [{ role: 'user', content: '{{q}}' }], stream: true, max_tokens: 8 },
      data_source: { type: 'csv', file: 'rows.csv', shuffle: true },
      stream_format: { type: 'openai-chat', output_path: 'choices.0.delta.content' },
      mock: { ttft: '1ms', itl: '1ms', text: 'tricky', ...mock },
      requests: 8,
      warmup: 0,
      concurrency: 1,
      seed,
      slo: ['success_rate >= 50%'],
    },
    { env: {}, baseDir: folder },
  )
  const { records } = await runBench(spec, { root: folder })
  return [...records].sort((a, b) => a.index - b.index).map(({ row, output = '' }) => [row, output])
}

test('a hermetic run repeats with its seed: rows, and what the mock answers', async () => {
  const [one, again, other, own] = [
    await drive(7),
    await drive(7),
    await drive(8),
    await drive(8, { seed: 7 }),
  ]
  const words = (run: typeof one): string[] => run.map(([, text]) => text)
  expect(words(one).every((text) => text !== '')).toBe(true)
  expect(again).toEqual(one)
  expect(other.map(([row]) => row)).not.toEqual(one.map(([row]) => row))
  expect(words(other)).not.toEqual(words(one))
  expect(words(own)).toEqual(words(one))
}, 60_000)
