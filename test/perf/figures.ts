import { putSection } from '../_section.ts'
import type { Accuracy } from './accuracy.ts'
import { type Series, type Spread, spreadOf } from './benchmark.ts'
import { renderTable } from './comparison.ts'
import type { Trial } from './trial.ts'

/** What the others are held against, where it was run. */
const base = 'net'

/** A load, and what each client made of it. */
export interface Section {
  heading: string
  /** A table in Markdown, and a line for each client that was not counted. */
  text: string
}

/** One section per load. `machine`: where it was measured. */
export function renderFigures(series: readonly Series[], machine: string): Section[] {
  const trials = [...new Set(series.map(({ trial }) => trial))]
  return trials.map((trial) => {
    const rows = series.filter((one) => one.trial === trial)
    const compared = rows.find(({ name }) => name === base)
    const count = Math.max(...rows.map(({ repetitions }) => repetitions.length))
    const table = renderTable(
      `${machine}. ${count === 1 ? 'One run' : `Medians of ${count} repetitions (least–most)`}, errors in ms.`,
      [
        ['', ...columns.map(({ title }) => title)],
        ...rows.map((row) => [nameOf(row), ...columns.map(({ render }) => render(row, compared))]),
      ],
    )
    const notes = rows.flatMap(noteFailures).map((note) => `- ${note}`)
    return { heading: headingOf(trial), text: [table, ...notes].join('\n').trimEnd() }
  })
}

/** The page with each section in the place of the last of its load. */
export function putSections(page: string, sections: readonly Section[]): string {
  return sections.reduce((put, { heading, text }) => putSection(put, `${heading}\n\n${text}`), page)
}

function headingOf({ mode, streams }: Trial): string {
  return `### ${streams} streams, ${mode}`
}

function nameOf({ name, version }: Series): string {
  return version === '' ? name : `${name} ${version}`
}

interface Column {
  title: string
  render(row: Series, compared: Series | undefined): string
}

const columns: readonly Column[] = [
  spread('TTFT error p50', 'ttftErrorP50', 2),
  spread('p99', 'ttftErrorP99', 1),
  ratio(`p99 × ${base}`, 'ttftErrorP99'),
  spread('gap error p99', 'gapErrorP99', 1),
  spread('events/s', 'eventsPerSecond', 0),
  spread('µs/event', 'cpuPerEvent', 2),
  ratio(`µs × ${base}`, 'cpuPerEvent'),
  spread('server late p99', 'serverLateP99', 2),
]

function spread(title: string, figure: keyof Accuracy, digits: number): Column {
  return { title, render: (row) => renderSpread(spreadOf(row, figure), digits) }
}

function renderSpread(found: Spread | undefined, digits: number): string {
  if (found === undefined) return '–'
  const [median, least, most] = [found.median, found.least, found.most].map((value) =>
    value.toFixed(digits),
  )
  return least === most ? String(median) : `${median} (${least}–${most})`
}

/** Of the medians: clients take turns, and a ratio within one turn has the noise of both. */
function ratio(title: string, figure: keyof Accuracy): Column {
  return {
    title,
    render(row, compared) {
      const [own, other] = [row, compared].map((one) => one && spreadOf(one, figure)?.median)
      return own === undefined || other === undefined ? '–' : (own / other).toFixed(2)
    },
  }
}

function noteFailures(row: Series): string[] {
  const errors = row.repetitions.flatMap((one) => ('error' in one ? one.error : []))
  if (errors.length === 0) return []
  return [`${nameOf(row)}: ${errors.length} of ${row.repetitions.length} not counted: ${errors[0]}`]
}
