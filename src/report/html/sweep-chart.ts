import type { Measured } from '../../results/results.ts'
import { createPlot, fixed, type Plot, renderAxes, renderChart, renderFigure } from './chart.ts'
import { drawLine, type Point } from './line.ts'
import { type Markup, markup } from './markup.ts'
import { type Scale, scaleChosen } from './scale.ts'
import type { Status } from './status.ts'

const size = createPlot(480, 260, 52)
/** With room for the names of the lines. */
const plot: Plot = { ...size, right: size.right - 72 }

/** Distance of two names, and of a name from the edge, in units of the drawing. */
const lineHeight = 12

export interface SweepPoint {
  /** Index of the value on the axis. */
  at: number
  /** `undefined` where there is none, or none that is finite: the line has a gap. */
  value: number | undefined
  /** The figure as it is told. */
  text: string
  /** Of the SLO on it; `undefined` without one. */
  status?: Status | undefined
  /** Confidence limits; `null` where the data do not reach one. */
  limits?: { low: Measured | null; high: Measured | null } | undefined
}

export interface SweepLine {
  name: string
  points: readonly SweepPoint[]
}

export interface Sweep {
  /** Unique in the page. */
  id: string
  title: string
  caption: string
  /** What else is to be said of it. */
  note?: string | undefined
  /** Of the values along the bottom. */
  key: string
  chosen: readonly { text: string; number: number | null }[]
  lines: readonly SweepLine[]
  bounds: readonly { value: number; text: string }[]
  /** The upright axis over these values. */
  scale(values: readonly number[], range: readonly [number, number]): Scale
}

/** Figures over the values of a key, with a line for each figure; `undefined` where there are none. */
export function renderSweep(sweep: Sweep): Markup | undefined {
  const { id, title, caption, note, key, chosen, lines, bounds } = sweep
  const values = lines.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []))
  if (values.length === 0) return undefined
  const x = scaleChosen(chosen, [plot.left + 14, plot.right - 18])
  const y = sweep.scale(values, [plot.bottom, plot.top])
  const description = lines
    .map(({ name, points }) => {
      const told = points.map(({ at, text }) => `${text} at ${chosen[at]?.text}`).join(', ')
      return `${name}: ${told}`
    })
    .join('; ')
  const drawn = lines.map((line, index) =>
    drawSweepLine(line, dashes[index % dashes.length], { x, y, key, chosen }),
  )
  const chart = renderChart({ id, title, description: `${description}.` }, plot, [
    renderAxes(plot, x, y),
    bounds.map((bound) => drawBound(bound, y)),
    drawn,
    nameLines(lines, y),
  ])
  const told = [
    `${caption} over ${key}`,
    ...(note === undefined ? [] : [note]),
    ...(x.kind === 'log' || y.kind === 'log' ? [nameLogarithmic(x, y)] : []),
  ]
  return renderFigure(told.join('; '), chart)
}

function nameLogarithmic(x: Scale, y: Scale): string {
  if (x.kind === 'log' && y.kind === 'log') return 'logarithmic axes'
  return `${x.kind === 'log' ? 'the axis below is' : 'the axis at the left is'} logarithmic`
}

/** How lines are told apart beside their names. */
const dashes = ['none', '7 3', '2 3', '9 3 2 3', '4 2', '12 4', '1 5', '6 2 1 2'] as const

interface Axes {
  x: ReturnType<typeof scaleChosen>
  y: Scale
  key: string
  chosen: Sweep['chosen']
}

function drawSweepLine(
  { name, points }: SweepLine,
  dash: string | undefined,
  { x, y, key, chosen }: Axes,
): Markup {
  const runs = points.reduce<Point[][]>(
    (parts, { at, value }) => {
      if (value === undefined) return [...parts, []]
      parts.at(-1)?.push([x.placeAt(at), y.place(value)])
      return parts
    },
    [[]],
  )
  const paths = runs
    .filter((run) => run.length > 1)
    .map((run) => markup`<path class="line" stroke-dasharray="${dash}" d="${drawLine(run)}"/>`)
  const marks = points.map(({ at, value, text, status, limits }) => {
    if (value === undefined) return undefined
    const [left, top] = [fixed(x.placeAt(at)), fixed(y.place(value))]
    const told = `${key}=${chosen[at]?.text}, ${name}: ${text}${status === undefined ? '' : `, ${status}`}`
    const dot =
      status === 'FAIL'
        ? markup`<path class="mark failed" d="M${left - 4} ${top - 4}l8 8m0 -8l-8 8"/>`
        : markup`<circle class="${status === 'INCONCLUSIVE' ? 'dot rough' : 'dot'}" cx="${left}" cy="${top}" r="3.5"/>`
    return markup`<g><title>${told}</title>${limits && drawLimits(left, limits, y)}${dot}</g>`
  })
  return markup`${paths}${marks}`
}

/** An upright stroke from one limit to the other, open where the data do not reach it. */
function drawLimits(
  at: number,
  { low, high }: NonNullable<SweepPoint['limits']>,
  y: Scale,
): Markup | undefined {
  if (low === null && high === null) return undefined
  const place = (limit: Measured | null, open: number): number =>
    typeof limit === 'number' ? fixed(y.place(limit)) : open
  const [bottom, top] = [place(low, plot.bottom), place(high, plot.top)]
  return markup`<path class="limits thin" d="M${at} ${bottom}V${top}"/>`
}

/** A line across at the bound of an SLO, or on which side of the drawing it lies. */
function drawBound({ value, text }: Sweep['bounds'][number], y: Scale): Markup {
  const [from, to] = [plot.left + 4, plot.top - 4]
  if (value > y.high)
    return markup`<text class="bound start" x="${from}" y="${to}">↑ ${text}</text>`
  if (value < y.low) {
    return markup`<text class="bound start" x="${from}" y="${plot.bottom - 5}">↓ ${text}</text>`
  }
  const at = fixed(y.place(value))
  return markup`<path class="bound" d="M${plot.left} ${at}H${plot.right}"/><text class="bound start" x="${from}" y="${at - 5}">${text}</text>`
}

/** The name of each line at its end, apart from the others. */
function nameLines(lines: readonly SweepLine[], y: Scale): Markup[] {
  const ends = lines
    .flatMap(({ name, points }) => {
      const value = points.findLast((point) => point.value !== undefined)?.value
      return value === undefined ? [] : [{ name, at: y.place(value) }]
    })
    .toSorted((a, b) => a.at - b.at)
  const lowest = plot.bottom - lineHeight * (ends.length - 1)
  let free = plot.top
  return ends.map(({ name, at }, index) => {
    const place = Math.max(free, Math.min(at, lowest + lineHeight * index))
    free = place + lineHeight
    return markup`<text class="tick start" x="${plot.right + 4}" y="${fixed(place)}" dy=".32em">${name}</text>`
  })
}
