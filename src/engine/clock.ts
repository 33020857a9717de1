/**
 * ms on CLOCK_MONOTONIC, with the resolution of `performance.now()` (which is cheaper to read than
 * `process.hrtime`). The same instant reads the same in every process of one machine, to within a
 * microsecond.
 */
export function now(): number {
  return performance.now() + origin
}

/**
 * What `performance.now()` is behind. Its clock is read first, so that every reading is too large by
 * the time between the two; the smallest of many is the one that nothing came between.
 */
function calibrate(): number {
  let smallest = Infinity
  for (let i = 0; i < 100; i++) {
    const before = performance.now()
    smallest = Math.min(smallest, Number(process.hrtime.bigint()) / 1e6 - before)
  }
  return smallest
}

const origin: number = calibrate()
