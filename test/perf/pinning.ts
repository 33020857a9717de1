import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Whether a process can be kept on one core here: there is `taskset`, and more than one core. */
export const canPin: boolean =
  availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

/** Where the server runs, and where the tool that is measured does. */
export const cores = { server: 0, tool: 1 } as const

/** What starts a program on one core, its children with it; anywhere where that cannot be done. */
export function pin(
  core: number,
  path: string,
  args: readonly string[],
): { path: string; args: string[] } {
  if (!canPin) return { path, args: [...args] }
  return { path: 'taskset', args: ['-c', String(core), path, ...args] }
}
