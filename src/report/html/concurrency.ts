import type { Records } from '../../engine/record.ts'
import { followInFlight } from '../../metrics/concurrency.ts'
import type { Results } from '../../results/results.ts'
import { formatCount } from '../units.ts'
import { createPlot, fixed, type Plot, renderAxes, renderChart } from './chart.ts'
import { drawSteps, type Point } from './line.ts'
import { type Markup, markup } from './markup.ts'
import { type Scale, scaleCounts } from './scale.ts'
import { drawAsked, drawBands } from './stages.ts'

/**
 * Requests in flight over the time of the run, and the number asked for, or allowed at the most, as a
 * line across. `begin`: of the first stage; `undefined` without stages.
 */
export function renderConcurrency(
  results: Results,
  records: Records,
  { width, left }: Plot,
  x: Scale,
  { origin, begin }: { origin: number; begin: number | undefined },
): Markup | undefined {
  const points = reduceSteps(records, (at) => x.place(at - origin))
  if (points.length === 0) return undefined
  const plot = createPlot(width, 130, left)
  const peak = points.reduce((most, [, count]) => Math.max(most, count), 0)
  const { load } = results
  const line = limitLine(load, peak)
  const y = scaleCounts(Math.max(peak, line?.count ?? 0), [plot.bottom, plot.top])
  const course = drawSteps(points.map(([at, count]) => [at, y.place(count)]))
  return renderChart(
    {
      id: 'timeline-concurrency',
      title: 'Requests in flight over time',
      description: `At most ${formatCount(peak)}${line === undefined ? '' : `; ${formatCount(line.count)} were ${line.what}`}.`,
    },
    plot,
    [
      begin === undefined ? [] : drawBands(results, plot, x, begin),
      renderAxes(plot, x, y),
      begin === undefined || load.kind === 'open'
        ? line && drawLimit(line, y.place(line.count), plot)
        : drawAsked(results, x, y, begin),
      markup`<path class="line" d="${course}"/>`,
    ],
  )
}

interface LimitLine {
  count: number
  what: 'asked for' | 'users' | 'allowed'
}

/** Of an open loop the most that were allowed, where the run came near to it. */
function limitLine(load: Results['load'], peak: number): LimitLine | undefined {
  if (load.kind === 'closed') {
    const what = load.think_time_ms === null ? 'asked for' : 'users'
    return { count: load.concurrency, what }
  }
  const { max_concurrency: count } = load
  return 2 * peak < count ? undefined : { count, what: 'allowed' }
}

function drawLimit({ count, what }: LimitLine, place: number, { left, right }: Plot): Markup {
  const at = fixed(place)
  return markup`<path class="bound" d="M${left} ${at}H${right}"/><text class="bound end" x="${right}" y="${at - 5}">${what}: ${formatCount(count)}</text>`
}

/** Of the steps within one unit of the drawing only the last, the lowest and the highest stay. */
function reduceSteps(records: Records, place: (at: number) => number): Point[] {
  const points: Point[] = []
  let few: Point[] = []
  const within = { column: -Infinity, steps: 0, low: Infinity, high: -Infinity, last: 0 }
  const close = (): void => {
    const { column, steps, low, high, last } = within
    const kept = [low, high, last].map((count, index): Point => [column + index / 3, count])
    points.push(...(steps > kept.length ? kept : few))
  }
  followInFlight(records, (at, inFlight) => {
    const left = place(at)
    const column = Math.floor(left)
    if (column !== within.column) {
      close()
      few = []
      Object.assign(within, { column, steps: 0, low: Infinity, high: -Infinity })
    }
    within.steps++
    within.low = Math.min(within.low, inFlight)
    within.high = Math.max(within.high, inFlight)
    within.last = inFlight
    if (few.length < 3) few.push([left, inFlight])
  })
  close()
  return points
}
