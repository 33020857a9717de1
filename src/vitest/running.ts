import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { makeFolder, removeFile } from '../run/output-file.ts'

/** ms a run has to write its results after it was interrupted. */
const patience = 8_000

/**
 * Leaves a file named after this process while a run is on, where vitest's main process looks for
 * it; it holds the folder that the run will write to. Returns what takes it away again.
 */
export function announceRun(out: string, main: number, folder: string): () => void {
  const file = join(makeFolder(out, runningFolder(main)), String(process.pid))
  removeFile(file)
  writeFileSync(file, folder, { flag: 'wx' })
  return () => rmSync(file, { force: true })
}

/** Below the folder of results, one for each main process: several may run in the same project. */
function runningFolder(main: number): string {
  return join('.running', String(main))
}

/**
 * Interrupts the runs of all workers and waits until their results are written; returns their
 * folders. Blocks on purpose: vitest ends its main process within a turn of a Ctrl-C, and its
 * workers are killed with it.
 */
export function interruptRuns(out: string): string[] {
  const running = readRunning(out)
  for (const { pid } of running) signal(pid)
  const deadline = performance.now() + patience
  while (running.some(({ file }) => existsSync(file)) && performance.now() < deadline) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  }
  return running.map(({ folder }) => folder)
}

function readRunning(out: string): { file: string; pid: number; folder: string }[] {
  const folder = join(out, runningFolder(process.pid))
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name)
    const pid = Number(name)
    if (isAlive(pid)) return [{ file, pid, folder: readFileSync(file, 'utf8') }]
    rmSync(file, { force: true })
    return []
  })
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // Already gone; the wait below then ends by itself or by its limit.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
