import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { createFolder } from './_folder.ts'
import { call } from './_terminal.ts'

const chat = readFileSync(new URL('../../fixtures/streams/chat-reasoning.sse', import.meta.url))
const steps = [
  'event: begun\ndata: {"run": "r-1"}',
  'event: piece\ndata: {"delta": "Two "}',
  'event: piece\ndata: {"delta": "words"}',
  'event: finished\ndata: {"result": "Two words"}',
  '',
].join('\n\n')

test('shows what each event was taken for, and says that a body alone has no times', async () => {
  const cwd = createFolder({ 'chat.sse': chat.toString() })
  const { code, stdout } = await call(['replay', 'chat.sse'], { cwd })
  expect(code).toBe(0)
  expect(stdout).toContain('read as openai-chat, chosen from the body')
  expect(stdout).toContain('it holds no times')
  expect(stdout).toMatch(/^2 {2}– +token reasoning /m)
  expect(stdout).toMatch(/^first token +event 2$/m)
  expect(stdout).toMatch(/^output +42\.$/m)
})

test('proposes a format that then reads the stream', async () => {
  const cwd = createFolder({ steps: steps })
  const { stdout } = await call(['replay', 'steps'], { cwd })
  expect(stdout).toContain(
    'stream_format: { type: sse, first_token_event: piece, completion_event: finished, output_path: result }',
  )
  const format = ['--type', 'sse', '--first-token-event', 'piece', '--completion-event', 'finished']
  const args = ['replay', 'steps', ...format, '--output-path', 'result', '--json']
  const document = JSON.parse((await call(args, { cwd })).stdout)
  expect(document).toMatchObject({ output: 'Two words', end: 'finished', failure: null })
  expect(document.marks_ms.first_token).toBeNull()
  expect(document.events.map(({ event }: { event: string }) => event)).toEqual([
    'begun',
    'piece',
    'piece',
    'finished',
  ])
})

test('says why an answer is incomplete, and where a path leads to no text', async () => {
  const cwd = createFolder({ cut: steps.slice(0, steps.indexOf('event: finished')) })
  const format = ['--type', 'sse', '--completion-event', 'finished', '--output-path', 'nowhere']
  const { code, stdout } = await call(['replay', 'cut', ...format], { cwd })
  expect(code).toBe(0)
  expect(stdout).toContain('incomplete_stream')
})

test.each([
  [['none.sse'], 'none.sse: there is no such file'],
  [['steps', '--output-path', 'a'], 'needs its --type'],
  [['steps', '--type', 'ssse'], 'Did you mean "sse"?'],
])('replay %j is one sentence', async (args, sentence) => {
  const { code, stderr } = await call(['replay', ...args], { cwd: createFolder({ steps }) })
  expect(code).toBe(3)
  expect(stderr).toContain(sentence)
})
