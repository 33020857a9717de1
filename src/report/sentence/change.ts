import type { SloDocument } from '../../results/results.ts'

/** `+14.8%`; of shares in points: `-0.5pp`. */
export function formatChange(change: number, unit: SloDocument['unit'] = 'ms'): string {
  const percent = Number((change * 100).toFixed(unit === 'share' ? 2 : 1))
  return `${percent < 0 ? '' : '+'}${percent}${unit === 'share' ? 'pp' : '%'}`
}
