import { expect, test } from 'vitest'

import { checkSpec } from '../../src/bench-spec/loading.ts'
import { measureRepetition, planUses } from '../../src/bench-spec/repetition.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'
import { prepare } from '../../src/bench-spec/template.ts'
import { findCommon } from '../../src/bench-spec/trace-cache.ts'
import type { PromptRecipe } from '../../src/bench-spec/trace.ts'
import { createComposer } from '../../src/engine/composer.ts'

const fixtures = new URL('../../fixtures/datasets/', import.meta.url).pathname

function check(file: string, rest: object = {}): BenchSpec {
  const document = {
    url: '/v1/chat/completions',
    mock: true,
    body: { messages: [{ role: 'user', content: '{{prompt}}' }], max_tokens: '{{output_tokens}}' },
    data_source: { type: 'trace', file },
    slo: ['success_rate >= 95%'],
    ...rest,
  }
  return checkSpec(document, { env: {}, baseDir: fixtures })
}

function recipe(tokens: number, blocks: number[]): PromptRecipe {
  return { tokens, blocks, blockTokens: 10 }
}

test('prompts of a trace have in common the beginnings that an earlier one had', () => {
  expect(findCommon([])).toEqual({ repeated: 0, share: 0 })
  expect(findCommon([recipe(25, [0, 1, 2]), recipe(30, [0, 1, 3]), recipe(25, [0, 1, 2])])).toEqual(
    { repeated: 1, share: (20 + 25) / 80 },
  )
  // The same block behind another beginning is another one.
  expect(findCommon([recipe(20, [0, 1]), recipe(20, [2, 1])])).toEqual({ repeated: 0, share: 0 })
  // What has no block is like nothing.
  expect(findCommon([recipe(20, []), recipe(20, [])])).toEqual({ repeated: 0, share: 0 })
})

test('a trace that tells what its prompts have in common says what a cache may know', () => {
  expect(check('trace-mooncake.jsonl').cache).toEqual({ kind: 'allowed' })
  expect(check('trace-mooncake.jsonl', { cache: 'bust' }).cache).toEqual({ kind: 'bust' })
  expect(check('trace-azure.csv').cache).toBeUndefined()
})

test('how far its prompts repeat is known without writing them', () => {
  const spec = check('trace-mooncake.jsonl')
  const requests = prepare(spec)
  const repetition = measureRepetition(requests, planUses(requests.length, spec.load) ?? [])
  expect(repetition?.requests).toBe(500)
  expect(repetition?.share).toBe(spec.dataset?.trace?.cachedShare)
})

test('a marker of a prompt that no cache is to know stands before what the trace asks for', () => {
  const spec = check('trace-mooncake.jsonl', { cache: 'bust' })
  const { load, timeouts } = spec
  const compose = createComposer({ load, timeouts, requests: prepare(spec) })
  const bodies = [0, 1].map((index) => {
    const ticket = { target: 'candidate', phase: 'measured', index, round: 0 } as const
    return JSON.parse(compose(ticket).request.body ?? '') as { messages: { content: string }[] }
  })
  const texts = bodies.map(({ messages }) => messages[0]?.content)
  for (const text of texts) expect(text).toMatch(/^\[\S+\] [a-z]+ [a-z ]+$/)
  expect(texts[0]?.slice(0, 15)).not.toBe(texts[1]?.slice(0, 15))
})
