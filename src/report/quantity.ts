import type { Unit } from '../bench-spec/slo.ts'

/** As it stands in a sentence: `790ms`, `1.235s`, `98.2%`, `12.34/s`; an infinite time is `∞`. */
export function formatQuantity(value: number | 'infinite', unit: Unit): string {
  if (value === 'infinite' || !Number.isFinite(value)) return '∞'
  switch (unit) {
    case 'ms':
      if (Math.abs(value) >= 1000) return `${round(value / 1000, 3)}s`
      return `${round(value, Math.abs(value) < 100 ? 2 : 1)}ms`
    case 'share':
      return `${round(value * 100, 3)}%`
    case '/s':
      return `${round(value, 2)}/s`
    default:
      return `${round(value, 2)} tok/s`
  }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
