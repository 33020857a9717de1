import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let isSmall = false

/**
 * From now on the collector of this process runs often instead of letting garbage grow to a multiple
 * of what is in use: for a process that keeps much. There is no way back.
 */
export function keepHeapSmall(): void {
  isSmall = true
  // V8 reads these two whenever it sizes a heap, unlike the limits of one.
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=20')
}

/** Live objects of more than a MB in all. */
const survivorCount = 20_000

/**
 * Collects the garbage of a process whose heap is kept small, and gives the room that it took back to
 * the system, which takes a tenth of a second. In another one it does nothing.
 */
export function collectGarbage(): void {
  if (!isSmall) return
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (how: object) => void
  // Any other collection keeps pages, tens of MB, for what may come.
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  // It leaves 1 MB for what is new, which would be full again and again. When more than that survives
  // a collection of it, that grows by this factor: so it does now, and never again.
  setFlagsFromString('--semi-space-growth-factor=4')
  const survivors = Array.from({ length: survivorCount }, () => ({}))
  collect({ type: 'minor', execution: 'sync' })
  survivors.length = 0
  setFlagsFromString('--semi-space-growth-factor=1')
}
