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

const fault = (option: object): unknown => ({ faults: [{ kind: 'no-done' }, option] })

test.each<[object, string]>([
  [{ kind: 'stal' }, 'faults.1.kind: expected one of '],
  [{ kind: 'stal' }, 'Did you mean stall?'],
  [{}, 'faults.1: expected an object with a kind, got {}. '],
  [{ kind: 'stall', after: 2 }, 'faults.1.after: expected one of kind, when, after_events, ms'],
  [{ kind: 'stall', ms: 'soon' }, 'faults.1.ms: expected a duration'],
  [{ kind: 'stall', after_events: -1 }, 'faults.1.after_events: '],
  [{ kind: 'split', bytes: 0 }, 'faults.1.bytes: expected a whole number of at least 1, got 0. '],
  [{ kind: 'http-error', status: 200 }, 'expected a whole number of at least 400, got 200. '],
  [{ kind: 'http-error', status: 600 }, 'expected a whole number of at most 599, got 600. '],
  [{ kind: 'http-error', retry_after: 'a\r\nb: c' }, 'faults.1.retry_after: '],
  [{ kind: 'http-error', body: 'htm' }, 'Did you mean html?'],
  [{ kind: 'in-band-error', done: 'yes' }, 'faults.1.done: expected true or false, got "yes". '],
  [{ kind: 'line-ends', ends: 'lf' }, 'faults.1.ends: expected one of crlf, cr, mixed, got "lf". '],
  [{ kind: 'bom', when: 3 }, 'faults.1.when: expected an object, got 3. '],
  [{ kind: 'bom', when: { evry: 3 } }, 'faults.1.when.evry: '],
  [{ kind: 'bom', when: { evry: 3 } }, 'Did you mean every?'],
  [{ kind: 'bom', when: { nth: 3 } }, 'faults.1.when.nth: expected a list of whole numbers'],
  [{ kind: 'bom', when: { every: 0 } }, 'faults.1.when.every: '],
  [{ kind: 'bom', when: { rate: 1.5 } }, 'faults.1.when.rate: expected a number from 0 to 1'],
  [{ kind: 'bom', when: { match: { a: '(' } } }, 'faults.1.when.match.a: expected a regular'],
  [{ kind: 'bom', when: { once: 1 } }, 'faults.1.when.once: expected true or false, got 1. '],
])('refuses the fault %j', (option, complaint) => {
  expect(complain(fault(option))).toEqual([expect.stringContaining(complaint)])
})

test('refuses faults that are no list', () => {
  expect(complain({ faults: { kind: 'no-done' } })).toEqual([
    expect.stringContaining('mock: faults: expected a list of faults'),
  ])
})
