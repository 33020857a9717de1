import { rmSync } from 'node:fs'
import { relative, resolve } from 'node:path'

import { specGlob } from '../bench-spec/file-name.ts'
import { cleanLine } from '../bench-spec/plain-text.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { reportOutcome } from '../github/job.ts'
import { type Problem, settle } from '../github/outcome.ts'
import { listOutputs } from '../github/outputs.ts'
import { publish } from '../github/publication.ts'
import { type FoundRun, readRuns } from '../github/runs.ts'
import { exitCodeMeanings, exitCodes, toSignalCode } from '../verdict/exit-code.ts'
import { type Arguments, type Operands, readArguments, UsageError } from './arguments.ts'
import { type Plan, planBenches } from './bench-plan.ts'
import { type BenchMode, type Ending, runBenches } from './bench-process.ts'
import type { Command, CommandContext } from './command.ts'
import { out } from './shared-options.ts'
import { boolean, choice, text } from './value-kind.ts'

const options = {
  mode: {
    value: choice<BenchMode>('MODE', ['vitest', 'run']),
    default: 'vitest',
    description: '`vitest`: vitest bench --run; `run`: slogate run',
  },
  out,
  name: {
    value: text('NAME'),
    default: 'slogate',
    description: 'title of what is reported; the comment is found by it',
  },
  comment: {
    value: boolean,
    default: false,
    description: 'whether to keep one comment on the pull request',
  },
  check: { value: boolean, default: false, description: 'whether to make a check run' },
} as const

const operands: Operands = { needed: 'specs', least: 0, most: Infinity, offers: 'files' }

export const github: Command = {
  summary: 'run bench specs in a job of GitHub Actions and report there',
  usage: ['[OPTIONS] [SPEC...]'],
  purpose:
    'Runs bench specs in a job of GitHub Actions and tells the job what was found, also after a crash: its summary, one annotation, the outputs of the step, and where asked for a comment and a check run. The action of this package is this command.',
  options,
  operands,
  notes: [
    `A SPEC is a file or a glob; several may stand in one argument, each on its line. Without one: \`${specGlob}\`, with \`--mode vitest\` whatever the vitest config includes.`,
    'The comment and the check run are written with the token in `SLOGATE_GITHUB_TOKEN`. Where that is not allowed, as on a pull request from a fork, a notice says so.',
  ],
  exitCodes: exitCodeMeanings,
  examples: [
    'slogate github --comment true',
    "slogate github --mode run --name staging 'bench/*.bench.yaml'",
  ],
  async run(args, context) {
    const { env, cwd, signal, stderr } = context
    if (env.GITHUB_ACTIONS !== 'true') {
      throw new UsageError(
        'works in a job of GitHub Actions, where GITHUB_ACTIONS is true. Elsewhere: npx vitest bench --run, or slogate run',
      )
    }
    // Loaded here, as it takes 70 ms.
    const { maskTexts, printNotice, setOutputs } = await import('../github/workflow-commands.ts')
    const { values, operands, misuse } = readGiven(args, env)
    const { mode, name, comment, check } = values
    const out = resolve(cwd, values.out)

    const { runs, problems } = await attempt(async () => {
      if (misuse !== undefined) throw misuse
      const patterns = operands.flatMap((text) => text.split('\n')).filter((text) => text !== '')
      const plan = planBenches(mode, patterns, context)
      maskTexts(plan.specs.flatMap(({ secrets }) => secrets.map(({ value }) => value)))
      return plan.problems.length > 0 ? { runs: [], ...plan } : drive(plan, out, context)
    })

    const results = runs.map((run) => run.results)
    const settled = settle(results, problems)
    const exitCode = signal.aborted ? toSignalCode(signal.reason) : settled.exitCode
    const outcome = { ...settled, exitCode }
    const { GITHUB_WORKSPACE: workspace, SLOGATE_GITHUB_TOKEN: token } = env
    const annotation = mode === 'run' || results.length === 0 ? 'line' : 'job'
    for (const problem of problems) stderr.write(`slogate github: ${cleanLine(problem.message)}\n`)
    const unwritten = [
      ...(await reportOutcome(outcome, { title: name, annotation, cwd, env })),
      setOutputs(listOutputs(outcome, runs, { out, workspace })) ?? [],
      ...(await publish(outcome, { name, comment, check, token, env })),
    ].flat()
    if (unwritten.length > 0) printNotice(name, unwritten.join('\n'))
    return exitCode
  },
}

interface Given extends Arguments<typeof options> {
  misuse?: UsageError
}

/** A mistake in the command line is told to the job too, where the defaults say. */
function readGiven(args: readonly string[], env: CommandContext['env']): Given {
  try {
    return readArguments(args, { options, operands }, env)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { ...readArguments([], { options }, env), misuse: error }
  }
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
