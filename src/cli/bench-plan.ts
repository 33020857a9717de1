import { existsSync, globSync } from 'node:fs'
import { resolve } from 'node:path'

import { specFile, specGlob } from '../bench-spec/file-name.ts'
import { renderIssues, SpecError } from '../bench-spec/issue.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { breakCommands } from '../bench-spec/plain-text.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import type { Place, Problem } from '../github/outcome.ts'
import { loadSpecs } from '../run/checked-spec.ts'
import { exitCodes } from '../verdict/exit-code.ts'
import { UsageError } from './arguments.ts'
import type { BenchMode } from './bench-process.ts'
import type { CommandContext } from './command.ts'

/** What a job is to run. */
export interface Plan {
  mode: BenchMode
  /** Absolute; empty: whatever the vitest config includes. */
  files: readonly string[]
  specs: readonly BenchSpec[]
  /** Files of specs that cannot be run. */
  problems: readonly Problem[]
}

/**
 * Finds and checks all specs before the first one is run; a spec that cannot be run is told on stderr.
 * @throws {UsageError} when a pattern matches nothing.
 */
export function planBenches(
  mode: BenchMode,
  patterns: readonly string[],
  context: CommandContext,
): Plan {
  const { cwd, env, stderr } = context
  // Which of the files it finds are specs of this project, the vitest config says.
  const open = mode === 'vitest' && patterns.length === 0
  const files = expand(open || patterns.length > 0 ? patterns : [specGlob], cwd)
  const specs: BenchSpec[] = []
  const problems: Problem[] = []
  for (const file of open ? listFiles(specGlob, cwd) : files) {
    if (mode === 'vitest' && !specFile.test(file)) continue
    try {
      specs.push(...loadSpecs(file, { env, cwd }))
    } catch (error) {
      if (!(error instanceof SpecError)) throw error
      if (open) continue
      stderr.write(`${breakCommands(renderIssues(error))}\n`)
      problems.push(...toProblems(error, file))
    }
  }
  return { mode, files, specs, problems }
}

function expand(patterns: readonly string[], cwd: string): string[] {
  const files = patterns.flatMap((pattern) => {
    const found = listFiles(pattern, cwd)
    if (found.length > 0) return found
    throw new UsageError(`no file matches ${JSON.stringify(pattern)} in ${cwd}`)
  })
  return [...new Set(files)]
}

/** Absolute, sorted. */
function listFiles(pattern: string, cwd: string): string[] {
  const file = resolve(cwd, pattern)
  if (existsSync(file)) return [file]
  return globSync(pattern, { cwd, exclude: ['**/node_modules/**'] })
    .map((name) => resolve(cwd, name))
    .sort()
}

function toProblems(error: SpecError, file: string): Problem[] {
  const lines = error.message.split('\n')
  return error.issues.map(({ position }, index) => ({
    message: lines[index] ?? error.message,
    exitCode: exitCodes.misuse,
    place: keepKnown<Place>({ file, line: position?.line, column: position?.column }),
  }))
}
