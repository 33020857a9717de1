import { expect, test } from 'vitest'

import { renderHtml } from '../../src/report/html/page.ts'
import { renderJunit } from '../../src/report/junit.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { sentences } from '../../src/report/sentence/sentences.ts'
import { renderShort, renderTerminal } from '../../src/report/terminal.ts'
import type { Results } from '../../src/results/results.ts'
import type { DiagnosticFacts } from '../../src/results/wording.ts'
import { run, slo } from './_runs.ts'

const warnings: DiagnosticFacts[] = [
  { id: 'estimated-tokens', level: 'warn', basis: 'estimated', slos: ['tpot p95 <= 40ms'] },
  { id: 'events-are-not-tokens', level: 'warn', server: 400, events: 200 },
  { id: 'server-shared', level: 'warn', server: 40, client: 20 },
  { id: 'mixed-dialects', level: 'warn', kind: null, dialects: [{ name: 'sse', count: 1 }] },
]
const remark: DiagnosticFacts = { id: 'dialect-guessed', level: 'info', kind: null, dialect: 'sse' }
const diagnostics = [...warnings, remark].map((facts) => ({
  ...facts,
  message: sentences.diagnostic(facts),
})) as Results['diagnostics']
const results: Results = { ...run({ verdict: { slos: [slo({})] } }), diagnostics }

const plain = { color: false, unicode: true }

test.each([
  ['terminal', renderTerminal(results, plain)],
  ['terminal in short', renderShort(results, plain)],
  ['job summary', renderMarkdown([results])],
  ['job summary of several runs', renderMarkdown([results, results])],
  ['report', renderHtml(results)],
])('the %s prints every warning of the self-checks', (_, text) => {
  for (const { id } of warnings) expect(text).toContain(id)
})

test.each(['rich', 'strict'] as const)(
  'each test case of %s JUnit has every warning of its run in its output, and no remark',
  (mode) => {
    const outputs = renderJunit([results], { mode }).match(/<system-out>[^]*?<\/system-out>/g) ?? []
    expect(outputs).toHaveLength(results.verdict.slos.length)
    for (const output of outputs) {
      for (const { id, message } of diagnostics) {
        expect(output.includes(`! ${id}: ${message}`)).toBe(id !== remark.id)
      }
    }
  },
)
