import type { RequestRecord } from '../../engine/record.ts'
import { type Step, stepsInFlight } from '../../metrics/concurrency.ts'
import type { Results } from '../../results/results.ts'
import { formatCount } from '../units.ts'
import { createPlot, fixed, type Plot, renderAxes, renderChart } from './chart.ts'
import { drawSteps, type Point } from './line.ts'
import { type Markup, markup } from './markup.ts'
import { type Scale, scaleCounts } from './scale.ts'

/** Requests in flight over the time of the run, and the number asked for, or allowed at the most, as a line across. */
export function renderConcurrency(
  { load }: Results,
  records: readonly RequestRecord[],
  { width, left }: Plot,
  x: Scale,
  origin: number,
): Markup | undefined {
  const steps = stepsInFlight(records)
  if (steps.length === 0) return undefined
  const plot = createPlot(width, 130, left)
  const peak = steps.reduce((most, { inFlight }) => Math.max(most, inFlight), 0)
  const line = limitLine(load, peak)
  const y = scaleCounts(Math.max(peak, line?.count ?? 0), [plot.bottom, plot.top])
  const points = reduce(steps, (at) => x.place(at - origin))
  const course = drawSteps(points.map(([at, count]) => [at, y.place(count)]))
  return renderChart(
    {
      id: 'timeline-concurrency',
      title: 'Requests in flight over time',
      description: `At most ${formatCount(peak)}${line === undefined ? '' : `; ${formatCount(line.count)} were ${line.what}`}.`,
    },
    plot,
    [
      renderAxes(plot, x, y),
      line && drawLimit(line, y.place(line.count), plot),
      markup`<path class="line" d="${course}"/>`,
    ],
  )
}

interface LimitLine {
  count: number
  what: 'asked for' | 'allowed'
}

/** Of an open loop the most that were allowed, where the run came near to it. */
function limitLine(load: Results['load'], peak: number): LimitLine | undefined {
  if (load.kind === 'closed') return { count: load.concurrency, what: 'asked for' }
  const { max_concurrency: count } = load
  return 2 * peak < count ? undefined : { count, what: 'allowed' }
}

function drawLimit({ count, what }: LimitLine, place: number, { left, right }: Plot): Markup {
  const at = fixed(place)
  return markup`<path class="bound" d="M${left} ${at}H${right}"/><text class="bound end" x="${right}" y="${at - 5}">${what}: ${formatCount(count)}</text>`
}

/** Of the steps within one unit of the drawing only the last, the lowest and the highest stay. */
function reduce(steps: readonly Step[], place: (at: number) => number): Point[] {
  const columns = Map.groupBy(steps, ({ at }) => Math.floor(place(at)))
  return [...columns].flatMap(([column, within]): Point[] => {
    const counts = within.map(({ inFlight }) => inFlight)
    const kept = [Math.min(...counts), Math.max(...counts), counts.at(-1) ?? 0]
    return counts.length < 4
      ? within.map(({ at, inFlight }) => [place(at), inFlight])
      : kept.map((count, index) => [column + index / 3, count])
  })
}
