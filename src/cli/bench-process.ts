import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import { breakCommands } from '../bench-spec/plain-text.ts'
import { UsageError } from './arguments.ts'
import type { CommandContext } from './command.ts'

/** What drives the specs: vitest with the plugin, or `slogate run`. */
export type BenchMode = 'vitest' | 'run'

/** How a process ended: its exit code, or `undefined` when a signal ended it. */
export type Ending = number | undefined

/** ms for the last output of a process that has ended. */
const patience = 2_000

/** Files by which a step talks to its job, and its token: for the process that reports alone. */
const own = /^(GITHUB_(OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)|SLOGATE_GITHUB_TOKEN)$/

/**
 * Runs specs in a process of their own, so that there is a report also when it crashes. Passes on
 * an interrupt and waits for what is written after it. Of the commands in its output only the
 * annotations of vitest get through.
 * @param files Absolute; empty: whatever the vitest config includes.
 * @param out Absolute.
 * @throws {UsageError} when vitest is not installed.
 */
export function runBenches(
  mode: BenchMode,
  files: readonly string[],
  { out, context }: { out: string; context: CommandContext },
): Promise<Ending> {
  const { cwd, env, signal, stdout, stderr } = context
  const args = mode === 'run' ? commandLine(files) : [vitestIn(cwd), 'bench', '--run', ...files]
  const inherited = Object.entries(env).filter(([name]) => !own.test(name))
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...Object.fromEntries(inherited), SLOGATE_OUT: out },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  passOn(child.stdout, stdout, mode)
  passOn(child.stderr, stderr, mode)
  const interrupt = (): void => {
    child.kill(signal.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM')
  }
  signal.addEventListener('abort', interrupt, { once: true })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    const end = (code: number | null): void => {
      signal.removeEventListener('abort', interrupt)
      child.stdout.destroy()
      child.stderr.destroy()
      resolve(code ?? undefined)
    }
    child.once('close', end)
    // After a crash its own children may hold the output for longer than it lived.
    child.once('exit', (code) => setTimeout(end, patience, code).unref())
  })
}

function passOn(from: Readable, to: NodeJS.WriteStream, mode: BenchMode): void {
  createInterface({ input: from }).on('line', (line) => {
    const annotates = mode === 'vitest' && /^::(error|warning|notice) /.test(line)
    to.write(`${annotates ? line : breakCommands(line)}\n`)
  })
}

function commandLine(files: readonly string[]): string[] {
  const bin = new URL(`./bin${extname(import.meta.url)}`, import.meta.url)
  return [fileURLToPath(bin), 'run', ...files.flatMap((file) => ['-c', file])]
}

function vitestIn(cwd: string): string {
  try {
    const manifest = createRequire(join(cwd, 'package.json')).resolve('vitest/package.json')
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { vitest: string } }
    return join(dirname(manifest), bin.vitest)
  } catch {
    throw new UsageError(
      `vitest is not installed in ${cwd}. Install it (npm i -D vitest), or use --mode run`,
    )
  }
}
