import { type ChildProcess, spawn, type SpawnOptions, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Whether a process can be kept on one core here: there is `taskset`, and more than one core. */
export const canPin: boolean =
  availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

/** Where the server runs, and where the tool that is measured does. */
export const cores = { server: 0, tool: 1 } as const

/** Starts a program on one core, its children with it; anywhere where that cannot be done or asked. */
export function startPinned(
  core: number | undefined,
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  if (core === undefined || !canPin) return spawn(program, args, options)
  return spawn('taskset', ['-c', String(core), program, ...args], options)
}
