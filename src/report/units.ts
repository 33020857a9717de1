import type { Unit } from '../bench-spec/slo.ts'
import type { Measured } from '../results/results.ts'

/** Three significant digits, at most two decimals. */
function digits(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 9.995) return value.toFixed(2)
  return value.toFixed(size < 99.95 ? 1 : 0)
}

/** `0.62ms`, `45.3ms`, `912ms`; seconds from 1000 ms on: `4.57s`. */
export function formatMs(ms: number): string {
  return Math.abs(ms) < 999.5 ? `${digits(ms)}ms` : `${digits(ms / 1000)}s`
}

/** One decimal, more where 99.96 % would otherwise read as all and 0.04 % as none. */
function formatShare(share: number): string {
  const percent = share * 100
  let decimals = 1
  if (share > 0 && share < 1) {
    while (decimals < 4 && [0, 100].includes(Number(percent.toFixed(decimals)))) decimals += 1
  }
  return `${percent.toFixed(decimals)}%`
}

/** A value in its unit, as people read it: `912ms`, `4.57s`, `98.0%`, `11.7/s`, `540 tok/s`, `∞`. */
export function formatValue(value: Measured, unit: Unit): string {
  if (value === 'infinite') return '∞'
  if (unit === 'ms') return formatMs(value)
  if (unit === 'share') return formatShare(value)
  return unit === '/s' ? `${digits(value)}/s` : `${digits(value)} tok/s`
}

/**
 * How far an observed value lies from its bound: `+112ms (+14.0%)`, percentage points for shares.
 * Empty when the distance is infinite: the value says so already.
 */
export function formatDeviation(deviation: Measured, bound: number, unit: Unit): string {
  if (deviation === 'infinite') return ''
  const sign = deviation < 0 ? '-' : '+'
  const size = Math.abs(deviation)
  if (unit === 'share') return `${sign}${digits(size * 100)}pp`
  const relative = bound === 0 ? '' : ` (${sign}${((size / bound) * 100).toFixed(1)}%)`
  return `${sign}${formatValue(size, unit)}${relative}`
}

/** A ratio − 1 as `+14.8%`; of shares, whose change is a difference, `-0.50pp`. */
export function formatChange(change: number, unit: Unit): string {
  const sign = change < 0 ? '-' : '+'
  const percent = Math.abs(change) * 100
  return unit === 'share' ? `${sign}${digits(percent)}pp` : `${sign}${percent.toFixed(1)}%`
}

/** Digits in groups of three, parted by a narrow no-break space from five digits on. */
export function formatCount(count: number): string {
  const text = String(count)
  return text.length < 5 ? text : text.replace(/\B(?=(?:\d{3})+$)/g, '\u202f')
}
