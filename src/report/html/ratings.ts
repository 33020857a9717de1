import type { Records } from '../../engine/record.ts'
import type { Results } from '../../results/results.ts'
import { formatMs, formatValue } from '../units.ts'
import { type ChartWords, englishCharts } from './chart-words.ts'
import { type Markup, markup } from './markup.ts'
import { listAxes, renderRadar } from './radar.ts'
import { renderTable } from './table.ts'

interface Rating {
  name: string
  value: string
  /** What the value must reach for A+, A, B and C. */
  steps: string
  grade: Grade
}

/** Grades in falling order and the points that each is worth. */
const grades = { 'A+': 95, A: 85, B: 75, C: 65, D: 50 } as const

type Grade = keyof typeof grades

/** Tokens per second. */
const throughputSteps = [4000, 3000, 2000, 1000]
/** ms; mean latency at most. */
const latencySteps = [500, 2000 / 3, 1000, 2000]
const successSteps = [0.99, 0.98, 0.95, 0.9]

/** Grades on fixed scales. They say nothing about this service's goals and never decide a verdict. */
export function renderRatings(results: Results, records: Records | undefined): Markup {
  if (rate(results, englishCharts).length === 0) return renderGrades(results)
  return markup`<details><summary>Advisory: grades on fixed scales, which never decide a verdict</summary>${renderGrades(results)}${renderRadar(listAxes(results, records))}</details>`
}

/** The grades alone, as a table. */
export function renderGrades(results: Results, words: ChartWords = englishCharts): Markup {
  const ratings = rate(results, words)
  if (ratings.length === 0) return markup`<p>${words.nothingRated}</p>`
  const points = ratings.map(({ grade }) => grades[grade])
  const overall = points.reduce((sum, each) => sum + each, 0) / points.length
  return renderTable({
    caption: words.ratingsCaption,
    head: ['', ...words.ratingsHead],
    rows: [
      ...ratings.map(({ name, value, steps, grade }) => [name, value, steps, grade]),
      [words.rated.overall, words.points(Math.round(overall)), words.meanOfPoints, ''],
    ],
  })
}

function rate({ summary }: Results, words: ChartWords): Rating[] {
  const { output_tokens_per_second: tokens, latency_ms: latency, success_rate: success } = summary
  return [
    ...(tokens === null
      ? []
      : [
          {
            name: words.rated.throughput,
            value: formatValue(tokens, 'tok/s'),
            steps: `${throughputSteps.join(', ')} tok/s`,
            grade: grade(throughputSteps.findIndex((step) => tokens >= step)),
          },
        ]),
    ...(latency === null
      ? []
      : [
          {
            name: words.rated.latency,
            value: `${formatMs(latency.mean)} (${words.mean})`,
            steps: `${latencySteps.map(formatMs).join(', ')} ${words.orLess}`,
            grade: grade(latencySteps.findIndex((step) => latency.mean <= step)),
          },
        ]),
    ...(success === null
      ? []
      : [
          {
            name: words.rated.stability,
            value: `${formatValue(success, 'share')} ${words.succeeded}`,
            steps: successSteps.map((step) => `${step * 100}%`).join(', '),
            grade: grade(successSteps.findIndex((step) => success >= step)),
          },
        ]),
  ]
}

function grade(step: number): Grade {
  return (Object.keys(grades) as Grade[])[step] ?? 'D'
}
