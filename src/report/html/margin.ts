import type { Measured, SloDocument } from '../../results/results.ts'
import { sloCells } from '../cells.ts'
import { fixed, renderChart } from './chart.ts'
import { type Markup, markup } from './markup.ts'
import { scaleValues } from './scale.ts'

const size = { width: 170, height: 22 }
const middle = size.height / 2
const edge = 8

/** Bound, observed value and limits of one SLO on one line; empty where one of the two is unknown. */
export function renderMargin(slo: SloDocument, id: string): Markup | undefined {
  const { observed, bound, op, interval, unit } = slo
  if (observed === null || bound === null) return undefined
  const low = interval?.low ?? null
  const high = interval?.high ?? null
  const finite = [bound, observed, low, high].filter((value) => typeof value === 'number')
  const [least, most] = [Math.min(...finite), Math.max(...finite)]
  const pad = (most - least) * 0.15 || Math.abs(bound) * 0.1 || 1
  const from = unit === 'share' ? Math.max(0, least - pad) : least - pad
  const to = unit === 'share' ? Math.min(1, most + pad) : most + pad
  const scale = scaleValues(from, to, [edge, size.width - edge])
  const place = (value: Measured): number =>
    value === 'infinite' ? size.width - 2 : fixed(scale(value))
  const at = place(bound)
  const missed = op.startsWith('<') ? [at, size.width] : [0, at]
  const limits =
    interval === null
      ? undefined
      : markup`<path class="limits" d="M${low === null ? 0 : place(low)} ${middle}H${high === null ? size.width : place(high)}"/>`
  const dot =
    observed === 'infinite'
      ? markup`<path class="dot" d="M${size.width - 9} ${middle - 5}l8 5l-8 5z"/>`
      : markup`<circle class="dot" cx="${place(observed)}" cy="${middle}" r="4"/>`
  const cells = sloCells(slo)
  return renderChart(
    {
      id,
      title: `Margin of ${cells.slo}`,
      description: `Observed ${cells.observed}, bound ${cells.bound}${interval === null ? '' : `, limits ${cells.interval}`}.`,
    },
    size,
    [
      markup`<rect class="missed" x="${missed[0]}" y="2" width="${fixed((missed[1] ?? 0) - (missed[0] ?? 0))}" height="${size.height - 4}"/><path class="axis" d="M0 ${middle}H${size.width}"/>`,
      limits,
      markup`<path class="bound solid" d="M${at} 1V${size.height - 1}"/>`,
      dot,
    ],
  )
}
