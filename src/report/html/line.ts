import { curveLinear, curveLinearClosed, curveStepAfter, line, lineRadial } from 'd3-shape'

import type { Sequence } from '../../metrics/sequence.ts'
import { type Markup, trust } from './markup.ts'

export type Point = readonly [x: number, y: number]

/** Path of a line through the points, in tenths of a unit. */
export function drawLine(points: readonly Point[]): Markup {
  return draw(points, curveLinear)
}

/** Path of a line that keeps its height up to the next point. */
export function drawSteps(points: readonly Point[]): Markup {
  return draw(points, curveStepAfter)
}

/** Path of a closed line around the origin: one radius per direction, the first one upwards. */
export function drawRadial(radii: readonly number[]): Markup {
  const path = lineRadial<number>()
    .angle((_, index) => (2 * Math.PI * index) / radii.length)
    .radius((radius) => radius)
    .curve(curveLinearClosed)
    .digits(1)
  return trust(path([...radii]) ?? '')
}

function draw(points: readonly Point[], curve: typeof curveLinear): Markup {
  const path = line<Point>()
    .x(([x]) => x)
    .y(([, y]) => y)
    .curve(curve)
    .digits(1)
  return trust(path(points) ?? '')
}

/** Of the points of a step line that lie within the same half of a unit, the last one. */
export function thin(points: Sequence<Point>): Point[] {
  const kept: Point[] = []
  let half = Number.NaN
  points.forEach((point) => {
    const own = Math.floor(point[0] * 2)
    if (own === half) kept.pop()
    kept.push(point)
    half = own
  })
  return kept
}
