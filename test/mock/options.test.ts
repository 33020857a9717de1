import { expect, test } from 'vitest'

import { parseOptions } from '../../src/mock/options.ts'

function complain(options: unknown): string[] {
  try {
    parseOptions(options)
  } catch (error) {
    return (error as Error).message.split('\n')
  }
  return []
}

test('is the qwen-vllm server with 3 running and 10 waiting by default [S4.21]', () => {
  expect(parseOptions({})).toMatchObject({
    profile: 'qwen-vllm',
    queue: { running: 3, waiting: 10 },
    ttft: { kind: 'constant', value: 40 },
    itl: { kind: 'constant', value: 5 },
    roleChunk: 'first_token',
    usage: 'asked',
    tokensPerEvent: 1,
  })
})

test('admits everybody in the vllm profile unless a queue is given [T23]', () => {
  expect(parseOptions({ profile: 'vllm' }).queue).toBeUndefined()
  expect(parseOptions({ queue: null }).queue).toBeUndefined()
  expect(parseOptions({ profile: 'vllm', queue: { running: 2 } }).queue).toEqual({
    running: 2,
    waiting: Infinity,
  })
})

test('names every problem in one line, with what to do', () => {
  expect(
    complain({ ttft: 'fast', tokens: 0, queue: { running: 3, wating: 1 }, seed: 1.5 }),
  ).toEqual([
    expect.stringMatching(/^mock: ttft: expected a duration.*, got "fast"\. Write 40ms/),
    expect.stringMatching(/^mock: tokens: expected a whole number of at least 1, got 0\. /),
    expect.stringMatching(/^mock: queue\.wating: .*, got "wating"\. Did you mean waiting\?$/),
    expect.stringMatching(/^mock: seed: expected a whole number of at least 0, got 1\.5\. /),
  ])
})

test.each([
  ['ttfb', 'Did you mean ttft?'],
  ['token_per_event', 'Did you mean tokens_per_event?'],
  ['profil', 'Did you mean profile?'],
  ['something_else_entirely', 'Remove it'],
])('answers the unknown option %s with: %s', (name, advice) => {
  expect(complain({ [name]: 1 })).toEqual([expect.stringContaining(advice)])
})

test.each<[unknown, string]>([
  [{ profile: 'qwen-vlm' }, 'Did you mean qwen-vllm?'],
  [{ itl: -1 }, 'mock: itl: '],
  [{ itl: '5' }, 'mock: itl: '],
  [{ ttft: { dist: 'normal', stddev: 3 } }, 'mock: ttft.mean: '],
  [{ ttft: { dist: 'normal', mean: 30 } }, 'mock: ttft.cv: '],
  [{ ttft: { dist: 'uniform', min: 30 } }, 'mock: ttft.max: '],
  [{ ttft: { dist: 'uniform', min: 30, max: 20 } }, 'mock: ttft.max: '],
  [{ ttft: { dist: 'gauss', mean: 30 } }, 'mock: ttft.dist: '],
  [{ ttft: { exact_quantiles: { p50: 40 } } }, 'mock: ttft.n: '],
  [{ ttft: { exact_quantiles: { p50: 40, p90: 30 }, n: 20 } }, 'mock: ttft.exact_quantiles.p90: '],
  [{ ttft: { exact_quantiles: { median: 40 }, n: 20 } }, 'mock: ttft.exact_quantiles.median: '],
  [{ ttft: { exact_quantiles: { p99: 40, max: 50 }, n: 20 } }, 'mock: ttft.n: '],
  [{ models: [] }, 'mock: models: '],
  [{ deterministic_ids: 'yes' }, 'mock: deterministic_ids: '],
  [{ tokens: { min: 5, max: 3 } }, 'mock: tokens.max: '],
  [[], 'mock: options: '],
])('refuses %j', (options, complaint) => {
  expect(complain(options)).toEqual([expect.stringContaining(complaint)])
})
