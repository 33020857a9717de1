import type { RequestRecord, Records } from '../../engine/record.ts'
import { dropValues, quantile, sampleEach } from '../../metrics/sample.ts'
import type { Results } from '../../results/results.ts'
import { formatCount, formatMs } from '../units.ts'
import { type Plot, createPlot, fixed, renderAxes, renderChart, renderFigure } from './chart.ts'
import { renderConcurrency } from './concurrency.ts'
import { measureDuration, findOrigin, findStart } from './instants.ts'
import { type Content, type Markup, markup, trust } from './markup.ts'
import { type Scale, scaleTimes } from './scale.ts'
import { listBounds } from './series.ts'
import { tabulateSlices } from './slices.ts'
import { drawBands, findFirstStage } from './stages.ts'
import { renderScrolling } from './table.ts'

const plot = createPlot(960, 260, 52)

type Kind = RequestRecord['outcome'] | 'warmup'

const names: Readonly<Record<Kind, string>> = {
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  left: 'left',
  warmup: 'warm-up',
}

/** Shapes around a place, so that a kind is not told by its colour alone. */
const shapes: Readonly<Record<Kind, string>> = {
  completed: 'h0',
  failed: 'm-3.5 -3.5l7 7m0 -7l-7 7',
  cancelled: 'm-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0',
  left: 'm-3.5 3l3.5 -6l3.5 6z',
  warmup: 'm-2.5 -2.5h5v5h-5z',
}

/** Every request where it began and how long it took; below it the requests in flight. */
export function renderTimeline(results: Results, records: Records): Markup {
  const durations = sampleEach(records, measureDuration)
  if (durations === undefined) return markup`<p>No request was sent.</p>`
  const [min, median, max] = [durations[0], quantile(durations, 0.5), quantile(durations, 1)]
  dropValues(durations)
  const origin = findOrigin(records)
  const first = findFirstStage(results, records)
  const begin = first === undefined ? undefined : first - origin
  const end = records.reduce((last, { marks }) => Math.max(last, marks.ended - origin), 0)
  const x = scaleTimes({ min: 0, median: end, max: end }, [plot.left, plot.right], { zero: true })
  const bounds = listBounds(results, 'latency')
  const y = scaleTimes({ min, median, max }, [plot.bottom, plot.top], {
    zero: true,
    bounds: bounds.map(({ value }) => value),
  })
  const kinds = scatter(records, { x, y, origin })
  const layers = (['warmup', 'completed', 'left', 'cancelled', 'failed'] as const).map((kind) => {
    const marks = kinds.get(kind)
    return marks && markup`<path class="mark ${kind}" d="${trust(draw(marks, kind))}"/>`
  })
  const lines = bounds
    .filter(({ value }) => value >= y.low && value <= y.high)
    .map(({ value, text }) => {
      const at = fixed(y.place(value))
      return markup`<path class="bound" d="M${plot.left} ${at}H${plot.right}"/><text class="bound end" x="${plot.right}" y="${at - 5}">${text}</text>`
    })
  const counts = [...kinds].map(([kind, { count }]) => `${formatCount(count)} ${names[kind]}`)
  const description = `${counts.join(', ')}; from ${formatMs(min)} to ${formatMs(max)}, over ${formatMs(end)}.`
  const chart = renderChart(
    { id: 'timeline-scatter', title: 'Time taken by each request, over its start', description },
    plot,
    [
      begin === undefined ? [] : drawBands(results, plot, x, begin),
      renderAxes(plot, x, y),
      lines,
      layers,
    ],
  )
  const scatterBox = markup`<div id="timeline-box" ${describe(plot, x, y)}>${chart}</div>`
  const drawings = renderScrolling(
    'Timeline',
    markup`<div class="wide">${[scatterBox, renderConcurrency(results, records, plot, x, { origin, begin })]}</div>`,
  )
  const figure = renderFigure(
    markup`Time taken, over the start of each request${y.kind === 'log' ? '; logarithmic axis' : ''}. ${legend(kinds)}. Marks that would cover each other are drawn once.`,
    drawings,
  )
  return markup`${figure}${tabulateSlices(records, origin, end)}`
}

function classify({ phase, outcome }: RequestRecord): Kind {
  return phase === 'warmup' ? 'warmup' : outcome
}

interface Axes {
  x: Scale
  y: Scale
  origin: number
}

/** The requests of a kind. */
interface Marks {
  count: number
  /** Where there is one, `left * row + top`, each place once. */
  places: Set<number>
}

/** More than the height of the drawing. */
const row = 4096

function scatter(records: Records, { x, y, origin }: Axes): Map<Kind, Marks> {
  const kinds = new Map<Kind, Marks>()
  records.forEach((record) => {
    const kind = classify(record)
    const marks = kinds.get(kind) ?? { count: 0, places: new Set() }
    kinds.set(kind, marks)
    marks.count++
    const left = Math.round(x.place(findStart(record) - origin))
    marks.places.add(left * row + Math.round(y.place(measureDuration(record))))
  })
  return kinds
}

function draw({ places }: Marks, kind: Kind): string {
  const marks = Array.from(places, (at) => `M${Math.floor(at / row)} ${at % row}${shapes[kind]}`)
  return marks.join('')
}

function legend(kinds: ReadonlyMap<Kind, unknown>): Content {
  return [...kinds.keys()].map((kind, index) => [
    index === 0 ? undefined : markup`, `,
    markup`<span class="key"><svg viewBox="-6 -6 12 12" aria-hidden="true"><path class="mark ${kind}" d="M0 0${trust(shapes[kind])}"/></svg>${names[kind]}</span>`,
  ])
}

/** What the script needs to find the request below the pointer. */
function describe({ left, right, top, bottom, width }: Plot, x: Scale, y: Scale): Markup {
  return markup`data-plot="${[left, right, top, bottom, width].join(' ')}" data-x="${x.high}" data-y="${[y.low, y.high].join(' ')}" data-kind="${y.kind}"`
}
