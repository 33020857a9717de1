import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { inject } from 'vitest'

import type { Results } from '../../src/results/results-document.ts'
import { finish } from './_process.ts'

export interface Run {
  code: number | null
  /** What the command printed. */
  text: string
  results: Results
}

/** A user's folder, in which the packed package is installed. Both commands take a spec's text. */
export async function runSlogate(name: string, spec: string): Promise<Run> {
  const file = write(name, spec)
  return run(['slogate', 'run', '-c', file, '--out', 'out'], `out/specs/${name}`)
}

export async function runVitest(name: string, spec: string): Promise<Run> {
  const file = write(name, spec)
  return run(['vitest', 'bench', '--run', file], `.vitest/slogate/specs/${name}`)
}

function write(name: string, spec: string): string {
  const file = `specs/${name}.bench.json`
  const path = join(inject('installed'), file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, spec)
  return file
}

async function run(args: readonly string[], out: string): Promise<Run> {
  const cwd = inject('installed')
  const { code, text } = await finish({ path: 'npx', args, cwd })
  try {
    const results = readFileSync(join(cwd, out, 'results.json'), 'utf8')
    return { code, text, results: JSON.parse(results) as Results }
  } catch (error) {
    throw new Error(`npx ${args.join(' ')} wrote no results:\n${text}`, { cause: error })
  }
}

/** Kinds of failures and how many, as `3 × http_status 404`, or a dash. */
export function listFailures({ summary }: Results): string {
  const kinds = summary.failures.map(
    ({ kind, status, count }) => `${count} × ${kind}${status === null ? '' : ` ${status}`}`,
  )
  return kinds.join(', ') || '–'
}
