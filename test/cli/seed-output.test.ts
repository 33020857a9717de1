import { expect, test } from 'vitest'

import { createSeedOutput } from '../../src/cli/seed-output.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { completed, failed } from '../report/_records.ts'
import { call } from './_terminal.ts'

test('lines come in the order in which things happened, over several batches [S1.28] [S1.29] [S1.30]', () => {
  const batches = [
    [
      completed(0, { ttft: 200, end: 1000, tokens: 10 }),
      completed(1, { ttft: 100, end: 1500, tokens: 30, bytes: 2048 }),
    ],
    [
      failed(2, 'HTTP 503: busy', 1600),
      completed(3, { ttft: 150, end: 200, tokens: 2, dispatched: 1500 }),
    ],
  ]
  expect(write(batches, 4)).toEqual([
    '[002] 首token: 0.100s',
    '[001] 首token: 0.200s',
    '[001] 完成: 1.000s | 10 chunks | 10.00 chunks/s | 1.00 KB',
    '进度: 1/4 | 已用时: 1.0s',
    '[002] 完成: 1.500s | 30 chunks | 20.00 chunks/s | 2.00 KB',
    '进度: 2/4 | 已用时: 1.5s',
    '[003] 失败: HTTP 503: busy',
    '进度: 3/4 | 已用时: 1.6s',
    '[004] 首token: 0.150s',
    '[004] 完成: 0.200s | 2 chunks | 10.00 chunks/s | 1.00 KB',
    '进度: 4/4 | 已用时: 1.7s',
  ])
})

test('warm-up has no line, and a run by duration none of progress', () => {
  const warmup = { ...completed(0, { ttft: 5, end: 10, tokens: 2 }), phase: 'warmup' as const }
  const measured = completed(0, { ttft: 200, end: 1000, tokens: 10, dispatched: 10 })
  expect(write([[warmup]], 1)).toEqual([])
  expect(write([[warmup, measured]], undefined)).toEqual([
    '[001] 首token: 0.200s',
    '[001] 完成: 1.000s | 10 chunks | 10.00 chunks/s | 1.00 KB',
  ])
})

test.each([
  [['--reporter', 'dots'], '--reporter must be default or seed, got "dots"'],
  [['--reporter', 'seed', '--locale', 'fr'], '--locale must be zh or en, got "fr"'],
  [['--locale', 'en'], '--locale needs --reporter seed'],
])('slogate run %j is a usage error', async (args, words) => {
  const { code, text } = await call(['run', '-u', 'http://127.0.0.1:1', ...args])
  expect(text).toContain(words)
  expect(code).toBe(3)
})

test('the help names both reporters', async () => {
  const { text } = await call(['run', '--help'])
  expect(text).toMatch(/--reporter NAME +default: .*seed: /s)
})

function write(batches: readonly RequestRecord[][], total: number | undefined): string[] {
  let text = ''
  const output = createSeedOutput({ write: (part) => (text += part) }, { total, locale: 'zh' })
  for (const batch of batches) output.add(batch)
  return text.split('\n').slice(0, -1)
}
