import { expect, test } from 'vitest'

import { renderMarkdown } from '../../src/report/markdown.ts'
import type { Results } from '../../src/results/results.ts'
import { hostile, run, runs, slo, splitClient, tracing } from './_runs.ts'

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

test('names how busy each of several load processes was', () => {
  expect(renderMarkdown([run({ client: splitClient() })])).toContain(
    '2 load processes, event loops 21 %, 34 % used',
  )
})

test('leaves out what a run without data does not have', () => {
  const text = renderMarkdown([runs.noData])
  expect(text).not.toContain('Percentiles')
  expect(text).toContain('💥 ERROR')
  expect(text).toContain('- connect ×300: connect ECONNREFUSED')
})

const several = [
  named('holds', runs.pass),
  named('undecided', runs.inconclusive),
  named('missed', runs.fail),
  named('sloppy', run({ diagnostics: runs.fail.diagnostics })),
]

test('renders several runs as Markdown', async () => {
  await expect(renderMarkdown(several)).toMatchFileSnapshot(
    '../../fixtures/expected/markdown/several.md',
  )
})

test('opens several runs with a line for each, in the order in which they follow', () => {
  const text = renderMarkdown(several)
  const [overview = ''] = text.split('\n\n')
  const rows = overview.split('\n').map((row) => row.split(' | ').slice(0, 2).join(' '))
  expect(rows).toEqual([
    '|  spec',
    '| --- ---',
    '| ❌ FAIL missed',
    '| ⚠️ INCONCLUSIVE undecided',
    '| ✅ PASS holds',
    '| ✅ PASS sloppy',
  ])
  expect(text.match(/^(###|<details><summary>✅) .*$/gm)).toEqual([
    '### ❌ FAIL – missed',
    '### ⚠️ INCONCLUSIVE – undecided',
    '<details><summary>✅ PASS – holds: 2/2 SLOs hold</summary>',
    '<details><summary>✅ PASS – sloppy: 2/2 SLOs hold, ⚠️ 1 warning</summary>',
  ])
})

test('a run that is alone is open and has no overview', () => {
  const text = renderMarkdown([runs.pass])
  expect(text).toMatch(/^### ✅ PASS – chat\n/)
  expect(text).not.toContain('| spec |')
})

test('tells once what runs have in common of their environment, and of each what it has alone', () => {
  const other = run({
    spec: { name: 'other', file: 'bench/other.bench.yaml', sha256: 'ef'.repeat(32) },
  })
  const text = renderMarkdown([runs.pass, runs.fail, other])
  expect(count(text, 'machine: Example CPU')).toBe(1)
  expect(count(text, '- tool: ')).toBe(1)
  expect(count(text, '- sha256: abab')).toBe(2)
  expect(count(text, '- sha256: efef')).toBe(1)
  expect(text.trimEnd()).toMatch(
    /<summary>Environment<\/summary>\n\n[^]*- tool: .*\n\n<\/details>$/,
  )
  const elsewhere = run({ environment: { ...runs.pass.environment, cpu: 'Other CPU' } })
  const mixed = renderMarkdown([runs.pass, elsewhere])
  expect(count(mixed, 'machine: Example CPU')).toBe(1)
  expect(count(mixed, 'machine: Other CPU')).toBe(1)
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

test('the title of a fold is as harmless as a heading', () => {
  const text = renderMarkdown([named(hostile, runs.pass), named('a_b <c>', runs.pass)])
  const titles = text.match(/<summary>✅.*<\/summary>/g) ?? []
  expect(titles).toHaveLength(2)
  // No escape of Markdown counts there.
  expect(titles[1]).toContain('PASS – a_b &lt;c&gt;: ')
  expect(titles[0]).not.toMatch(/<img|<script|@\w|(?<!&)#\d|:\/\/evil|##\w*\[|\p{Cc}/u)
  expect(count(text, '</details>')).toBe(count(text, '<details>'))
})

function named(name: string, results: Results): Results {
  return { ...results, spec: { ...results.spec, name, file: `bench/${name}.bench.yaml` } }
}

function count(text: string, part: string): number {
  return text.split(part).length - 1
}

test('the trace ids of the slowest and of the failed requests are in a fold, where the server got some', () => {
  const text = renderMarkdown([{ ...runs.fail, tracing }])
  expect(text).toContain('<summary>Traces</summary>')
  expect(text).toContain('slow in ttft: request 17 (912ms), trace 5f3a9c1be2d04477aa00000000000001')
  expect(renderMarkdown([runs.fail])).not.toContain('Traces')
})
