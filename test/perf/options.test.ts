import { expect, test } from 'vitest'

import { readOptions } from './options.ts'

test('by default every own client is put under two loads, and the rest is measured too', () => {
  const { trials, clients, everything } = readOptions([])
  expect(trials.map(({ mode, streams }) => `${mode} ${streams}`)).toEqual(['paced 512', 'flood 64'])
  expect(clients).toEqual(['slogate', 'net', 'net+parser', 'undici'])
  expect(everything).toBe(true)
})

test('with peers there are all clients and the paced load alone', () => {
  const { trials, clients, everything } = readOptions(['--peers'])
  expect(trials.map(({ mode }) => mode)).toEqual(['paced'])
  expect(clients).toContain('slogate')
  expect(clients).toContain('vllm')
  expect(everything).toBe(false)
})

test('each mode is run with each number of streams', () => {
  const { trials } = readOptions(['--streams', '64,128', '--mode', 'paced,lock-step'])
  expect(trials.map(({ mode, streams }) => `${mode} ${streams}`)).toEqual([
    'paced 64',
    'paced 128',
    'lock-step 64',
    'lock-step 128',
  ])
})

test.each([
  [['--mode', 'fast'], '--mode takes paced, lock-step, flood, not "fast"'],
  [['--streams', '0'], '--streams takes a whole number from 1 on, not "0"'],
  [['--only', 'curl'], '--only takes slogate, net'],
])('%j is refused by what would do', (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
})
