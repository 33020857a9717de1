import { expect, test } from 'vitest'

import { createHistogram } from '../../src/mock/metrics/histogram.ts'
import { renderFamilies } from '../../src/mock/metrics/prometheus.ts'
import { parseExposition } from './exposition.ts'

test('writes a histogram with cumulative buckets, +Inf, sum and count', () => {
  const histogram = createHistogram([0.5, 1, 2], 'included')
  for (const value of [0.25, 0.5, 1, 1.5, 8]) histogram.add(value)
  const text = renderFamilies([
    { name: 'a:b_seconds', help: 'Some time', labels: { m: 'x' }, type: 'histogram', histogram },
  ])
  expect(text).toBe(
    `# HELP a:b_seconds Some time
# TYPE a:b_seconds histogram
a:b_seconds_bucket{m="x",le="0.5"} 2
a:b_seconds_bucket{m="x",le="1.0"} 3
a:b_seconds_bucket{m="x",le="2.0"} 4
a:b_seconds_bucket{m="x",le="+Inf"} 5
a:b_seconds_sum{m="x"} 11.25
a:b_seconds_count{m="x"} 5
`,
  )
  expect(parseExposition(text).get('a:b_seconds')?.type).toBe('histogram')
})

test('escapes the values of labels and writes NaN for what is not known', () => {
  const text = renderFamilies([
    { name: 'g', help: 'h', labels: { m: 'a"b\\c\nd' }, type: 'gauge', value: NaN },
    { name: 'c', help: 'h', type: 'counter', by: 'why', values: { x: 1, y: 0 } },
  ])
  expect([...parseExposition(text)]).toEqual([
    ['g', { type: 'gauge', series: new Map([['g{m="a\\"b\\\\c\\nd"}', NaN]]) }],
    [
      'c',
      {
        type: 'counter',
        series: new Map([
          ['c{why="x"}', 1],
          ['c{why="y"}', 0],
        ]),
      },
    ],
  ])
})

test.each([
  ['no TYPE', '# HELP a b\na 1\n'],
  ['TYPE before HELP', '# TYPE a gauge\n# HELP a b\na 1\n'],
  ['a series of another family', '# HELP a b\n# TYPE a gauge\nc 1\n'],
  ['a family twice', '# HELP a b\n# TYPE a gauge\na 1\n# HELP a b\n# TYPE a gauge\na 1\n'],
  ['no end of line', '# HELP a b\n# TYPE a gauge\na 1'],
  ['a bare quote', '# HELP a b\n# TYPE a gauge\na{m="""} 1\n'],
  ['no +Inf', '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\n'],
  [
    'a count that is not the last bucket',
    '# HELP a b\n# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n',
  ],
  [
    'buckets that do not add up',
    '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
  ],
])('the parser of these tests refuses %s', (_, text) => {
  expect(() => parseExposition(text)).toThrow(/./)
})
