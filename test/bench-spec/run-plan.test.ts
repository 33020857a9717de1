import { expect, test } from 'vitest'

import { checkSpec } from '../../src/bench-spec/loading.ts'
import { planRun, type RunPlan } from '../../src/bench-spec/run-plan.ts'
import { estimateTokens, listPrompts } from '../../src/bench-spec/token-estimate.ts'
import { renderPlan } from '../../src/report/plan-text.ts'

function plan(document: object, env: Record<string, string> = {}): RunPlan {
  return planRun(checkSpec({ url: 'http://127.0.0.1:1/v1', ...document }, { env, baseDir: '.' }))
}

const messages = [{ role: 'user', content: 'abcd'.repeat(10) }]

test('counts the warm-up beside the measured requests, and both in the tokens [S1.52]', () => {
  const { requests, warmup, targets } = plan({
    body: { model: 'm', messages, max_tokens: 7 },
    requests: 50,
    concurrency: 10,
  })
  expect([requests, warmup]).toEqual([50, 10])
  expect(targets).toEqual([
    {
      url: 'http://127.0.0.1:1/v1',
      place: 'local',
      promptTokens: 10,
      outputTokens: { key: 'max_tokens', tokens: 7 },
    },
  ])
})

test('leaves open what the body does not tell', () => {
  const [target] = plan({ body: { stream: true } }).targets
  expect(target).not.toHaveProperty('promptTokens')
  expect(target).not.toHaveProperty('outputTokens')
})

test('takes made-up prompts for as long as they are asked for, where they are sent', () => {
  const data_source = { type: 'synthetic', input_tokens: 500, output_tokens: 7 }
  const rest = { data_source, requests: 50, concurrency: 10 }
  const sent = plan({ body: { prompt: '{{prompt}}', max_tokens: '{{output_tokens}}' }, ...rest })
  expect(sent).toMatchObject({
    dataset: { source: 'synthetic', rows: 60, asked: 500 },
    targets: [{ promptTokens: 500, outputTokens: { tokens: 7 } }],
  })
  expect(renderPlan(sent).join('\n')).toContain(
    '60 rows of synthetic, about 500 tokens each, 30\u202f000 in all (as asked for)',
  )
  const unused = plan({ body: { messages, n: '{{output_tokens}}' }, ...rest })
  expect(unused.targets[0]?.promptTokens).toBe(10)
})

test('knows the mock, this machine and others, and shows no secret', () => {
  expect(plan({ mock: true, url: '/v1' }).targets[0]?.place).toBe('mock')
  expect(plan({ url: 'http://localhost/v1' }).targets[0]?.place).toBe('local')
  const [target] = plan({ url: 'https://api.test/v1?key=${KEY}' }, { KEY: 'k-1234567890' }).targets
  expect(target).toMatchObject({ place: 'remote' })
  expect(target?.url).not.toContain('1234567890')
})

test('plans both targets where a second one alternates', () => {
  const { targets, openFiles } = plan({
    body: { messages },
    baseline: { url: 'https://other.test/v1' },
    concurrency: 8,
    requests: 100,
  })
  expect(targets.map(({ place }) => place)).toEqual(['local', 'remote'])
  expect(openFiles.needed).toBe(2 * 8 + 32)
})

test('takes the pace of an earlier run, else the timeout as the most', () => {
  const document = { url: 'http://127.0.0.1:1/v1', requests: 90, warmup: 10, concurrency: 10 }
  const spec = checkSpec({ ...document, timeout: '5s' }, { env: {}, baseDir: '.' })
  expect(planRun(spec).time).toEqual({ kind: 'unknown', mostMs: 10 * 5000 })
  const pace = { requestMs: 200, startedAt: '2026-11-28T00:00:00Z' }
  expect(planRun(spec, { pace }).time).toEqual({
    kind: 'pace',
    ms: 10 * 200,
    startedAt: pace.startedAt,
  })
})

test.each([
  ['abcdefgh', 2],
  ['写一个短文', 5],
  ['写 an essay', 1 + 3],
  ['', 0],
])('estimates the tokens of "%s" as %i', (text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens)
})

test.each([
  [{ messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] }, ['hi']],
  [{ prompt: 'hi', model: 'm' }, ['hi']],
  [{ contents: [{ parts: [{ text: 'hi' }] }] }, ['hi']],
  [{ inputs: {}, query: 'hi', user: 'u' }, ['hi']],
  [{ stream: true }, []],
])('finds the prompts in %j', (body, prompts) => {
  expect(listPrompts(JSON.stringify(body))).toEqual(prompts)
})
