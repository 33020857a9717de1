import type { Accuracy } from './accuracy.ts'
import { quantileOf, renderTable } from './comparison.ts'
import type { Trial } from './trial.ts'

/** Something that sends a load. */
export interface Candidate {
  name: string
  version: string
  /** @throws Error when what it counted is not what the server did. */
  measure(trial: Trial): Promise<Accuracy>
}

/** What one repetition gave: figures, or why there are none. */
export type Repetition = { accuracy: Accuracy } | { error: string }

/** Of one client under one load. */
export interface Series {
  trial: Trial
  name: string
  version: string
  repetitions: readonly Repetition[]
}

/**
 * Measures the candidates one after the other, and all of them again for every repetition, so that a
 * machine that changes its pace does so for all. `onDone` is told of each one.
 */
export async function runBenchmark(
  candidates: readonly Candidate[],
  trials: readonly Trial[],
  repetitions: number,
  onDone: (trial: Trial, name: string, repetition: Repetition) => void,
): Promise<Series[]> {
  const all: Series[] = []
  for (const trial of trials) {
    const series = candidates.map(({ name, version }) => ({
      trial,
      name,
      version,
      repetitions: [] as Repetition[],
    }))
    for (let i = 0; i < repetitions; i++) {
      for (const [place, candidate] of candidates.entries()) {
        const repetition = await candidate.measure(trial).then(
          (accuracy): Repetition => ({ accuracy }),
          (error: unknown): Repetition => ({ error: String(error) }),
        )
        series[place]?.repetitions.push(repetition)
        onDone(trial, candidate.name, repetition)
      }
    }
    all.push(...series)
  }
  return all
}

/** Median of the repetitions that count, with the least and the most of them. */
export interface Spread {
  median: number
  least: number
  most: number
}

/** `undefined`: no repetition counts, or none has the figure. */
function spreadOf(series: Series, figure: keyof Accuracy): Spread | undefined {
  const values = series.repetitions
    .flatMap((one) => ('accuracy' in one ? one.accuracy[figure] : []))
    .filter((value) => !Number.isNaN(value))
  if (values.length === 0) return undefined
  return {
    median: quantileOf(values, 0.5),
    least: Math.min(...values),
    most: Math.max(...values),
  }
}

/** What the others are held against, where it was run. */
const base = 'net'

/** One table per load. */
export function renderBenchmark(series: readonly Series[]): string {
  const trials = [...new Set(series.map(({ trial }) => trial))]
  return trials
    .map((trial) => {
      const rows = series.filter((one) => one.trial === trial)
      const compared = rows.find(({ name }) => name === base)
      return renderTable(titleOf(trial, rows), [
        [
          '',
          'TTFT error p50',
          'p99',
          `× ${base}`,
          'gap error p99',
          'events/s',
          'µs/event',
          `× ${base}`,
        ],
        ...rows.map((row) => renderRow(row, compared)),
      ])
    })
    .join('\n')
}

function titleOf({ mode, streams }: Trial, rows: readonly Series[]): string {
  const count = Math.max(...rows.map(({ repetitions }) => repetitions.length))
  return `**${streams} streams, ${mode}**: medians of ${count} repetitions (least–most), errors in ms`
}

function renderRow(row: Series, compared: Series | undefined): string[] {
  const name = row.version === '' ? row.name : `${row.name} ${row.version}`
  const failed = row.repetitions.flatMap((one) => ('error' in one ? one.error : []))
  const note = failed.length === 0 ? '' : ` (${failed.length} not counted: ${failed[0]})`
  return [
    name + note,
    renderSpread(spreadOf(row, 'ttftErrorP50'), 2),
    renderSpread(spreadOf(row, 'ttftErrorP99'), 1),
    renderRatio(row, compared, 'ttftErrorP99'),
    renderSpread(spreadOf(row, 'gapErrorP99'), 1),
    renderSpread(spreadOf(row, 'eventsPerSecond'), 0),
    renderSpread(spreadOf(row, 'cpuPerEvent'), 1),
    renderRatio(row, compared, 'cpuPerEvent'),
  ]
}

function renderSpread(spread: Spread | undefined, digits: number): string {
  if (spread === undefined) return '–'
  const [median, least, most] = [spread.median, spread.least, spread.most].map((value) =>
    value.toFixed(digits),
  )
  return least === most ? String(median) : `${median} (${least}–${most})`
}

/** Of the medians: both were run in turns, and a ratio of one turn has the noise of both. */
function renderRatio(row: Series, compared: Series | undefined, figure: keyof Accuracy): string {
  const [own, other] = [row, compared].map((one) => one && spreadOf(one, figure)?.median)
  if (own === undefined || other === undefined) return '–'
  return (own / other).toFixed(2)
}
