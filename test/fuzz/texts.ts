import { cleanOutput } from '../../src/bench-spec/plain-text.ts'
import { accountFor } from '../../src/report/explanation/explanation.ts'
import { renderBencher } from '../../src/report/export/bencher.ts'
import { renderCtrf } from '../../src/report/export/ctrf.ts'
import { renderBenchmark } from '../../src/report/export/github-action-benchmark.ts'
import { renderOpenMetrics } from '../../src/report/export/open-metrics.ts'
import { renderPrometheus } from '../../src/report/export/prometheus-text.ts'
import { renderHtml } from '../../src/report/html/page.ts'
import { renderJunit } from '../../src/report/junit.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { renderOverview } from '../../src/report/screen.ts'
import { renderSeedReport } from '../../src/report/seed-report.ts'
import { renderTestResults } from '../../src/report/seed.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import { compareWith } from '../../src/report/tool/tool-table.ts'
import { tools } from '../../src/report/tool/tools.ts'
import type { Findings } from '../../src/results/findings.ts'

/** Whether a text is looked at by a person at a terminal, or by a program of this kind. */
export type Audience = 'terminal' | 'html' | 'markdown' | 'xml' | 'json' | 'lines'

/** Everything that is rendered from a run, by name. */
export function renderAll({ results, records = [] }: Findings): [string, Audience, string][] {
  const plain = { color: false, unicode: true }
  const texts: [string, Audience, string][] = [
    ['report.html', 'html', renderHtml(results, records)],
    ['junit.xml, rich', 'xml', renderJunit([results], { mode: 'rich' })],
    ['junit.xml, strict', 'xml', renderJunit([results], { mode: 'strict' })],
    ['summary.md', 'markdown', renderMarkdown([results, results])],
    ['terminal', 'terminal', renderTerminal(results, plain)],
    [
      'terminal, ASCII',
      'terminal',
      renderTerminal(results, { ...plain, unicode: false, width: 60 }),
    ],
    ['overview', 'terminal', renderOverview([results, results], plain)],
    ['test_results.json', 'json', [...renderTestResults(results, records)].join('')],
    ['seed report', 'terminal', renderSeedReport(results, records, 'zh')],
    ['benchmark-smaller.json', 'json', renderBenchmark([results], 'smaller')],
    ['benchmark-bigger.json', 'json', renderBenchmark([results], 'bigger')],
    ['bencher.json', 'json', renderBencher([results])],
    ['ctrf.json', 'json', renderCtrf([results])],
    ['openmetrics.txt', 'lines', renderOpenMetrics([results])],
    ['metrics.prom', 'lines', renderPrometheus([results])],
    ...results.verdict.slos.map((slo): [string, Audience, string] => [
      `explain ${slo.text}`,
      'terminal',
      accountFor(results, slo).text,
    ]),
    ...Object.entries(tools).map(([name, tool]): [string, Audience, string] => [
      `explain --as ${name}`,
      'terminal',
      compareWith(tool, results, records),
    ]),
  ]
  // The command line lets nothing else out.
  return texts.map(([name, audience, text]) => [
    name,
    audience,
    audience === 'terminal' ? cleanOutput(text) : text,
  ])
}
