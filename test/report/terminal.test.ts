import { stripVTControlCharacters } from 'node:util'

import { expect, test } from 'vitest'

import { textWidth } from '../../src/bench-spec/text-width.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import { run, runs, slo } from './_runs.ts'

const names = Object.keys(runs) as (keyof typeof runs)[]
const details = ['report  .vitest/slogate/chat/report.html', 'again   npx slogate run -c chat.yaml']
const plain = { color: false, unicode: true }

test.each(names)('renders the run "%s" for a terminal', async (name) => {
  await expect(`${renderTerminal(runs[name], { ...plain, details })}\n`).toMatchFileSnapshot(
    `../../fixtures/expected/terminal/${name}.txt`,
  )
})

test('tells the verdict first, then what was missed, with observed value, deviation and interval', () => {
  const lines = renderTerminal(runs.fail, plain).split('\n')
  expect(lines[0]).toMatch(/^ FAIL {2}chat {2}/)
  const rows = lines.filter((line) => /^ [✗?✓] \S+ .*[<>]=/.test(line))
  expect(rows.map((row) => row.slice(0, 20).trim())).toEqual([
    '✗ ttft p95 <= 800ms',
    '? latency p99 <= 5s',
    '✗ chunk_gap p99 <=',
    '✓ success_rate >= 9',
  ])
  expect(rows[0]).toMatch(/912ms +\+112ms \(\+14\.0%\) +38\/8 +300 +\[880ms, 950ms\]$/)
  expect(rows[2]).toContain('(warn)')
})

test('says why below every row that is not a PASS, and below no other', () => {
  const text = renderTerminal(runs.fail, plain)
  expect(text).toContain(
    '\n     ttft p95 is 912ms: 38 of 300 requests are above 800ms; 22 are enough to disprove it.\n',
  )
  expect(text).toContain(
    '\n     latency p99 is 4.567s: 1 of 300 requests is above 5s; a PASS allows 0, a FAIL takes 7. About\n',
  )
  expect(text).not.toContain('2 of 300 requests failed')
})

test('counts the requests that were sent once more, where there are any', () => {
  const requests = { ...runs.pass.summary.requests, resent: 3 }
  const resent = run({ summary: { requests } })
  expect(renderTerminal(resent, plain)).toMatch(/ok 298 {2}err 2 {2}resent 3$/m)
  expect(renderTerminal(runs.pass, plain)).not.toContain('resent')
})

test('counts who left where clients were to go away, of those that a share says nothing of', () => {
  const requests = { ...runs.pass.summary.requests, completed: 268, left: 30, leaving: 30 }
  const leaving = run({ summary: { requests } })
  expect(renderTerminal(leaving, plain)).toMatch(/ok 268 {2}err 2 {2}left 30$/m)
  expect(renderTerminal(runs.pass, plain)).not.toContain('left')
})

test('ends with the details it is given, uncut', () => {
  const path = `report ${'long/'.repeat(40)}report.html`
  expect(renderTerminal(runs.pass, { ...plain, details: [path] }).endsWith(`\n\n ${path}`)).toBe(
    true,
  )
})

test.each(names.flatMap((name) => [60, 80, 100].map((width) => [name, width] as const)))(
  'keeps the run "%s" within %i columns [T27]',
  (name, width) => {
    for (const line of renderTerminal(runs[name], { ...plain, width }).split('\n')) {
      expect(textWidth(line), line).toBeLessThanOrEqual(width)
    }
  },
)

test('never takes more than 100 columns', () => {
  expect(renderTerminal(runs.fail, { ...plain, width: 300 })).toBe(renderTerminal(runs.fail, plain))
})

test('aligns the columns of texts that are two columns wide [T27]', () => {
  const chinese = run({
    verdict: { slos: [slo({ text: '首字延迟 p95 <= 800ms' }), slo({ text: 'ttft p95 <= 800ms' })] },
  })
  const rows = renderTerminal(chinese, plain)
    .split('\n')
    .filter((line) => line.startsWith(' ✓'))
  const places = rows.map((row) => textWidth(row.slice(0, row.indexOf('640ms'))))
  expect(places).toHaveLength(2)
  expect(places[0]).toBe(places[1])
})

test('has a form in ASCII, of which only texts of others may be outside', () => {
  for (const name of names.filter((each) => !['hostile', 'chinese'].includes(each))) {
    const text = renderTerminal(runs[name], { color: false, unicode: false, details })
    expect(text, name).toMatch(/^[\n -~]*$/)
  }
  const text = renderTerminal(runs.infinite, { color: false, unicode: false })
  expect(text).toMatch(/^ x ttft p95 <= 800ms +inf .*\[950ms, inf\]$/m)
})

test('a limit that failed requests fill is infinite, and nothing is said to lie beyond it', () => {
  for (const high of [null, 'infinite'] as const) {
    const interval = { low: 'infinite' as const, high }
    const slos = runs.infinite.verdict.slos.map((slo) => ({ ...slo, interval }))
    const text = renderTerminal(run({ verdict: { ...runs.infinite.verdict, slos } }), plain)
    expect(text).toMatch(/^ ✗ ttft p95 <= 800ms .* ∞$/m)
    expect(text).not.toMatch(/≥ ∞|∞, ∞/)
  }
})

test('colours change nothing but the colours', () => {
  for (const name of names) {
    const colored = renderTerminal(runs[name], { ...plain, color: true })
    expect(colored).toContain('\u001b[')
    expect(stripVTControlCharacters(colored)).toBe(renderTerminal(runs[name], plain))
  }
})

test('marks percentiles of too few values [T24]', () => {
  const text = renderTerminal(runs.one, plain)
  expect(text).toMatch(/ttft +~355ms +~533ms +~639ms +~781ms +888ms +1$/m)
  expect(text).toContain('~ too few values for this percentile')
  expect(renderTerminal(runs.pass, plain)).not.toContain('~')
})

test('names the source of token counts [S1.51]', () => {
  expect(renderTerminal(runs.pass, plain)).toContain('743 tok/s (as the server counts)')
  expect(renderTerminal(runs.one, plain)).toContain('743 tok/s (estimated: token events)')
})

test('tells that a run was interrupted and after how many requests', () => {
  expect(renderTerminal(runs.interrupted, plain)).toContain(
    'interrupted after 43 of 300 requests: SIGINT',
  )
})

test('shows some lines of a long message, and from its beginning', () => {
  const sample = `HTTP 400: ${'field is missing, '.repeat(100)}`
  const failures = [{ kind: 'http_status' as const, status: 400, count: 2, sample }]
  const text = renderTerminal(run({ summary: { ...runs.pass.summary, failures } }), plain)
  const [, shown = ''] = /^ ✗ (http_status 400 ×2: HTTP 400: field[^]*?…)$/m.exec(text) ?? []
  expect(shown.split('\n').length).toBeGreaterThan(3)
  expect(shown.length).toBeLessThan(500)
})

test('shows warnings in full and leaves remarks to the other reports', () => {
  const text = renderTerminal(runs.fail, plain).replace(/\n +/g, ' ')
  expect(text).toContain('! concurrency-not-held: Concurrency 10 was not held')
  expect(text).toContain('look for slow connects or a busy client.')
  expect(text).not.toContain('dialect-guessed')
})

test('what a target wrote is no command for a CI system and no escape for a terminal', () => {
  for (const width of [60, 61, 62, 63, 64, 70, 80, 100]) {
    const text = renderTerminal(runs.hostile, { ...plain, width })
    expect(text).not.toMatch(/^\s*::/m)
    expect(text).not.toMatch(/##\w*\[/)
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e]/u)
  }
})

test('names the confidence of the limits', () => {
  const verdict = {
    ...runs.pass.verdict,
    looks: { planned: 1, taken: 1, confidence: 0.999 },
  }
  expect(renderTerminal(run({ verdict }), plain)).toContain('  99.9% limits')
})
