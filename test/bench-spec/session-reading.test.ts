import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { loadDataset } from '../../src/bench-spec/dataset.ts'

const directory = new URL('../../fixtures/datasets/', import.meta.url).pathname

const read = (file: string) => loadDataset({ type: 'conversations', file }, directory)

/** What is wrong with a file of these lines. */
function fail(...lines: unknown[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'conversations-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
  writeFileSync(join(folder, 'talks.jsonl'), text.join('\n'))
  const { issues } = loadDataset({ type: 'conversations', file: 'talks.jsonl' }, folder)
  return issues.map(({ message }) => message)
}

test('reads ShareGPT: what humans say in turns, the system first, and what gpt said not at all', () => {
  const { dataset } = read('sharegpt.jsonl')
  expect(dataset?.columns).toEqual(['id'])
  expect(dataset?.rows).toEqual([{ id: 'a1' }, { id: 'a2' }])
  expect(dataset?.sessions?.[0]).toEqual({
    system: 'Answer briefly.',
    turns: [
      { user: 'What is a tide?', results: [], cells: {} },
      { user: 'Why are there two a day?', results: [], cells: {} },
    ],
  })
  expect(dataset?.sessions?.[1]?.turns).toHaveLength(3)
})

test('reads the messages of OpenAI: results of tools belong to the turn that they are of, by the name of the tool', () => {
  const { dataset } = read('messages.jsonl')
  expect(dataset?.sessions?.[0]).toEqual({
    system: 'You look things up.',
    turns: [
      {
        user: 'What is the weather in Oslo?',
        results: [{ get_weather: '{"sky":"clear","degrees":4}' }],
        cells: {},
      },
      { user: 'And tomorrow?', results: [], cells: {} },
    ],
  })
})

test('reads its own shape: times of thinking, results of tools, and columns of rows and turns', () => {
  const { dataset } = read('conversations.jsonl')
  expect(dataset?.rows[0]).toEqual({ topic: 'travel' })
  const [first, second] = dataset?.sessions?.[0]?.turns ?? []
  expect(first).toEqual({
    user: 'I have three days in Lisbon. What should I see?',
    results: [],
    cells: { max_tokens: 24 },
  })
  expect(second?.think).toBe(20)
})

test('a turn may have the results of several tools, one after the other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conversations-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const turn = { user: 'a', think: 1.5, tool_result: ['one', { two: { ok: true } }] }
  writeFileSync(join(folder, 'talks.jsonl'), JSON.stringify({ turns: [turn] }))
  const { dataset } = loadDataset({ type: 'conversations', file: 'talks.jsonl' }, folder)
  expect(dataset?.sessions?.[0]?.turns).toEqual([
    { user: 'a', think: 1500, results: ['one', { two: '{"ok":true}' }], cells: {} },
  ])
})

test.each([
  [
    { prompt: 'a' },
    'has none of conversations, messages, turns: no known shape. Write for example',
  ],
  [{ turns: [{ user: 'a' }], messages: [] }, 'has messages and turns. Keep one of them.'],
  [{ turns: [] }, 'turns must be a list of what is said, and not empty.'],
  [{ turns: ['a'] }, 'turns[0] must be an object, like {"user": "…"}.'],
  [
    { turns: [{ user: 'a' }, { think: '2s' }] },
    'turns[1].user must be a text that says something, got nothing.',
  ],
  [{ turns: [{ user: ' ' }] }, 'turns[0].user must be a text that says something, got " ".'],
  [
    { turns: [{ user: 'a', think: 'long' }] },
    'turns[0].think must be a time such as "2s", or seconds, up to a day, got "long".',
  ],
  [{ turns: [{ user: 'a', think: -1 }] }, 'turns[0].think must be a time such as "2s"'],
  [
    { turns: [{ user: 'a', tool_result: 3 }] },
    'turns[0].tool_result must be a text, or an object of texts by the name of the tool.',
  ],
  [
    { conversations: [{ from: 'human' }] },
    'conversations[0].value must be a text that says something, got nothing.',
  ],
  [
    { conversations: [{ from: 'alien', value: 'a' }] },
    'conversations[0].from must be one of system, human, gpt, tool, got "alien".',
  ],
  [
    { messages: [{ role: 'user', content: null }] },
    'messages[0].content must be a text that says something, got null.',
  ],
  [
    { messages: [{ role: 'assistant', content: 'a' }] },
    'messages has nothing that a user says. Add a message of a user.',
  ],
  [
    {
      messages: [
        { role: 'user', content: 'a' },
        { role: 'system', content: 'b' },
      ],
    },
    'messages[1].content must come first: it is the system’s.',
  ],
  [
    { messages: [{ role: 'tool', content: 'a' }] },
    'messages[0].content answers nothing. A user speaks first.',
  ],
  [
    { messages: [{ role: 'user', content: 'a' }, { role: 'tool' }] },
    'messages[1].content is nothing. Write what the tool gives.',
  ],
])('refuses %j in one sentence with its file, line and key', (row, message) => {
  const [first, ...more] = fail({ turns: [{ user: 'fine' }] }, row)
  expect(first).toContain(`talks.jsonl:2: ${message}`)
  expect(first).not.toContain('\n')
  expect(more).toEqual([])
})

test('says what to do with a file that is one array', () => {
  expect(fail('[{"turns": []}]')).toEqual([
    'talks.jsonl is one JSON array. Write one object per line: jq -c ".[]" array.json > file',
  ])
})
