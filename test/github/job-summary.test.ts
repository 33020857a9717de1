import { expect, test } from 'vitest'

import { annotate } from '../../src/github/annotation.ts'
import { renderSummary } from '../../src/github/job-summary.ts'
import { settle } from '../../src/github/outcome.ts'
import { swept } from '../report/_matrix.ts'
import { hostile, run, runs, slo } from '../report/_runs.ts'

const placed = { title: 'slogate', placed: true }

test('an outcome is as bad as the worst of its runs, and none is no pass', () => {
  const cases = [
    [[], 'ERROR', 4],
    [[runs.pass], 'PASS', 0],
    [[runs.pass, runs.inconclusive], 'INCONCLUSIVE', 2],
    [[runs.inconclusive, runs.noData], 'ERROR', 4],
    [[runs.noData, runs.fail, runs.pass], 'FAIL', 1],
    [[runs.pass, runs.interrupted], 'ERROR', 130],
  ] as const
  for (const [results, status, exitCode] of cases) {
    expect(settle(results)).toMatchObject({ status, exitCode })
  }
  const missing = { message: 'there are no results', exitCode: 4 } as const
  expect(settle([runs.pass], [missing])).toMatchObject({ status: 'ERROR', exitCode: 4 })
  expect(settle([runs.fail], [missing])).toMatchObject({ status: 'FAIL', exitCode: 1 })
  const odd = { message: 'a test failed', exitCode: 1 } as const
  expect(settle([runs.pass], [odd])).toMatchObject({ status: 'FAIL', exitCode: 1 })
})

test('a summary tells the worst run first, after a list of all that is wrong', () => {
  const outcome = settle(
    [runs.pass, runs.inconclusive, runs.fail],
    [{ message: 'chat.bench.yaml: there are no results.', exitCode: 4 }],
  )
  const text = renderSummary(outcome, { title: 'nightly', limit: 900_000 })
  expect(text.match(/^#.*$/gm)).toEqual([
    '## ❌ FAIL – nightly',
    '### ❌ FAIL – chat',
    '### ⚠️ INCONCLUSIVE – chat',
  ])
  expect(text).toContain('<details><summary>✅ PASS – chat: 2/2 SLOs hold</summary>')
  expect(text.match(/^- (?!.*<).*$/gm)?.slice(0, 4)).toEqual([
    '- chat.bench.yaml: there are no results.',
    '- chat: 1 of 3 SLOs of level error missed: "ttft p95 &lt;= 800ms".',
    '- chat: "chunk\\_gap p99 &lt;= 60ms" of level warn is missed.',
    '- chat: 1 of 2 SLOs of level error undecided: "latency p99 &lt;= 5s".',
  ])
})

test('however much there is to say, a summary keeps its limit and no table loses its end', () => {
  const many = Array.from({ length: 60 }, (_, index) =>
    slo({ id: `${index}`, text: `${'太慢'.repeat(12)} ${index}`, status: 'FAIL' }),
  )
  const long = run({
    spec: { name: `很慢 ${hostile}`.repeat(20), file: null, sha256: null },
    verdict: { status: 'FAIL', exit_code: 1, slos: many },
  })
  const whole = settle(Array.from({ length: 12 }, () => long))
  const tables = new Set(tablesOf(renderSummary(whole, { title: 's', limit: Infinity })))
  let most = 0
  for (const limit of [2_000, ...Array.from({ length: 30 }, (_, i) => 200_000 + i * 1_777)]) {
    const text = renderSummary(whole, { title: 's', limit })
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
    expect(text.trimEnd()).toMatch(/_Cut to fit; the full report is in the artifact\._$/)
    expect(text.split('<details>').length).toBe(text.split('</details>').length)
    const kept = tablesOf(text)
    expect(kept.filter((table) => !tables.has(table))).toEqual([])
    most = Math.max(most, kept.length)
  }
  expect(most).toBeGreaterThan(5)
})

function tablesOf(text: string): string[] {
  return [...text.matchAll(/(?:^\|.*\n?)+/gm)].map(([table]) => table.trimEnd())
}

test('there is one annotation, on the line of what blocks', () => {
  expect(annotate(settle([runs.pass]), placed)).toBeUndefined()
  expect(annotate(settle([runs.pass, runs.fail]), placed)).toEqual({
    level: 'error',
    title: 'slogate: FAIL',
    message:
      'chat: 1 of 3 SLOs of level error missed: "ttft p95 <= 800ms".\nchat: "chunk_gap p99 <= 60ms" of level warn is missed.',
    place: { file: 'bench/chat.bench.yaml', line: 7, column: 5 },
  })
  expect(annotate(settle([runs.fail]), { ...placed, placed: false })?.place).toBeUndefined()
  const undecided = run({ verdict: { status: 'INCONCLUSIVE' } })
  expect(annotate(settle([undecided]), placed)).toMatchObject({ level: 'warning' })
})

test('an annotation is short enough for GitHub, and of one line for each remark', () => {
  const outcome = settle(Array.from({ length: 300 }, () => runs.hostile))
  const { message = '', title = '' } = annotate(outcome, { ...placed, title: hostile }) ?? {}
  expect(message.length).toBeLessThan(4096)
  const lines = message.split('\n')
  expect(lines.at(-1)).toMatch(/^… and \d+ more$/)
  for (const line of [title, ...lines]) {
    expect(line).not.toMatch(/^::|##\w*\[|\p{Cc}/u)
  }
})

test('has the table of a matrix before its cells', () => {
  const text = renderSummary(settle(swept.missed), { title: 'slogate', limit: 100_000 })
  expect(text).toMatch(
    /^## ❌ FAIL – slogate\n\n3 of 4 runs pass\.\n[^|]*### ❌ FAIL – chat: 3 of 4 cells PASS\n\n\| {2}\| concurrency \|/,
  )
})
