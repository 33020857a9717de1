import { expect, test } from 'vitest'

import type { PreparedRequest } from '../../src/bench-spec/template.ts'
import { createPromptWriter } from '../../src/bench-spec/trace-prompt.ts'
import type { PromptRecipe } from '../../src/bench-spec/trace.ts'

const settings = { seed: 1, rate: { tokensPerWord: 1, overhead: 0 } }

function prepare(prompt: Partial<PromptRecipe>): PreparedRequest {
  const body = JSON.stringify({ messages: [{ role: 'user', content: 'Say: {{prompt}}' }] })
  const recipe = { tokens: 10, blocks: [], blockTokens: 4, ...prompt }
  return { url: '/', method: 'POST', headers: {}, body, prompt: recipe }
}

function write(
  prompt: Partial<PromptRecipe>,
  index = 0,
  {
    phase = 'measured',
    ...rest
  }: Partial<typeof settings> & { phase?: 'warmup' | 'measured' } = {},
): string[] {
  const request = prepare(prompt)
  const write = createPromptWriter([request], { ...settings, ...rest })
  const { body = '' } = write(request, { phase, index })
  const { messages } = JSON.parse(body) as { messages: [{ content: string }] }
  return messages[0].content.split(' ').slice(1)
}

test('a prompt has as many words as its tokens ask for', () => {
  expect(write({})).toHaveLength(10)
  expect(write({}, 0, { rate: { tokensPerWord: 1.25, overhead: 0 } })).toHaveLength(8)
  expect(write({}, 0, { rate: { tokensPerWord: 1, overhead: 3 } })).toHaveLength(7)
  expect(write({ tokens: 1 }, 0, { rate: { tokensPerWord: 9, overhead: 3 } })).toHaveLength(1)
  expect(write({ blocks: [3, 4, 5] })).toHaveLength(10)
  expect(write({ blocks: [3] })).toHaveLength(10)
})

test('the same block is the same text in every request, and what is behind it is its own', () => {
  const [one, other] = [write({ blocks: [3, 4] }, 0), write({ blocks: [3, 5] }, 1)]
  expect(one.slice(0, 4)).toEqual(other.slice(0, 4))
  expect(one.slice(4, 8)).not.toEqual(other.slice(4, 8))
  expect(write({ blocks: [3, 4] }, 0)).toEqual(one)
  expect(write({ blocks: [3, 4] }, 1).slice(8)).not.toEqual(one.slice(8))
  // A block that is cut short begins as the whole one.
  expect(write({ tokens: 3, blocks: [3] })).toEqual(one.slice(0, 3))
})

test('what is sent depends on the seed alone', () => {
  expect(write({ blocks: [3] }, 0, { seed: 2 })).not.toEqual(write({ blocks: [3] }))
  expect(write({}, 0)).not.toEqual(write({}, 1))
})

test('a prompt of the warm-up has nothing in common with those that are measured', () => {
  const warm = write({ blocks: [3, 4] }, 0, { phase: 'warmup' })
  expect(warm).toHaveLength(10)
  expect(warm.slice(0, 4)).not.toEqual(write({ blocks: [3, 4] }).slice(0, 4))
})

test('a request without a recipe, or that does not ask for its prompt, is left as it is', () => {
  const { prompt: _, ...plain } = prepare({})
  const silent = { ...prepare({}), body: '{}' }
  for (const request of [plain, silent]) {
    const write = createPromptWriter([request, prepare({})], settings)
    expect(write(request, { phase: 'measured', index: 0 })).toBe(request)
  }
})

test('long prompts have their length, and begin like no other', () => {
  const long = { tokens: 100_000, blocks: [], blockTokens: 512 }
  const [one, other] = [write(long, 0), write(long, 1)]
  expect([one.length, other.length]).toEqual([100_000, 100_000])
  expect(one.slice(0, 8)).not.toEqual(other.slice(0, 8))
  expect(write({ ...long, tokens: 70_000 }, 0)).toEqual(one.slice(0, 70_000))
})
