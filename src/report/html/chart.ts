import { type Content, type Markup, markup } from './markup.ts'
import type { Scale } from './scale.ts'

/** The inner rectangle of a drawing, in its units. */
export interface Plot {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
}

/** A drawing of this size with room for its axes. */
export function createPlot(width: number, height: number, left = 44): Plot {
  return { width, height, left, right: width - 10, top: 16, bottom: height - 26 }
}

interface Label {
  /** Unique in the page. */
  id: string
  title: string
  /** What a reader who does not see it must know. */
  description: string
}

/** A drawing with a name and a description; texts in it are decoration. */
export function renderChart(
  { id, title, description }: Label,
  { width, height }: Pick<Plot, 'width' | 'height'>,
  content: Content,
): Markup {
  return markup`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${content}</svg>`
}

/** The axes: a line at the bottom, lines across at the ticks of the left one. */
export function renderAxes(plot: Plot, x: Scale | undefined, y: Scale | undefined): Markup {
  const { left, right, bottom } = plot
  const rows = y?.ticks.map(({ value, text }) => {
    const at = fixed(y.place(value))
    return markup`<path class="grid" d="M${left} ${at}H${right}"/><text class="tick end" x="${left - 6}" y="${at}" dy=".32em">${text}</text>`
  })
  const columns = x?.ticks.map(({ value, text }) => {
    const at = x.place(value)
    const side = at > right - 16 ? 'end' : at < left + 6 ? 'start' : 'middle'
    return markup`<path class="axis" d="M${fixed(at)} ${bottom}v4"/><text class="tick ${side}" x="${fixed(at)}" y="${bottom + 17}">${text}</text>`
  })
  return markup`${rows}<path class="axis" d="M${left} ${bottom}H${right}"/>${columns}`
}

/** An upright line at a bound with its text; `row` keeps texts of several bounds apart. */
export function renderBound(
  plot: Plot,
  x: Scale,
  bound: number,
  text: string,
  row: number,
): Markup {
  const { left, right, top, bottom } = plot
  const y = top - 5 + 13 * row
  if (bound > x.high) {
    return markup`<text class="bound end" x="${right}" y="${y}">${text} →</text>`
  }
  if (bound < x.low) return markup`<text class="bound start" x="${left}" y="${y}">← ${text}</text>`
  const at = x.place(bound)
  const beyond = at > (left + right) / 2
  return markup`<path class="bound" d="M${fixed(at)} ${top}V${bottom}"/><text class="bound ${beyond ? 'end' : 'start'}" x="${fixed(at + (beyond ? -4 : 4))}" y="${y}">${text}</text>`
}

/** A place in a drawing, in tenths of a unit. */
export function fixed(place: number): number {
  return Number(place.toFixed(1))
}

/** A drawing with its caption below. */
export function renderFigure(caption: Content, content: Content): Markup {
  return markup`<figure>${content}<figcaption>${caption}</figcaption></figure>`
}
