import { expect, test } from 'vitest'

import { renderMarkdown } from '../../src/report/markdown.ts'
import { run, runs, slo } from './_runs.ts'

const names = Object.keys(runs) as (keyof typeof runs)[]

test.each(names)('renders the run "%s" as Markdown', async (name) => {
  await expect(renderMarkdown([runs[name]])).toMatchFileSnapshot(
    `../../fixtures/expected/markdown/${name}.md`,
  )
})

test('opens with the verdict, then lists issues first', () => {
  const text = renderMarkdown([runs.fail])
  expect(text).toMatch(/^### ❌ FAIL – chat\n\n1 of 3 SLOs of level error missed/)
  const rows = text.split('\n').filter((line) => /^\| [^ ]+ (FAIL|PASS|INC)/.test(line))
  expect(rows.map((row) => row.split(' | ')[0])).toEqual([
    '| ❌ FAIL',
    '| ⚠️ INCONCLUSIVE',
    '| ❌ FAIL',
    '| ✅ PASS',
  ])
  expect(rows[0]).toBe(
    '| ❌ FAIL | <code>ttft p95 &lt;= 800ms</code> | 912ms | &lt;= 800ms | +112ms (+14.0%) | [880ms, 950ms] | 38/8 | 300 |',
  )
})

test('every row of a table has as many cells as its head, whatever a target wrote', () => {
  for (const name of names) {
    const tables = renderMarkdown([runs[name]])
      .split('\n\n')
      .filter((block) => block.startsWith('|'))
    for (const table of tables) {
      const cells = table
        .trimEnd()
        .split('\n')
        .map((row) => row.split('|').length)
      expect(new Set(cells).size, table).toBe(1)
    }
  }
})

test('folds percentiles, failures and environment', () => {
  const text = renderMarkdown([runs.pass])
  for (const title of ['Percentiles', 'Failures (2)', 'Environment']) {
    expect(text).toContain(`<details><summary>${title}</summary>\n\n`)
  }
  expect(text).toContain('- timeout.ttft ×2: first token: not within 2000 ms')
  expect(text).toContain('sha256: abab')
})

test('leaves out what a run without data does not have', () => {
  const text = renderMarkdown([runs.noData])
  expect(text).not.toContain('Percentiles')
  expect(text).toContain('💥 ERROR')
  expect(text).toContain('- connect ×300: connect ECONNREFUSED')
})

test('renders several runs one after the other', () => {
  const text = renderMarkdown([runs.pass, runs.fail])
  expect(text.match(/^### .*$/gm)).toEqual(['### ✅ PASS – chat', '### ❌ FAIL – chat'])
})

test('is cut between two lines to the bytes it may take, with folds closed and a note', () => {
  const slos = Array.from({ length: 50 }, (_, index) =>
    slo({ id: `第${index}`, text: `${'太慢'.repeat(10)} ${index}`, status: 'FAIL' }),
  )
  const long = run({ verdict: { slos } })
  const whole = renderMarkdown([long])
  const lines = new Set(whole.split('\n'))
  for (let limit = 500; limit < Buffer.byteLength(whole); limit += 997) {
    const text = renderMarkdown([long], { limit })
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
    expect(text.endsWith('_Cut to fit; the full report is in the artifact._\n')).toBe(true)
    expect(count(text, '<details>')).toBe(count(text, '</details>'))
    const kept = text.split('\n').slice(0, -3)
    expect(kept.filter((line) => !lines.has(line))).toEqual([])
  }
  expect(renderMarkdown([long], { limit: Buffer.byteLength(whole) })).toBe(whole)
})

test('what a target wrote is neither HTML nor a mention, reference or link', () => {
  const whole = renderMarkdown([runs.hostile])
  expect(whole.match(/`http[^`\n]*` \(mock\)/g)).toHaveLength(1)
  // Within a code span nothing is read as anything else.
  const text = whole.replace(/`http[^`\n]*`/, '')
  expect(text).not.toMatch(/<img|<script|<skipped/)
  expect(count(text, '</details>')).toBe(count(text, '<details>'))
  expect(text).not.toMatch(/@\w/)
  expect(text).not.toMatch(/(?<!&)#\d/)
  expect(text).not.toMatch(/(?<!\\)\]\(/)
  expect(text).not.toContain('://evil')
  expect(text).not.toMatch(/^\s*::/m)
  expect(text).not.toMatch(/##\w*\[/)
  expect(text).not.toMatch(/(?!\n)\p{Cc}/u)
})

function count(text: string, part: string): number {
  return text.split(part).length - 1
}
