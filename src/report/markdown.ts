import type { Results, SloDocument } from '../results/results.ts'
import {
  baselineCells,
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
import { escapeMarkdown, markdownCode, markdownUrl } from './escaping.ts'
import { queueCells, serverCountRows, serverTimeRows } from './server-cells.ts'

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

const cutNote = '\n_Cut to fit; the full report is in the artifact._\n'

/** Runs as a job summary, in the given order; cut where it would exceed the limit, never within a table. */
export function renderMarkdown(results: readonly Results[], options: MarkdownOptions = {}): string {
  const lines = results.flatMap((run) => [...renderRun(run), ''])
  return cutMarkdown(lines.join('\n'), options.limit ?? 900_000)
}

function renderRun(results: Results): string[] {
  const { verdict, spec, target, diagnostics } = results
  const end = endCell(results)
  return [
    `### ${icons[verdict.status]} ${verdict.status} – ${escapeMarkdown(spec.name)}`,
    '',
    `${escapeMarkdown(verdict.why)}  `,
    ...(end === undefined ? [] : [`${escapeMarkdown(end)}  `]),
    `${escapeMarkdown(target.method)} ${markdownUrl(target.url)}${target.hermetic ? ' (mock)' : ''}  `,
    [
      [...loadCells(results), ...rateCells(results)].join(' · '),
      ...baselineCells(results).map(escapeMarkdown),
    ].join('  \n'),
    ...renderSlos(results),
    ...block(
      diagnostics
        .filter(({ level }) => level === 'warn')
        .map(({ id, message }) => `- ⚠️ **${escapeMarkdown(id)}** ${escapeMarkdown(message)}`),
    ),
    ...details('Percentiles', renderPercentiles(results)),
    ...details('Server', renderServer(results)),
    ...details(
      `Failures (${results.summary.requests.failed})`,
      results.summary.failures.map(
        (failure) => `- ${escapeMarkdown(failureCell(failure))}: ${escapeMarkdown(failure.sample)}`,
      ),
    ),
    ...details(
      'Environment',
      environmentCells(results).map(([name, value]) => `- ${name}: ${escapeMarkdown(value)}`),
    ),
  ]
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
    ...block(undecided.map((slo) => `- ${markdownCode(slo.text)}: ${escapeMarkdown(slo.why)}`)),
  ]
}

function renderPercentiles(results: Results): string[] {
  const rows = percentileRows(results, ['ttft', 'ttfo', 'latency', 'tpot', 'chunk_gap', 'stall'])
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

function renderServer({ server }: Results): string[] {
  if (server === null) return []
  const times = serverTimeRows(server)
  const counts = serverCountRows(server)
  return [
    escapeMarkdown(server.message),
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
    ...block([queueCells(server).join(', ')]),
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

function isRow(text: string | undefined): boolean {
  return text?.startsWith('|') === true
}

/** What `renderMarkdown` made, in at most `limit` UTF-8 bytes: cut between two lines, never within a table, with a note. */
export function cutMarkdown(whole: string, limit: number): string {
  if (Buffer.byteLength(whole) <= limit) return whole
  const lines = whole.split('\n')
  const closing = '\n</details>\n'
  let left = limit - Buffer.byteLength(cutNote) - Buffer.byteLength(closing)
  const kept: string[] = []
  for (const text of lines) {
    left -= Buffer.byteLength(text) + 1
    if (left < 0) break
    kept.push(text)
  }
  // What is left of a table would look like a whole one.
  if (isRow(lines[kept.length])) while (isRow(kept.at(-1))) kept.pop()
  const open = kept.findLastIndex((text) => text.startsWith('<details>'))
  const isOpen = open > kept.lastIndexOf('</details>')
  return `${kept.join('\n')}\n${isOpen ? closing : ''}${cutNote}`
}
