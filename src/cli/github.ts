import { existsSync, globSync, rmSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { specFile, specGlob } from '../bench-spec/file-name.ts'
import { renderSpecError, SpecError } from '../bench-spec/issue.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { reportOutcome } from '../github/job.ts'
import { type Problem, settle } from '../github/outcome.ts'
import { listOutputs } from '../github/outputs.ts'
import { publish } from '../github/publication.ts'
import { type FoundRun, readRuns } from '../github/runs.ts'
import { breakCommands, cleanLine } from '../report/plain-text.ts'
import { loadSpec } from '../run/checked-spec.ts'
import { exitCodes, toSignalCode } from '../verdict/exit-code.ts'
import { type BenchMode, type Ending, runBenches } from './bench-process.ts'
import { type Command, type CommandContext, UsageError } from './command.ts'

const help = `Usage: slogate github [OPTIONS] [SPEC...]

Runs bench specs in a job of GitHub Actions and tells the job what was found, also
after a crash: its summary, one annotation, the outputs of the step, and where asked
for a comment and a check run. The action of this package is this command.

A SPEC is a file or a glob; several may stand in one argument, each on its line.
Default: ${specGlob}, with --mode vitest
whatever the vitest config includes.

Options:
      --mode MODE         vitest (default): vitest bench --run; run: slogate run
      --out DIR           folder for results (default: .vitest/slogate)
      --name NAME         title; the comment is found by it (default: slogate)
      --comment BOOLEAN   keep one comment on the pull request (default: false)
      --check BOOLEAN     make a check run (default: false)

The comment and the check run are written with the token in SLOGATE_GITHUB_TOKEN.
Where that is not allowed, as on a pull request from a fork, a notice says so.

Exit codes: those of slogate run.
`

export const github: Command = {
  summary: 'run bench specs in a job of GitHub Actions and report there',
  help,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        mode: { type: 'string', default: 'vitest' },
        out: { type: 'string' },
        name: { type: 'string' },
        comment: { type: 'string', default: 'false' },
        check: { type: 'string', default: 'false' },
      },
    })
    const { env, cwd, signal, stderr } = context
    if (env.GITHUB_ACTIONS !== 'true') {
      throw new UsageError(
        'works in a job of GitHub Actions, where GITHUB_ACTIONS is true. Elsewhere: npx vitest bench --run, or slogate run',
      )
    }
    // Loaded here, as it takes 70 ms.
    const { maskTexts, printNotice, setOutputs } = await import('../github/commands.ts')
    const out = resolve(cwd, values.out || env.SLOGATE_OUT || '.vitest/slogate')
    const name = values.name || 'slogate'

    const { runs, problems } = await attempt(async () => {
      const mode = modeOf(values.mode)
      for (const flag of ['comment', 'check'] as const) checkBoolean(`--${flag}`, values[flag])
      const patterns = positionals.flatMap((text) => text.split('\n')).filter((text) => text !== '')
      const plan = planBenches(mode, patterns, context)
      maskTexts(plan.specs.flatMap(({ secrets }) => secrets.map(({ value }) => value)))
      return plan.problems.length > 0 ? { runs: [], ...plan } : drive(plan, out, context)
    })

    const results = runs.map((run) => run.results)
    const settled = settle(results, problems)
    const interrupt = toSignalCode(signal.reason)
    const outcome = signal.aborted ? { ...settled, exitCode: interrupt } : settled
    const { GITHUB_WORKSPACE: workspace, SLOGATE_GITHUB_TOKEN: token } = env
    const annotation = values.mode === 'run' || results.length === 0 ? 'line' : 'job'
    for (const problem of problems) stderr.write(`slogate github: ${cleanLine(problem.message)}\n`)
    const unwritten = [
      ...(await reportOutcome(outcome, { title: name, annotation, cwd, env })),
      setOutputs(listOutputs(outcome, runs, { out, workspace })) ?? [],
      ...(await publish(outcome, {
        name,
        comment: values.comment === 'true',
        check: values.check === 'true',
        token,
        env,
      })),
    ].flat()
    if (unwritten.length > 0) printNotice(name, unwritten.join('\n'))
    return outcome.exitCode
  },
}

interface Finding {
  runs: readonly FoundRun[]
  problems: readonly Problem[]
}

/** What a user can mend is a problem of the job like any other. */
async function attempt(find: () => Promise<Finding>): Promise<Finding> {
  try {
    return await find()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const exitCode = error instanceof UsageError ? exitCodes.misuse : exitCodes.noData
    return { runs: [], problems: [{ message, exitCode }] }
  }
}

interface Plan {
  mode: BenchMode
  /** Absolute; empty: whatever the vitest config includes. */
  files: readonly string[]
  specs: readonly BenchSpec[]
  /** Files of specs that cannot be run. */
  problems: readonly Problem[]
}

/** Finds and checks all specs before the first one is run. */
function planBenches(mode: BenchMode, patterns: readonly string[], context: CommandContext): Plan {
  const { cwd, env, stderr } = context
  // Which of the files it finds are specs of this project, the vitest config says.
  const open = mode === 'vitest' && patterns.length === 0
  const files = expand(open || patterns.length > 0 ? patterns : [specGlob], cwd)
  const specs: BenchSpec[] = []
  const problems: Problem[] = []
  for (const file of open ? listFiles(specGlob, cwd) : files) {
    if (mode === 'vitest' && !specFile.test(file)) continue
    try {
      specs.push(loadSpec(file, { env, cwd }))
    } catch (error) {
      if (!(error instanceof SpecError)) throw error
      if (open) continue
      stderr.write(`${breakCommands(renderSpecError(error))}\n`)
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
    place: { file, ...(position && { line: position.line, column: position.column }) },
  }))
}

async function drive(plan: Plan, out: string, context: CommandContext): Promise<Finding> {
  const { mode, files, specs } = plan
  const { cwd, stdout } = context
  for (const name of ['junit.xml', 'summary.md']) rmSync(resolve(out, name), { force: true })
  const shown = files.map((file) => cleanLine(relative(cwd, file)))
  stdout.write(
    `${[mode === 'vitest' ? 'vitest bench --run' : 'slogate run', ...shown].join(' ')}\n`,
  )
  const begun = new Date()
  const ending = await runBenches(mode, files, { out, context })
  const runs = readRuns(out, begun)
  const expected = files.length === 0 ? [] : specs
  return { runs, problems: findGaps(runs, expected, { mode, ending, cwd }) }
}

/** What the process should have done, and its results do not show. */
function findGaps(
  runs: readonly FoundRun[],
  expected: readonly BenchSpec[],
  { mode, ending, cwd }: { mode: BenchMode; ending: Ending; cwd: string },
): Problem[] {
  const program = mode === 'vitest' ? 'vitest' : 'slogate run'
  const how = `${program} ${ending === undefined ? 'was killed' : `ended with exit code ${ending}`}`
  const left = runs.map(({ results }) => results.spec.sha256)
  const missing = expected.filter(({ sha256 }) => {
    const index = left.indexOf(sha256 ?? null)
    if (index === -1) return true
    left.splice(index, 1)
    return false
  })
  if (missing.length > 0) {
    return missing.map(({ file = '' }) => ({
      message: `${relative(cwd, file)}: there are no results, ${how}; see its log.`,
      exitCode: exitCodes.noData,
      place: { file },
    }))
  }
  if (runs.length === 0) {
    return [{ message: `there are no results, ${how}; see its log.`, exitCode: exitCodes.noData }]
  }
  if (ending === 0 || runs.some(({ results }) => !results.verdict.passed)) return []
  const message = `${how}, although no SLO blocks; see its log.`
  // Vitest's own verdict: a test beside the SLOs, or a file that could not be loaded.
  const failed = mode === 'vitest' && ending === 1
  return [{ message, exitCode: failed ? exitCodes.missed : exitCodes.noData }]
}

function modeOf(text: string): BenchMode {
  if (text === 'vitest' || text === 'run') return text
  throw new UsageError(`--mode must be vitest or run, got '${text}'`)
}

function checkBoolean(flag: string, text: string): void {
  if (text === 'true' || text === 'false') return
  throw new UsageError(`${flag} must be true or false, got '${text}'`)
}
