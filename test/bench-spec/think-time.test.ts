import { expect, test } from 'vitest'

import { checkSpec } from '../../src/bench-spec/loading.ts'
import type { Load } from '../../src/bench-spec/spec.ts'

function read(document: object): Load {
  const url = 'http://127.0.0.1:1/v1/chat/completions'
  return checkSpec({ url, slo: ['ttft p95 <= 1s'], ...document }, { env: {}, baseDir: '.' }).load
}

test('users of a closed loop think, for a fixed time or for one of a distribution, also in stages', () => {
  expect(read({})).not.toHaveProperty('thinkTime')
  expect(read({ think_time: '500ms' })).toMatchObject({
    kind: 'closed',
    thinkTime: { kind: 'constant', value: 500 },
  })
  expect(read({ think_time: { dist: 'lognormal', mean: '2s', cv: 0.8 } })).toMatchObject({
    thinkTime: { kind: 'lognormal', mean: 2000, cv: 0.8 },
  })
  const stages = [{ duration: '10s', concurrency: 4 }]
  expect(read({ stages, think_time: '500ms' })).toMatchObject({ thinkTime: { value: 500 } })
})

test.each([
  [{ rate: '5/s', think_time: '1s' }, 'think_time: needs a concurrency'],
  [
    { stages: [{ duration: '10s', rate: '5/s' }], think_time: '1s' },
    'think_time: needs a concurrency',
  ],
  [{ think_time: 'long' }, 'think_time: must be'],
  [
    { think_time: { dist: 'uniform', min: '2s', max: '1s' } },
    'think_time.max: must be at least min',
  ],
])('what cannot be is one error: %j', (document, message) => {
  expect(() => read(document)).toThrow(message)
})
