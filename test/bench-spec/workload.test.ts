import { expect, test } from 'vitest'

import { readLoad, readTimeouts } from '../../src/bench-spec/workload.ts'

const given = {
  slos: [],
  gate: { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 },
  alternates: false,
} as const

function refuse(path: unknown, message: string): never {
  throw new Error(`${JSON.stringify(path)} ${message}`)
}

test.each([
  [9, 1],
  [10, 1],
  [29, 2],
  [50, 5],
  [1000, 5],
])('%i requests are cut into %i rounds unless the spec says otherwise', (requests, rounds) => {
  expect(readLoad({ requests }, refuse, given).rounds).toBe(rounds)
  expect(readLoad({ requests, rounds: 3 }, refuse, given).rounds).toBe(3)
})

test('one wave warms up unless the spec says otherwise', () => {
  expect(readLoad({ concurrency: 7 }, refuse, given).warmup).toBe(7)
  expect(readLoad({ warmup: 3 }, refuse, given).warmup).toBe(3)
  expect(readLoad({ warmup: { requests: 4 } }, refuse, given).warmup).toBe(4)
  expect(readLoad({ warmup: false }, refuse, given).warmup).toBe(0)
})

test('connections are kept, and a request is sent once more on them, unless the spec says otherwise', () => {
  expect(readLoad({}, refuse, given)).not.toHaveProperty('keepAlive')
  expect(readLoad({ keep_alive: false, resend: false }, refuse, given)).toMatchObject({
    keepAlive: false,
    resend: false,
  })
})

/** What is said of a document where a process may have so many files open. */
function askWithin(openFiles: number, document: object, alternates = false): string[] {
  const found: string[] = []
  const report = (path: unknown, message: string): void => {
    found.push(`${JSON.stringify(path)} ${message}`)
  }
  readLoad(document, report, { ...given, alternates, openFiles })
  return found
}

test('more connections than a process may have open are refused with the number of files they take', () => {
  expect(askWithin(64, { concurrency: 32 })).toEqual([])
  expect(askWithin(64, { concurrency: 33 })).toEqual([
    '["concurrency"] must be at most 32 here, got 33: that takes 65 open files, and a process may have 64. Raise the limit (ulimit -n 65), or ask for less.',
  ])
  expect(askWithin(64, { concurrency: 1000, warmup: 2, requests: 30 })).toEqual([])
  expect(askWithin(64, { concurrency: 16 }, true)).toEqual([])
  expect(askWithin(64, { concurrency: 17 }, true)).toEqual([
    '["concurrency"] must be at most 16 here, got 17: connections to two targets take 66 open files, and a process may have 64. Raise the limit (ulimit -n 66), or ask for less.',
  ])
  // Not even one.
  expect(askWithin(32, { concurrency: 2 })).toEqual([
    '["concurrency"] cannot be had here, got 2: that takes 34 open files, and a process may have 32. Raise the limit (ulimit -n 34).',
  ])
})

test('total_requests is requests by another name [S1.7]', () => {
  expect(readLoad({ total_requests: 30 }, refuse, given).requests).toBe(30)
  expect(readLoad({ total_requests: 30, requests: 30 }, refuse, given).requests).toBe(30)
  expect(() => readLoad({ total_requests: 30, requests: 31 }, refuse, given)).toThrow(
    '["total_requests"]',
  )
})

test('a duration takes the place of the default number of requests, or ends them', () => {
  expect(readLoad({ duration: '1m' }, refuse, given)).not.toHaveProperty('requests')
  expect(readLoad({ duration: 2, requests: 5 }, refuse, given)).toMatchObject({
    duration: 2000,
    requests: 5,
  })
})

test('bare timeouts are seconds, also fractions of them [S1.11] [T14] [T16]', () => {
  const document = { timeout: 0.5, connect_timeout: '250ms', ttft_timeout: '1m', idle_timeout: 2 }
  expect(readTimeouts(document, refuse)).toEqual({
    total: 500,
    connect: 250,
    ttft: 60_000,
    idle: 2000,
  })
})

test('a rate makes an open loop, of Poisson arrivals and warmed up for two seconds unless the spec says otherwise', () => {
  expect(readLoad({ rate: '20/s' }, refuse, given)).toMatchObject({
    kind: 'open',
    rate: 20,
    arrival: { kind: 'gamma', burstiness: 1 },
    maxConcurrency: 1024,
    warmup: 40,
    requests: 100,
  })
  const more = { arrival: { gamma: 0.5 }, max_concurrency: 7, warmup: 3, requests: 9 } as const
  expect(readLoad({ rate: '600/min', ...more }, refuse, given)).toMatchObject({
    rate: 10,
    arrival: { kind: 'gamma', burstiness: 0.5 },
    maxConcurrency: 7,
    warmup: 3,
    requests: 9,
  })
  expect(readLoad({ rate: '1/min', arrival: 'constant' }, refuse, given)).toMatchObject({
    arrival: { kind: 'constant' },
    warmup: 1,
  })
})

test('an open loop has as many requests in flight as open files allow, and is refused more', () => {
  const load = readLoad({ rate: '500/s' }, refuse, { ...given, openFiles: 256 })
  expect(load).toMatchObject({ maxConcurrency: 224 })
  expect(askWithin(256, { rate: '500/s', max_concurrency: 300, requests: 300 })).toEqual([
    '["max_concurrency"] must be at most 224 here, got 300: that takes 332 open files, and a process may have 256. Raise the limit (ulimit -n 332), or ask for less.',
  ])
})
