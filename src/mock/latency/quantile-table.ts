import { isFields, parseDuration, type Report } from '../plan/fields.ts'
import type { QuantilePoint } from './quantile-grid.ts'

/** The points of a table by ascending share; `min` has share 0 and `max` share 1. */
export function readQuantileTable(
  report: Report,
  path: string,
  table: unknown,
): readonly QuantilePoint[] | undefined {
  if (!isFields(table)) {
    report(path, 'a table of quantiles or a distribution', table, 'Write { p50: 40ms, p99: 90ms }')
    return undefined
  }
  const points: QuantilePoint[] = []
  for (const [name, value] of Object.entries(table)) {
    const percent = Number(/^p(\d{1,2}(?:\.\d+)?)$/.exec(name)?.[1])
    const share = name === 'min' ? 0 : name === 'max' ? 1 : percent / 100
    const ms = parseDuration(value)
    if (!(share >= 0) || percent === 0) {
      report(`${path}.${name}`, 'min, p50 … p99.9 or max', name, 'Rename it')
      return undefined
    }
    if (ms === undefined) {
      report(`${path}.${name}`, 'a duration', value, 'Give it a unit, e.g. "40ms"')
      return undefined
    }
    points.push({ name, share, value: ms })
  }
  points.sort((left, right) => left.share - right.share)
  if (!points.some((point) => point.share > 0 && point.share < 1)) {
    report(path, 'at least one quantile such as p50', table, 'Write { p50: 40ms, p99: 90ms }')
    return undefined
  }
  const fall = points.find((point, index) => point.value < (points[index - 1]?.value ?? 0))
  if (fall !== undefined) {
    report(`${path}.${fall.name}`, 'at least the quantile below', fall.value, 'Let them ascend')
    return undefined
  }
  return points
}

/** With a point at either end: without one the lowest time is half of the lowest point. */
export function closeTable(points: readonly QuantilePoint[]): readonly QuantilePoint[] {
  const first = points[0]!
  const last = points.at(-1)!
  return [
    ...(first.share > 0 ? [{ name: 'min', share: 0, value: first.value / 2 }] : []),
    ...points,
    ...(last.share < 1 ? [{ name: 'max', share: 1, value: last.value }] : []),
  ]
}
