import { isCell, listMatrices, type Matrix } from '../results/matrix.ts'
import type { Results, SloDocument } from '../results/results.ts'
import {
  allTimes,
  baselineCells,
  cachedCells,
  endCell,
  environmentCells,
  failureCell,
  intervalTitle,
  issuesFirst,
  loadCells,
  percentileNames,
  percentileRows,
  rateCells,
  roughNote,
  sloCells,
} from './cells.ts'
import { cutMarkdown } from './cut.ts'
import { escapeMarkdown, markdownCode, markdownUrl, escapeElement } from './escaping.ts'
import { kindRows, kindTitles } from './kind-cells.ts'
import { lengthCells } from './length-cells.ts'
import { matrixColumns, matrixNotes } from './matrix-cells.ts'
import { heldCell, missedFirst, overviewColumns, overviewNote } from './overview.ts'
import { explainDiagnostic } from './sentence/diagnostic.ts'
import { explainServerFinding } from './sentence/server-finding.ts'
import { explainSlo } from './sentence/slo.ts'
import { explainVerdict } from './sentence/verdict.ts'
import { cacheCells, queueCells, serverCountRows, serverTimeRows } from './server-cells.ts'
import { stageRows, stageTitles } from './stage-cells.ts'
import { traceCells } from './trace-cells.ts'
import { traceLines } from './tracing-cells.ts'

export interface MarkdownOptions {
  /** Most UTF-8 bytes, 900 000 by default: a job summary above 1 MiB is thrown away. */
  limit?: number
}

export const icons: Readonly<Record<SloDocument['status'], string>> = {
  PASS: '✅',
  FAIL: '❌',
  INCONCLUSIVE: '⚠️',
  ERROR: '💥',
}

/**
 * Runs as a job summary, what was missed first; cut where it would exceed the limit, never within a
 * table. Of several there is an overview before them, those that pass are folded, and what they
 * have in common of their environment comes once.
 */
export function renderMarkdown(results: readonly Results[], options: MarkdownOptions = {}): string {
  const runs = results.toSorted(missedFirst)
  const lines =
    runs.length > 1
      ? renderRuns(runs)
      : runs.flatMap((run) => [
          ...renderOpen(run),
          ...renderFacts('Environment', environmentCells(run)),
          '',
        ])
  return cutMarkdown(lines.join('\n'), options.limit ?? 900_000)
}

function renderRuns(runs: readonly Results[]): string[] {
  const facts = runs.map(environmentCells)
  const isShared = ([name, value]: Fact): boolean =>
    facts.every((own) => own.some((fact) => fact[0] === name && fact[1] === value))
  return [
    ...renderOverview(runs),
    ...runs.flatMap((run, index) => {
      const own = (facts[index] ?? []).filter((fact) => !isShared(fact))
      const rest = renderFacts('Run', own)
      const lines =
        run.verdict.status === 'PASS' ? renderFolded(run, rest) : [...renderOpen(run), ...rest]
      return ['', ...lines]
    }),
    ...renderFacts('Environment', (facts[0] ?? []).filter(isShared)),
    '',
  ]
}

/** A row for each run, and a table for each matrix whose cells are among them. */
function renderOverview(runs: readonly Results[]): string[] {
  const others = runs.filter((run) => !isCell(run))
  return [
    ...(others.length === 0 ? [] : renderRows(others)),
    ...listMatrices(runs).flatMap(renderMatrix),
  ]
}

function renderMatrix(matrix: Matrix): string[] {
  const { spec, verdict, cells, planned } = matrix
  const columns = matrixColumns(matrix)
  const passing = cells.filter((cell) => cell.verdict.status === 'PASS').length
  return [
    '',
    `### ${icons[verdict.status]} ${verdict.status} – ${escapeMarkdown(spec.name)}: ${passing} of ${planned} cells PASS`,
    '',
    ...table(
      ['', ...columns.map(({ title }) => escapeMarkdown(title))],
      `l${columns.map(({ align }) => align.charAt(0)).join('')}`,
      cells.map(({ verdict: { status } }, row) => [
        `${icons[status]} ${status}`,
        ...columns.map((column) => escapeMarkdown(column.cells[row] ?? '')),
      ]),
    ),
    ...block(matrixNotes(matrix).map(escapeMarkdown)),
  ]
}

function renderRows(runs: readonly Results[]): string[] {
  const columns = overviewColumns(runs)
  return [
    ...table(
      ['', ...columns.map(({ title }) => title)],
      `l${columns.map(({ align }) => align.charAt(0)).join('')}`,
      runs.map(({ verdict: { status } }, row) => [
        `${icons[status]} ${status}`,
        ...columns.map(({ cells }) => escapeMarkdown(cells[row] ?? '')),
      ]),
    ),
    ...block([escapeMarkdown(overviewNote(runs) ?? '')]),
  ]
}

function renderOpen(results: Results): string[] {
  const { verdict, spec } = results
  return [
    `### ${icons[verdict.status]} ${verdict.status} – ${escapeMarkdown(spec.name)}`,
    '',
    ...renderRun(results),
  ]
}

/** `rest`: what else is in the fold. */
function renderFolded(results: Results, rest: readonly string[]): string[] {
  const { verdict, spec, diagnostics } = results
  const { status, slos } = verdict
  const warnings = diagnostics.filter(({ level }) => level === 'warn').length
  const title = [
    `${icons[status]} ${status} – ${escapeElement(spec.name)}: ${heldCell(slos)} SLOs hold`,
    ...(warnings === 0 ? [] : [`⚠️ ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`]),
  ]
  return details(title.join(', '), [...renderRun(results), ...rest]).slice(1)
}

function renderRun(results: Results): string[] {
  const { verdict, target, diagnostics } = results
  const end = endCell(results)
  return [
    `${escapeMarkdown(explainVerdict(verdict, results.end))}  `,
    ...(end === undefined ? [] : [`${escapeMarkdown(end)}  `]),
    `${escapeMarkdown(target.method)} ${markdownUrl(target.url)}${target.hermetic ? ' (mock)' : ''}  `,
    [
      [
        ...loadCells(results),
        ...rateCells(results),
        ...traceCells(results),
        ...cachedCells(results),
      ].join(' · '),
      ...lengthCells(results),
      ...baselineCells(results).map(escapeMarkdown),
    ].join('  \n'),
    ...renderSlos(results),
    ...block(
      diagnostics
        .filter(({ level }) => level === 'warn')
        .map((warning) => {
          const words = escapeMarkdown(explainDiagnostic(warning))
          return `- ⚠️ **${escapeMarkdown(warning.id)}** ${words}`
        }),
    ),
    ...block(renderParts(kindTitles, kindRows(results), 1)),
    ...block(renderParts(stageTitles, stageRows(results), 2)),
    ...details('Percentiles', renderPercentiles(results)),
    ...details('Server', renderServer(results)),
    ...details(
      'Traces',
      traceLines(results).map((line) => `- ${escapeMarkdown(line)}`),
    ),
    ...details(
      `Failures (${results.summary.requests.failed})`,
      results.summary.failures.map(
        (failure) => `- ${escapeMarkdown(failureCell(failure))}: ${escapeMarkdown(failure.sample)}`,
      ),
    ),
  ]
}

type Fact = readonly [name: string, value: string]

function renderFacts(title: string, facts: readonly Fact[]): string[] {
  return details(
    title,
    facts.map(([name, value]) => `- ${name}: ${escapeMarkdown(value)}`),
  )
}

function renderSlos(results: Results): string[] {
  const slos = issuesFirst(results.verdict.slos)
  if (slos.length === 0) return []
  const undecided = slos.filter(({ status }) => status !== 'PASS')
  const compares = slos.some(({ relative }) => relative !== null)
  return [
    ...block(
      table(
        [
          '',
          'slo',
          'observed',
          ...(compares ? ['baseline'] : []),
          'bound',
          'vs bound',
          intervalTitle(results),
          'over/allowed',
          'n',
        ],
        compares ? 'llrrrrlrr' : 'llrrrlrr',
        slos.map((slo) => {
          const cells = sloCells(slo)
          return [
            `${icons[slo.status]} ${slo.status}`,
            markdownCode(cells.slo),
            cells.observed,
            ...(compares ? [cells.baseline] : []),
            escapeMarkdown(cells.bound),
            cells.deviation,
            cells.interval,
            cells.over,
            cells.n,
          ]
        }),
      ),
    ),
    ...block(
      undecided.map(
        (slo) => `- ${markdownCode(slo.text)}: ${escapeMarkdown(explainSlo(slo, results.end))}`,
      ),
    ),
  ]
}

function renderPercentiles(results: Results): string[] {
  const rows = percentileRows(results, allTimes(results))
  if (rows.length === 0) return []
  return [
    ...table(
      ['', ...percentileNames, 'n'],
      'lrrrrrr',
      rows.map(({ metric, values, n }) => [markdownCode(metric), ...values.map(escapeMarkdown), n]),
    ),
    ...block([escapeMarkdown(roughNote(rows) ?? '')]),
  ]
}

/** A table of parts of a run, whose first columns are `texts`. */
function renderParts(
  titles: readonly string[],
  rows: readonly string[][],
  texts: number,
): string[] {
  if (rows.length === 0) return []
  return table(
    titles,
    titles.map((_, column) => (column < texts ? 'l' : 'r')).join(''),
    rows.map((cells) => cells.map(escapeMarkdown)),
  )
}

function renderServer({ server }: Results): string[] {
  if (server === null) return []
  const times = serverTimeRows(server)
  const counts = serverCountRows(server)
  return [
    escapeMarkdown(explainServerFinding(server.finding)),
    ...block(
      table(
        ['', 'server mean', 'server p95', 'client mean', 'client p95', 'n'],
        'lrrrrr',
        times.map(({ metric, mean, p95, clientMean, clientP95, n }) => [
          markdownCode(metric),
          ...[mean, p95, clientMean, clientP95].map(escapeMarkdown),
          n,
        ]),
      ).slice(times.length === 0 ? 2 : 0),
    ),
    ...block(
      table(
        ['', 'server', 'client', 'token events'],
        'lrrr',
        counts.map(({ count, server: own, client, events }) => [count, own, client, events]),
      ).slice(counts.length === 0 ? 2 : 0),
    ),
    ...block([[...queueCells(server), ...cacheCells(server)].join(', ')]),
  ]
}

/** The lines, an empty one before them. */
function block(lines: readonly string[]): string[] {
  const filled = lines.filter((line) => line !== '')
  return filled.length === 0 ? [] : ['', ...filled]
}

function details(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  return ['', `<details><summary>${title}</summary>`, '', ...lines, '', '</details>']
}

/** `align`: one letter per column, `l` or `r`. Cells must be escaped already. */
function table(titles: readonly string[], align: string, rows: readonly string[][]): string[] {
  const rules = titles.map((_, column) => (align[column] === 'r' ? '---:' : '---'))
  return [titles, rules, ...rows].map((cells) => `| ${cells.join(' | ')} |`)
}
