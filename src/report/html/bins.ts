import { bisectLeft } from 'd3-array'

import type { Sample } from '../../metrics/sample.ts'
import type { Scale } from './scale.ts'

/** Values from `from` up to but not including `to`; the last bin includes it. */
export interface Bin {
  from: number
  to: number
  count: number
}

/** Equally wide bins over an axis: the root of the number of values, 8 to 30. */
export function binValues(sample: Sample, { kind, low, high }: Scale): Bin[] {
  const bins = Math.min(30, Math.max(8, Math.ceil(Math.sqrt(sample.length))))
  // An axis of a single value has one bin.
  const edges = Array.from({ length: bins - 1 }, (_, index) => {
    const share = (index + 1) / bins
    return kind === 'log' ? low * (high / low) ** share : low + (high - low) * share
  }).filter((edge) => edge > low)
  // What lies below a logarithmic axis is shown at its edge.
  const starts = [0, ...edges.map((edge) => bisectLeft(sample, edge)), sample.length]
  return starts.slice(1).map((end, index) => ({
    from: edges[index - 1] ?? low,
    to: edges[index] ?? high,
    count: end - (starts[index] ?? 0),
  }))
}
