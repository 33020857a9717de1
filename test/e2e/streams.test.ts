import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { startMock } from '../../src/mock/index.ts'
import { parseRequests } from '../../src/results/requests.ts'
import type { Results } from '../../src/results/results.ts'
import { chatEvent, serve } from '../_server.ts'
import { createProject, repository } from './_project.ts'

const documented = readFileSync(join(repository, 'examples/config_dify_sse.json'), 'utf8')

test.each(['data', 'field'] as const)(
  'the documented configuration finds the answer of the mock’s Dify, names in %s, and what is recorded is replayed alike [S1.38] [S3.8] [S3.11] [T3]',
  async (place) => {
    const mock = await startMock({
      profile: 'vllm',
      ttft: '20ms',
      itl: '5ms',
      tokens: 6,
      dify: { event_name: place },
    })
    const project = createProject({ 'dify.json': documented })
    const args = ['run', '-c', 'dify.json', '-u', mock.url, '-n', '10', '-p', '2']
    const { text } = await project.slogate([
      ...args,
      '--reporter',
      'seed',
      '--debug-events',
      '2',
      '--out',
      'out',
    ])
    await mock.stop()
    expect(text).toMatch(
      /^\[001\] 完成: \d+\.\d{3}s \| 13 事件 \| workflow_started:1, node_started:2, node_finished:2, message:6, workflow_finished:1, message_end:1$/m,
    )
    const folder = 'out/dify'
    const { diagnostics } = JSON.parse(project.read(`${folder}/results.json`)) as Results
    const ids = diagnostics.map(({ id }) => id)
    expect(ids).toContain('requests-recorded')
    expect(ids).not.toContain('output-missing')
    const zipped = readFileSync(join(project.folder, folder, 'requests.ndjson.gz'))
    const records = parseRequests(
      gunzipSync(zipped).toString().split('\n'),
      'requests.ndjson.gz',
    ).filter(({ phase }) => phase === 'measured')
    expect(records).toHaveLength(10)
    for (const { output } of records) expect(output).toMatch(/./s)

    const compat = JSON.parse(project.read(`${folder}/test_results.json`))
    expect(compat.metrics[0]).toMatchObject({ events_count: 13, events: { message: 6 } })
    expect(compat.metrics[0].total_bytes).toBeGreaterThan(1000)
    expect(project.read(`${folder}/debug_events.ndjson`).split('\n')).toHaveLength(3)
    for (const number of [1, 2]) {
      const { stdout } = await project.slogate([
        'replay',
        `${folder}/debug_events.ndjson`,
        '--request',
        String(number),
        '--json',
      ])
      const read = JSON.parse(stdout)
      const record = records.find(({ index }) => index === number - 1)!
      const since = (at: number | undefined): number =>
        (at ?? NaN) - (record.marks.dispatched ?? NaN)
      expect(read).toMatchObject({
        dialect: record.dialect,
        outcome: 'completed',
        failure: null,
        end: 'workflow_finished',
        tokens: record.tokenTimes.length,
        event_count: record.events,
        event_names: record.eventNames,
        prompt_tokens: record.promptTokens ?? null,
        completion_tokens: record.completionTokens ?? null,
        output: record.output,
      })
      expect(read.marks_ms.first_token).toBeCloseTo(since(record.marks.firstToken), 2)
      expect(read.marks_ms.first_content).toBeCloseTo(since(record.marks.firstContent), 2)
      expect(read.marks_ms.completed).toBeCloseTo(since(record.marks.completed), 2)
    }
  },
)

test('an output_path that matches nothing is told in every report, with the keys that are there [T3]', async () => {
  const project = createProject({
    'dify.json': documented
      .replace('data.outputs.result', 'data.outputs.text')
      .replace(
        '"http://localhost/v1/chat-messages"',
        '"/v1/chat-messages", "mock": { "profile": "vllm", "ttft": "5ms", "itl": "1ms", "tokens": 4 }',
      ),
  })
  const args = ['run', '-c', 'dify.json', '-n', '10', '-p', '2', '--out', 'out', '--quiet']
  const { text } = await project.slogate(args)
  const told = '10 of 10 answers held nothing at output_path "data.outputs.text"'
  expect(text.replace(/\s+/g, ' ')).toContain(`${told}: "data.outputs" holds answer, result.`)
  for (const file of ['results.json', 'report.html', 'summary.md']) {
    const report = project
      .read(`out/dify/${file}`)
      .replace(/&quot;|\\"/g, '"')
      .replace(/\\_/g, '_')
    expect(report, file).toContain(told)
  }
})

test('what is recorded holds no secret of a header or a query, however it comes back [T18]', async () => {
  const [key, token] = ['key-of-a-header-0123456789', 'token-of-a-query-0123456789']
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-echo': key })
    const pieces = [
      `${key} `,
      'key-of-',
      'a-header',
      '-01234',
      '56789',
      ' ',
      encodeURIComponent(token),
    ]
    for (const piece of pieces) response.write(chatEvent(piece))
    const whole = chatEvent(`again ${token}`)
    response.write(whole.slice(0, -30))
    setTimeout(() => response.end(`${whole.slice(-30)}data: [DONE]\n\n`), 5)
  })
  const project = createProject({
    'chat.yaml': [
      `url: ${server.url}/v1/chat/completions?access_token=${token}`,
      `headers: { Authorization: "Bearer ${key}" }`,
      'stream_format: openai-chat',
      'requests: 4',
      'concurrency: 1',
      '',
    ].join('\n'),
  })
  const args = ['run', '-c', 'chat.yaml', '--debug-events', '4', '--out', 'out']
  const { text } = await project.slogate(args)
  await server.close()
  const recorded = project.read('out/chat/debug_events.ndjson')
  expect(recorded).toContain('again ')
  const files = readdirSync(join(project.folder, 'out'), { recursive: true })
    .map((name) => join(project.folder, 'out', String(name)))
    .filter((path) => statSync(path).isFile())
  const contents = files.map((path) => {
    const bytes = readFileSync(path)
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  })
  for (const content of [text, ...contents]) {
    expect(content).not.toContain(key)
    expect(content).not.toContain(token)
    expect(content).not.toContain('"a-header"')
  }
  const replayed = await project.slogate(['replay', 'out/chat/debug_events.ndjson'])
  expect(replayed.code).toBe(0)
  expect(replayed.text).not.toContain('a-header')
})
