import { setFlagsFromString } from 'node:v8'

/**
 * From now on the collector of this process runs often instead of letting garbage grow to a multiple
 * of what is in use: for a process that keeps much. There is no way back.
 */
export function keepHeapSmall(): void {
  // V8 reads these two whenever it sizes a heap, unlike the limits of one.
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=20')
}
