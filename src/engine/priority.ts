import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/**
 * From now on the threads that V8 compiles and collects on give way to the one that stamps, where both
 * want the same core; those that are there already. Linux alone has priorities of threads.
 */
export function yieldHelpers(): void {
  if (process.platform !== 'linux') return
  for (const thread of listThreads()) {
    if (thread !== process.pid) yieldThread(thread)
  }
}

/** None where the system does not tell. */
function listThreads(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number)
  } catch {
    return []
  }
}

function yieldThread(thread: number): void {
  try {
    setPriority(thread, constants.priority.PRIORITY_LOW)
  } catch {
    // It has ended meanwhile, or the system does not let us: the load is sent as it would be without.
  }
}
