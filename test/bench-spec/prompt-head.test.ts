import { expect, test } from 'vitest'

import { fillHeads, findHeads } from '../../src/bench-spec/prompt-head.ts'

/** The body with `#0 `, `#1 `, … at its heads. */
function mark(body: unknown, shared = ''): unknown {
  const headed = findHeads(body, shared)
  return headed && JSON.parse(fillHeads(headed, (prompt) => `#${prompt} `))
}

const user = { role: 'user', content: 'hi' }
const system = { role: 'system', content: 'Be brief.' }
const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }

test.each<[what: string, body: object, marked: object]>([
  [
    'the first message',
    { messages: [user, user] },
    { messages: [{ role: 'user', content: '#0 hi' }, user] },
  ],
  [
    'the system message, wherever it stands',
    { messages: [user, { role: 'developer', content: 'Be brief.' }] },
    { messages: [user, { role: 'developer', content: '#0 Be brief.' }] },
  ],
  [
    'the first part that is a text',
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }, image] }] },
    { messages: [{ role: 'user', content: [{ type: 'text', text: '#0 hi' }, image] }] },
  ],
  [
    'before an image that comes first, in a part of its own',
    { messages: [{ role: 'user', content: [image, { type: 'text', text: 'hi' }] }] },
    {
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: '#0 ' }, image, { type: 'text', text: 'hi' }],
        },
      ],
    },
  ],
  [
    "Anthropic's system",
    { system: 'Be brief.', messages: [user] },
    { system: '#0 Be brief.', messages: [user] },
  ],
  [
    "Anthropic's system in blocks",
    { system: [{ type: 'text', text: 'Be brief.' }], messages: [user] },
    { system: [{ type: 'text', text: '#0 Be brief.' }], messages: [user] },
  ],
  [
    "Gemini's contents",
    { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
    { contents: [{ role: 'user', parts: [{ text: '#0 hi' }] }] },
  ],
  [
    "Gemini's instruction",
    {
      contents: [{ parts: [{ text: 'hi' }] }],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
    },
    {
      contents: [{ parts: [{ text: 'hi' }] }],
      systemInstruction: { parts: [{ text: '#0 Be brief.' }] },
    },
  ],
  ['a prompt', { prompt: 'hi', stream: true }, { prompt: '#0 hi', stream: true }],
  ['each of several prompts', { prompt: ['hi', 'ho'] }, { prompt: ['#0 hi', '#1 ho'] }],
  ['the input of responses', { input: 'hi' }, { input: '#0 hi' }],
  [
    'their instructions',
    { input: 'hi', instructions: 'Be brief.' },
    { input: 'hi', instructions: '#0 Be brief.' },
  ],
  [
    'the input of responses in items',
    { input: [{ role: 'user', content: [{ type: 'input_text', text: 'hi' }] }] },
    { input: [{ role: 'user', content: [{ type: 'input_text', text: '#0 hi' }] }] },
  ],
  ['each input of embeddings', { input: ['hi', 'ho'] }, { input: ['#0 hi', '#1 ho'] }],
  [
    "DashScope's messages",
    { input: { messages: [system, user] } },
    { input: { messages: [{ role: 'system', content: '#0 Be brief.' }, user] } },
  ],
  ["TGI's inputs", { inputs: 'hi' }, { inputs: '#0 hi' }],
  ["Dify's query", { inputs: {}, query: 'hi' }, { inputs: {}, query: '#0 hi' }],
  [
    "Dify's variables, whose order in the prompt nobody knows",
    { inputs: { a: 'hi', n: 1, b: 'ho' } },
    { inputs: { a: '#0 hi', n: 1, b: '#1 ho' } },
  ],
])('a marker stands at the head of a prompt: %s', (_, body, marked) => {
  expect(mark(body)).toEqual(marked)
  expect(mark(JSON.stringify(body))).toEqual(marked)
})

test('what is shared stands before the marker', () => {
  expect(mark({ prompt: ['hi', 'ho'] }, 'same\n')).toEqual({
    prompt: ['same\n#0 hi', 'same\n#1 ho'],
  })
})

test.each([
  [undefined],
  [{ stream: true }],
  [{ prompt: [1, 2, 3] }],
  [{ messages: [] }],
  [{ messages: [{ role: 'user', content: [image] }] }],
  ['no JSON'],
  [null],
  [['messages']],
])('%j has no prompt that a text could be put before', (body) => {
  expect(findHeads(body, '')).toBeUndefined()
})

test('everything else of a body stays as it is, whatever its texts hold', () => {
  const body = { prompt: 'a "quote"\n\\ 世界 \u0000 {{x}}', n: 1e21, nested: { a: [null, true] } }
  const headed = findHeads(body, '')!
  expect(headed.body).toBe(JSON.stringify(body))
  expect(headed.body.slice(headed.heads[0])).toMatch(/^a \\"quote/)
})
