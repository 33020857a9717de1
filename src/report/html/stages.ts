import type { Records } from '../../engine/record.ts'
import type { Results } from '../../results/results.ts'
import { stageRows, stageTitles } from '../stage-cells.ts'
import { fixed, type Plot } from './chart.ts'
import { drawLine } from './line.ts'
import { type Markup, markup } from './markup.ts'
import type { Scale } from './scale.ts'
import { renderTable } from './table.ts'

/** Stages with their figures; `undefined` where the load has none. */
export function renderStages(results: Results): Markup | undefined {
  if (results.stages.length === 0) return undefined
  return renderTable({
    caption: 'Stages, each with the requests that were due in it',
    head: stageTitles,
    rows: stageRows(results),
    texts: 2,
  })
}

/** Instant at which the first stage began, ms on the clock of the records; `undefined` without stages. */
export function findFirstStage({ stages }: Results, records: Records): number | undefined {
  if (stages.length === 0) return undefined
  const due = records.flatMap(({ phase, marks }) => (phase === 'measured' ? marks.scheduled : []))
  return due.length === 0 ? undefined : due.reduce((least, at) => Math.min(least, at), Infinity)
}

/** The time of each stage as a band with its name; `begin`: of the first one, on the axis. */
export function drawBands(
  { stages }: Results,
  { top, bottom }: Plot,
  x: Scale,
  begin: number,
): Markup[] {
  return stages.map(({ name, start_ms: start, duration_ms: duration }, index) => {
    const left = x.place(begin + start)
    const width = Math.max(0, Math.min(x.place(begin + start + duration), x.place(x.high)) - left)
    const kind = index % 2 === 0 ? 'even' : 'odd'
    return markup`<rect class="band ${kind}" x="${fixed(left)}" y="${top}" width="${fixed(width)}" height="${fixed(bottom - top)}"/><text class="band" x="${fixed(left + 4)}" y="${top + 12}">${name}</text>`
  })
}

/** What the stages ask for over time, as a line. */
export function drawAsked({ stages }: Results, x: Scale, y: Scale, begin: number): Markup {
  const points = stages.flatMap(
    ({ start_ms: start, duration_ms: duration, ramp_ms: ramp, from, to }): [number, number][] => [
      [start, ramp === 0 ? to : from],
      [start + ramp, to],
      [start + duration, to],
    ],
  )
  const line = points.map(([at, count]): [number, number] => [x.place(begin + at), y.place(count)])
  return markup`<path class="bound" d="${drawLine(line)}"/>`
}
