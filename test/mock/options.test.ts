import { expect, test } from 'vitest'

import { parseOptions } from '../../src/mock/options/options.ts'

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
    shape: { roleChunk: 'first_token', usage: 'asked', finishStyle: 'merged' },
    tokensPerEvent: 1,
  })
})

test('admits everybody in the vllm profile unless a queue is given', () => {
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
  [
    { ttft: { exact_quantiles: { p50: 40, p99: 90 }, n: 1e9 } },
    'mock: ttft.n: expected a whole number from 1 to 100000, got 1000000000',
  ],
  [{ ttft: `${'9'.repeat(400)}ms` }, 'mock: ttft: expected a duration'],
  [{ ttft: { exact_quantiles: { p50: 40, p90: 30 }, n: 20 } }, 'mock: ttft.exact_quantiles.p90: '],
  [{ ttft: { exact_quantiles: { median: 40 }, n: 20 } }, 'mock: ttft.exact_quantiles.median: '],
  [{ ttft: { exact_quantiles: { p99: 40, max: 50 }, n: 20 } }, 'mock: ttft.n: '],
  [
    { ttft: { drifting: { dist: 'constant', mean: 9 } } },
    'mock: ttft.over: expected how many requ',
  ],
  [{ ttft: { drifting: 40, over: 50 } }, 'mock: ttft.drifting: expected a random time, got 40. '],
  [{ ttft: { drifting: { dist: 'constant' }, over: 50 } }, 'mock: ttft.drifting.mean: '],
  [
    { ttft: { drifting: { dist: 'constant', mean: 9 }, over: 0 } },
    'mock: ttft.over: expected a wh',
  ],
  [{ ttft: { drifting: { dist: 'constant', mean: 9 }, over: 9, ove: 9 } }, 'Did you mean over?'],
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
  [{ kind: 'bom', when: { bursts: 0.1 } }, 'faults.1.when.bursts: expected { share, length }'],
  [{ kind: 'bom', when: { bursts: { length: 3 } } }, 'faults.1.when.bursts: expected { share, le'],
  [
    { kind: 'bom', when: { bursts: { share: 5, length: 3 } } },
    'faults.1.when.bursts.share: expected a number from 0 to 1, got 5. ',
  ],
  [
    { kind: 'bom', when: { bursts: { share: 0.1, length: 0.5 } } },
    'faults.1.when.bursts.length: expected a number of at least 1, got 0.5. ',
  ],
  [
    { kind: 'bom', when: { bursts: { share: 0.8, length: 3 } } },
    'faults.1.when.bursts.share: expected at most 0.75, so that there are gaps, got 0.8. ',
  ],
  [{ kind: 'bom', when: { bursts: { share: 0, length: 1, lenth: 2 } } }, 'Did you mean length?'],
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

test('fills the knobs of a tier in, by name alone or with some of them', () => {
  expect(parseOptions({}).tier).toEqual({ kind: 'fixed' })
  expect(parseOptions({ latency: 'linear' }).tier).toEqual({
    kind: 'linear',
    base: 30,
    perToken: 0.25,
    perTokenSquared: 0,
    slowdown: 2,
  })
  expect(parseOptions({ latency: { tier: 'step', base: '8ms', batch_tokens: 512 } }).tier).toEqual({
    kind: 'step',
    base: 8,
    perRequest: 0.05,
    perToken: 0.015,
    perContextToken: 0,
    batchTokens: 512,
  })
})

test('lets 256 requests run where nobody is turned away and the tier needs a limit', () => {
  const engineQueue = { running: 256, waiting: Infinity }
  expect(parseOptions({ profile: 'vllm', latency: 'step' }).queue).toEqual(engineQueue)
  expect(parseOptions({ latency: 'linear' }).queue).toEqual({ running: 3, waiting: 10 })
})

test.each<[object, string]>([
  [{ latency: 'linaer' }, 'mock: latency: expected one of fixed, linear, step, got "linaer". Did'],
  [{ latency: 3 }, 'mock: latency: expected one of fixed, linear, step, got 3. '],
  [{ latency: {} }, 'mock: latency.tier: expected one of fixed, linear, step, got nothing. '],
  [{ latency: { tier: 'stp' } }, 'mock: latency.tier: expected one of fixed, linear, step'],
  [{ latency: { tier: 'fixed', base: 3 } }, 'mock: latency.base: expected one of tier, got "base"'],
  [{ latency: { tier: 'linear', slow_down: 2 } }, 'Did you mean slowdown?'],
  [
    { latency: { tier: 'linear', slowdown: 0.5 } },
    'mock: latency.slowdown: expected a number of at',
  ],
  [{ latency: { tier: 'linear', base: 'long' } }, 'mock: latency.base: expected a duration'],
  [{ latency: { tier: 'linear', per_token: -1 } }, 'mock: latency.per_token: expected a duration'],
  [{ latency: 'linear', ttft: 40 }, 'mock: ttft: expected nothing with tier linear, got 40. '],
  [{ latency: 'step', itl: '5ms' }, 'mock: itl: expected nothing with tier step, got "5ms". '],
  [{ latency: { tier: 'step', base: 0 } }, 'mock: latency.base: expected a time above 0, got 0. '],
  [
    { latency: { tier: 'step', batch_tokens: 3 } },
    'expected more than the 3 requests that may run',
  ],
  [
    { latency: { tier: 'step', batch_tokens: 1.5 } },
    'mock: latency.batch_tokens: expected a whole',
  ],
  [{ latency: 'step', queue: null }, 'mock: queue: expected a limit of running requests with tier'],
  [{ prefix_cache: 'yes' }, 'mock: prefix_cache: expected true, false or { block_tokens, blocks }'],
  [{ prefix_cache: { block_tokens: 0 } }, 'mock: prefix_cache.block_tokens: expected a whole'],
  [{ prefix_cache: { block: 16 } }, 'mock: prefix_cache.block: expected one of block_tokens'],
  [
    { stalls: '80ms' },
    'mock: stalls: expected { every, for }, got "80ms". Write e.g. { every: 2s,',
  ],
  [{ stalls: { every: '2s' } }, 'mock: stalls: expected { every, for }, got {"every":"2s"}. '],
  [{ stalls: { every: '2s', for: 'long' } }, 'mock: stalls.for: expected a duration, a distribut'],
  [
    { stalls: { every: '0ms', for: 9 } },
    'mock: stalls.every: expected a time above 0, got "0ms". ',
  ],
  [{ stalls: { every: { dist: 'exponential' }, for: 9 } }, 'mock: stalls.every.mean: '],
  [{ stalls: { every: '2s', for: '80ms', eveyr: 1 } }, 'Did you mean every?'],
  [{ cold_start: 'slow' }, 'mock: cold_start: expected a duration'],
  [{ cold_start: { requests: 2 } }, 'mock: cold_start.delay: expected how much later, got nothing'],
  [{ cold_start: { requests: 0, delay: 5 } }, 'mock: cold_start.requests: expected a whole number'],
])('refuses the knob %j', (options, complaint) => {
  expect(complain(options)).toEqual([expect.stringContaining(complaint)])
})

test('lets given options replace those of a server that was measured', () => {
  expect(parseOptions({ scenario: 'rtx3080' })).toMatchObject({
    profile: 'qwen-vllm',
    tier: { kind: 'fixed' },
    ttft: { kind: 'lognormal', mean: 698, cv: 0.33 },
    itl: { kind: 'constant', value: 294 },
    queue: { running: 3, waiting: 10 },
  })
  const mixed = parseOptions({ scenario: 'h100-8b', itl: '7ms', latency_factor: 0.5 })
  expect(mixed).toMatchObject({
    profile: 'vllm',
    tier: { kind: 'linear', base: 30, perToken: 0.25, slowdown: 2 },
    itl: { kind: 'constant', value: 7 },
    queue: { running: 16, waiting: Infinity },
  })
})

test('lets the tier of a scenario be replaced, though it has times that the new one has no use for', () => {
  const queue = { running: 16, waiting: Infinity }
  expect(parseOptions({ scenario: 'h100-8b', latency: 'step' })).toMatchObject({ queue })
})
