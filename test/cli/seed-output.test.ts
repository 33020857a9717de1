import { expect, test } from 'vitest'

import { createSeedOutput } from '../../src/cli/seed-output.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { serve } from '../_server.ts'
import { chatSpec, createProject, type Project } from '../e2e/_project.ts'
import { completed, failed } from '../report/_records.ts'

const limit = { timeout: 60_000 }
const requests = 60

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

test(
  'the seed reporter tells every request and ends with the report in Chinese and the verdict [S1.6] [S1.28] [S1.29] [S1.30] [S1.31] [S1.32] [S1.33] [S1.34] [S1.35] [S1.47]',
  limit,
  async () => {
    const { code, text } = await runSeed(chatProject())
    expect(code).toBe(1)
    const lines = text.split('\n')
    const tags = Array.from({ length: requests }, (_, i) => `[${String(i + 1).padStart(3, '0')}]`)
    for (const tag of tags) {
      const own = lines.filter((line) => line.startsWith(tag))
      expect(own).toEqual([
        expect.stringMatching(/^\[\d{3}\] 首token: \d+\.\d{3}s$/),
        expect.stringMatching(
          /^\[\d{3}\] 完成: \d+\.\d{3}s \| 4 chunks \| \d+\.\d\d chunks\/s \| \d+\.\d\d KB$/,
        ),
      ])
    }
    const progress = lines.filter((line) => line.startsWith('进度: '))
    expect(progress.map((line) => line.split(' | ')[0])).toEqual(
      tags.map((_, i) => `进度: ${i + 1}/${requests}`),
    )
    const order = [
      `进度: ${requests}/${requests} | 已用时: `,
      `${'='.repeat(60)}\n测试报告\n${'='.repeat(60)}\n\n【总体统计】\n  总请求数:    ${requests}\n`,
      '【首Token时间 (TTFT)】\n  最小值:',
      '【总耗时】\n  最小值:',
      '【生成速率】\n  平均值:',
      'FAIL  chat',
    ].map((words) => text.indexOf(words))
    expect(order).not.toContain(-1)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    // Nothing is redrawn or coloured where stdout is no terminal.
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  },
)

test('the seed reporter speaks English when it is asked to', limit, async () => {
  const { text } = await runSeed(chatProject(), ['--locale', 'en'])
  expect(text).toMatch(/^\[001\] first token: \d\.\d{3}s$/m)
  expect(text).toContain(`progress: ${requests}/${requests} | elapsed: `)
  expect(text).toContain('\nTest report\n')
  expect(text).not.toMatch(/\p{Script=Han}/u)
})

test(
  'without progress the report stays, with JSON stdout is the results alone',
  limit,
  async () => {
    const project = chatProject()
    const quiet = await runSeed(project, ['--quiet'])
    expect(quiet.text).not.toContain('首token')
    expect(quiet.text).toContain('测试报告')
    const json = await runSeed(project, ['--quiet', '--json'])
    expect(JSON.parse(json.text)).toMatchObject({ summary: { requests: { completed: requests } } })
  },
)

test(
  'failures are told and counted, without the secret that the target sends back [S1.36] [S1.48] [T18]',
  limit,
  async () => {
    const server = await serve((request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: `unknown key ${String(request.headers['x-api-key'])}` }))
    })
    const project = createProject({
      'keyed.yaml': `url: ${server.url}\nheaders: { x-api-key: a-key-of-nobody }\nrequests: 5\n`,
    })
    const { code, text } = await project.slogate(['run', '-c', 'keyed.yaml', '--reporter', 'seed'])
    await server.close()
    expect(code).toBe(4)
    expect(text).toMatch(/^\[001\] 失败: HTTP 401: unknown key \[x-api-key\]$/m)
    expect(text).toContain('【失败详情】\n  HTTP 401: unknown key [x-api-key]: 5次\n')
    expect(text).not.toContain('a-key-of-nobody')
  },
)

test.each([
  [['--reporter', 'dots'], '--reporter must be default or seed, got "dots"'],
  [['--reporter', 'seed', '--locale', 'fr'], '--locale must be zh or en, got "fr"'],
  [['--locale', 'en'], '--locale needs --reporter seed'],
])('slogate run %j is a usage error', limit, async (args, words) => {
  const { code, text } = await chatProject().slogate(['run', '-c', 'chat.yaml', ...args])
  expect(text).toContain(words)
  expect(code).toBe(3)
})

test('the reporter called default is the one that runs without the flag', limit, async () => {
  const args = ['run', '-c', 'chat.yaml', '--reporter', 'default']
  const { text } = await chatProject().slogate(args)
  expect(text).toMatch(/^chat: \d+\/60 /m)
  expect(text).not.toContain('测试报告')
  const help = await chatProject().slogate(['run', '--help'])
  expect(help.text).toMatch(/--reporter NAME +default: .*seed: /s)
})

function chatProject(): Project {
  return createProject({ 'chat.yaml': chatSpec(['requests_per_second >= 1000000/s']) })
}

function runSeed(project: Project, args: readonly string[] = []) {
  return project.slogate(['run', '-c', 'chat.yaml', '--reporter', 'seed', ...args])
}

function write(batches: readonly RequestRecord[][], total: number | undefined): string[] {
  let text = ''
  const output = createSeedOutput({ write: (part) => (text += part) }, { total, locale: 'zh' })
  for (const batch of batches) output.add(batch)
  return text.split('\n').slice(0, -1)
}
