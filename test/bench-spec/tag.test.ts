import { expect, test } from 'vitest'

import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import { parseTags } from '../../src/bench-spec/tag-grammar.ts'
import { formatTags, matchesTag } from '../../src/bench-spec/tag.ts'

test.each([
  ['ttft p95 {stage=peak} <= 800ms', 'ttft p95 {stage=peak} <= 800ms'],
  ['ttft {stage=peak} p95 <= 800ms', 'ttft p95 {stage=peak} <= 800ms'],
  ['ttft{stage=peak}p95<=800ms', 'ttft p95 {stage=peak} <= 800ms'],
  ['success_rate {topic = bill* ,lang=en} >= 99%', 'success_rate {topic=bill*, lang=en} >= 99%'],
  ['e2e p50 { turn=2.. } <= 1s', 'latency p50 {turn=2..} <= 1s'],
  ['ttft p95 {turn=1.50..2.0} <= 1s', 'ttft p95 {turn=1.5..2} <= 1s'],
  ['ttft p95 {"a b"="<= x, }"} <= baseline + 10%', 'ttft p95 {a b="<= x, }"} <= baseline + 10%'],
  ['ttft p95 {n="2..", m="*"} <= 1s', 'ttft p95 {n="2..", m="*"} <= 1s'],
])('reads the tags of %s wherever they stand', (text, canonical) => {
  const slo = parseSlo(text)
  expect(slo.text).toBe(canonical)
  expect(parseSlo(canonical)).toEqual(slo)
})

test('an SLO without tags has none', () => {
  expect(parseSlo('ttft p95 <= 800ms')).not.toHaveProperty('tags')
})

/** Whether what is written behind `t=` is met by a value. */
function matches(written: string, actual: string): boolean {
  const [tag] = parseTags(`{t=${written}}`)?.tags ?? []
  if (tag === undefined) throw new Error('no tag')
  return matchesTag(tag.value, actual)
}

test.each([
  ['peak', ['peak'], ['Peak', 'peaks', '']],
  ['bill*', ['bill', 'billing'], ['abill', 'bil']],
  ['*ing', ['billing', 'ing'], ['ing ']],
  ['a*b*c', ['abc', 'axbxc', 'abcbc'], ['acb', 'ab', 'ac']],
  ['ab*ba', ['abba', 'abxba'], ['aba']],
  ['*', ['', 'x'], []],
  ['2..', ['2', '2.5', '1e9'], ['1.99', 'x', '', ' ']],
  ['..2', ['2', '-7'], ['2.01', 'two']],
  ['-1..1', ['-1', '0', '1'], ['1.5']],
  ['"a*"', ['a*'], ['ab']],
  ['".."', ['..'], ['1']],
])('%s is met by whole values alone', (written, met, unmet) => {
  expect(met.filter((actual) => !matches(written, actual))).toEqual([])
  expect(unmet.filter((actual) => matches(written, actual))).toEqual([])
})

test('what would break a line is written in quotes', () => {
  const tags = [{ name: 'a\n', value: { kind: 'text' as const, text: '\u001b[0m' } }]
  expect(formatTags(tags)).toBe(String.raw`{"a\n"="\u001b[0m"}`)
})
