import { expect, test } from 'vitest'

import { parseExposition } from '../../src/metrics/exposition.ts'

function values(...lines: string[]) {
  return parseExposition(lines.join('\n'), 'vllm:')?.map(({ name, value }) => [name, value])
}

test('reads names, labels and values, and only those that are asked for', () => {
  const page = [
    '# HELP vllm:a Some "help" with } and {',
    '# TYPE vllm:a counter',
    'vllm:a{model_name="m",engine="0"} 3.0',
    'vllm:b 4',
    'process_cpu_seconds_total 12.5',
    '{"utf8.name", x="1"} 1',
    'this is no line at all',
    '',
  ]
  expect(parseExposition(page.join('\n'), 'vllm:')).toEqual([
    { name: 'vllm:a', labels: { model_name: 'm', engine: '0' }, value: 3 },
    { name: 'vllm:b', labels: {}, value: 4 },
  ])
})

test('label values keep quotes, backslashes, line ends, commas and braces', () => {
  const [series] = parseExposition(
    String.raw`vllm:a{ m = "say \"x\", {y}\\ \n end", __proto__="p", } 1`,
    'vllm:',
  )!
  expect(Object.entries(series!.labels)).toEqual([
    ['m', 'say "x", {y}\\ \n end'],
    ['__proto__', 'p'],
  ])
})

test('reads every way to write a number', () => {
  expect(
    values(
      'vllm:a 1',
      'vllm:a 1.5e+09',
      'vllm:a -2.',
      'vllm:a .5',
      'vllm:a NaN',
      'vllm:a +Inf',
      'vllm:a -Inf',
    )?.map(([, value]) => value),
  ).toEqual([1, 1.5e9, -2, 0.5, NaN, Infinity, -Infinity])
})

test('leaves timestamps and exemplars out', () => {
  expect(
    values(
      'vllm:a{le="1.0"} 7 1789843202000',
      'vllm:a_bucket{le="1.0"} 8 # {trace_id="a\\"}b"} 0.05 1789843202.4',
      'vllm:b\t9',
      'vllm:c{x="1"} 10\r',
    ),
  ).toEqual([
    ['vllm:a', 7],
    ['vllm:a_bucket', 8],
    ['vllm:b', 9],
    ['vllm:c', 10],
  ])
})

test.each([
  'vllm:a{model_name="m',
  'vllm:a{model_name="m"',
  'vllm:a{model_name="m"} ',
  'vllm:a{model_name=m} 1',
  'vllm:a{model_name="m" engine="0"} 1',
  'vllm:a{model_name="m"} 1x',
  'vllm:a{model_name="m"} 0x10',
  'vllm:a',
  'vllm:a{le="1"}} 1',
  `vllm:a{model_name="${'m'.repeat(70_000)}"} 1`,
])('a page with the line %.40s cannot be read', (line) => {
  expect(values('vllm:b 1', line)).toBeUndefined()
})

test('a page of more series than a server can have cannot be read', () => {
  const lines = Array.from({ length: 50_000 }, () => 'vllm:a 1')
  expect(values(...lines)).toHaveLength(50_000)
  expect(values(...lines, 'vllm:a 1')).toBeUndefined()
})
