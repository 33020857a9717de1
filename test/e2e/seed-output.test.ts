import { expect, test } from 'vitest'

import { serve } from '../_server.ts'
import { chatSpec, createProject, type Output, type Project } from './_project.ts'

const requests = 60

test('the seed reporter tells every request and ends with the report in Chinese and the verdict [S1.6] [S1.28] [S1.29] [S1.30] [S1.31] [S1.32] [S1.33] [S1.34] [S1.35] [S1.47]', async () => {
  const project = chatProject()
  const { code, text } = await runSeed(project)
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
  const saved = JSON.parse(project.read('.vitest/slogate/chat/test_results.json'))
  expect(saved).toMatchObject({
    config: { total_requests: requests },
    summary: { success_count: requests, failed_count: 0 },
  })
  expect(saved.metrics.map(({ request_id: id }: { request_id: number }) => id)).toEqual(
    tags.map((_, i) => i + 1),
  )
  // Nothing is redrawn or coloured where stdout is no terminal.
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
})

test('the seed reporter speaks English when it is asked to', async () => {
  const { text } = await runSeed(chatProject(), ['--locale', 'en'])
  expect(text).toMatch(/^\[001\] first token: \d\.\d{3}s$/m)
  expect(text).toContain(`progress: ${requests}/${requests} | elapsed: `)
  expect(text).toContain('\nTest report\n')
  expect(text).not.toMatch(/\p{Script=Han}/u)
})

test('without progress the report stays, with JSON stdout is the results alone', async () => {
  const project = chatProject()
  const quiet = await runSeed(project, ['--quiet'])
  expect(quiet.text).not.toContain('首token')
  expect(quiet.text).toContain('测试报告')
  const json = await runSeed(project, ['--quiet', '--json'])
  expect(JSON.parse(json.text)).toMatchObject({ summary: { requests: { completed: requests } } })
})

test('failures are told and counted, without the secret that the target sends back [S1.36] [S1.48] [T18]', async () => {
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
})

test('the reporter called default is the one that runs without the flag', async () => {
  const args = ['run', '-c', 'chat.yaml', '--reporter', 'default']
  const { text } = await chatProject().slogate(args)
  expect(text).toMatch(/^chat: \d+\/60 /m)
  expect(text).not.toContain('测试报告')
})

function chatProject(): Project {
  return createProject({ 'chat.yaml': chatSpec(['requests_per_second >= 1000000/s']) })
}

function runSeed(project: Project, args: readonly string[] = []): Promise<Output> {
  return project.slogate(['run', '-c', 'chat.yaml', '--reporter', 'seed', ...args])
}
