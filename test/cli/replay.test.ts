import { join } from 'node:path'

import { expect, test } from 'vitest'

import { repository } from '../_pages.ts'
import { hostile } from '../report/_runs.ts'
import { eventStream } from '../stream/recording.ts'
import { createFolder } from './_folder.ts'
import { call } from './_terminal.ts'

const fixtures = join(repository, 'fixtures/streams')

async function replayJson(args: readonly string[], cwd = fixtures) {
  const { code, stdout, stderr } = await call(['replay', ...args, '--json'], { cwd })
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

test('a body as curl leaves it: its events, its marks, and the format to read it with', async () => {
  const { code, stdout } = await call(['replay', 'dify-chatflow.sse'], { cwd: fixtures })
  expect(code).toBe(0)
  expect(stdout).toContain('read as dify, chosen from the body')
  expect(stdout).toContain('it holds no times')
  expect(stdout).toMatch(/^4 {2}– {2}message +token output +\{/m)
  expect(stdout).toMatch(/^first token +event 4 message$/m)
  expect(stdout).toMatch(/^output +你好，世界$/m)
  expect(stdout).toMatch(/^end +message_end$/m)
  expect(stdout).toMatch(/^usage +9 prompt, 3 completion$/m)
  expect(stdout).toMatch(/^ {2}workflow_finished {2}data\.outputs\.answer {2}×1 {2}你好，世界$/m)
  expect(stdout).toContain('stream_format: dify')
})

test('the stream of the document is read as its configuration says [S3.1, S3.2, S3.4, S3.6, S3.7]', async () => {
  const flags = ['--type', 'sse', '--first-token-event', 'workflow_started']
  const more = ['--completion-event', 'workflow_finished', '--output-path', 'data.outputs.result']
  const read = await replayJson(['workflow-events.sse', ...flags, ...more])
  expect(read).toMatchObject({
    stream_format: { type: 'sse', output_path: 'data.outputs.result' },
    suggestion: null,
    end: 'workflow_finished',
    output: '最终结果',
    failure: null,
    event_names: [
      { name: 'workflow_started', count: 1 },
      { name: 'node_started', count: 1 },
      { name: 'node_finished', count: 1 },
      { name: 'workflow_finished', count: 1 },
    ],
  })
})

test('an output_path that leads nowhere is told with what is there [T3]', async () => {
  const flags = ['--type', 'dify', '--output-path', 'data.outputs.result']
  const { stdout } = await call(['replay', 'dify-chatflow.sse', ...flags], { cwd: fixtures })
  expect(stdout).toContain('– nothing at data.outputs.result: data.outputs holds answer')
})

test.each([
  ['cut-before-done.sse', 'openai-chat', 'incomplete_stream'],
  ['ollama.ndjson', 'ollama', undefined],
  ['gemini-array.array', 'gemini', undefined],
  ['document.txt', 'ndjson', 'not_streamed'],
  ['text.txt', 'raw', undefined],
])('%s is read as %s', async (file, dialect, failure) => {
  const read = await replayJson([file])
  expect([read.dialect, read.failure?.kind]).toEqual([dialect, failure])
})

test('a whole document is read as one, and proposed where it was read as a stream', async () => {
  const { stdout } = await call(['replay', 'document.txt'], { cwd: fixtures })
  expect(stdout).toContain('stream_format: json')
  const read = await replayJson(['whole-chat.whole', '--type', 'json'])
  expect(read).toMatchObject({
    dialect: 'json',
    tokens: 0,
    event_count: 1,
    prompt_tokens: 15,
    completion_tokens: 9,
    output: 'Rhein, Elbe, Donau. 🌊',
    end: 'end of the body',
    failure: null,
  })
  expect(read.events[0].taken_for).toEqual(['output', 'usage'])
  const path = ['--type', 'json', '--output-path', 'usage.prompt_tokens']
  expect((await replayJson(['whole-embeddings.whole', ...path])).output).toBe('8')
})

test('a long row of like events is cut in the terminal, and whole in JSON', async () => {
  const events = Array.from({ length: 50 }, (_, n) => ({ event: 'piece', text: `${n} ` }))
  const cwd = createFolder({ 'own.txt': eventStream({ event: 'begin' }, ...events) })
  const { stdout } = await call(['replay', 'own.txt'], { cwd })
  expect(stdout).toContain('… 47 more of these')
  expect((await replayJson(['own.txt'], cwd)).events).toHaveLength(51)
})

test('what a target wrote does nothing to a terminal or a CI system', async () => {
  const cwd = createFolder({
    'own.sse': eventStream({ event: hostile, [hostile]: hostile }, hostile),
  })
  for (const flags of [[], ['--json']]) {
    const { code, stdout } = await call(['replay', 'own.sse', ...flags], { cwd })
    expect(code).toBe(0)
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}|##\w*\[/u)
    expect(stdout).not.toMatch(/^\s*::/m)
  }
})

test.each([
  [['missing.sse'], 'there is no such file'],
  [['.'], 'cannot be read (EISDIR)'],
  [['chat.sse', '--output-path', 'a'], 'needs its --type'],
  [['chat.sse', '--type', 'openai'], '--type must be'],
  [['document.txt', '--type', 'json', '--completion-event', 'x'], 'has no events'],
  [[], 'needs one recorded stream'],
])('bad usage is one sentence: %j', async (args, message) => {
  const { code, stderr } = await call(['replay', ...args], { cwd: fixtures })
  expect(code).toBe(3)
  expect(stderr).toContain(message)
})
