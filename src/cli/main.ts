import { IssueError, renderIssues } from '../bench-spec/issue.ts'
import { suggest } from '../bench-spec/suggestion.ts'
import { standBy } from '../engine/load-process.ts'
import { OutputError } from '../run/output-file.ts'
import { endingSignals, exitCodeMeanings, exitCodes } from '../verdict/exit-code.ts'
import { version } from '../version.ts'
import { UsageError } from './arguments.ts'
import { cleanStream } from './clean-stream.ts'
import type { CommandContext } from './command.ts'
import { commandNames, loadCommand, loadCommands } from './commands.ts'
import { renderHelp, renderOverview } from './help.ts'
import { guardOutput } from './output-guard.ts'

/** Runs one command line and returns its exit code. */
export async function main(args: readonly string[], context: CommandContext): Promise<number> {
  const stdout = cleanStream(context.stdout)
  const stderr = cleanStream(context.stderr)
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    stdout.write(renderOverview(await loadCommands()))
    return name === undefined ? exitCodes.misuse : exitCodes.pass
  }
  if (name === '--version' || name === '-v') {
    stdout.write(`${version}\n`)
    return exitCodes.pass
  }
  const command = await loadCommand(name)
  if (command === undefined) {
    const hint = suggest(name, commandNames)
    stderr.write(
      `slogate: there is no command ${JSON.stringify(name)}.${hint}\nTry: slogate --help\n`,
    )
    return exitCodes.misuse
  }
  if (asksForHelp(rest)) {
    stdout.write(renderHelp(name, command))
    return exitCodes.pass
  }
  try {
    return await command.run(rest, context)
  } catch (error) {
    if (error instanceof IssueError) {
      stderr.write(`${renderIssues(error)}\n`)
      return exitCodes.misuse
    }
    if (error instanceof UsageError) {
      stderr.write(`slogate ${name}: ${error.message}\nTry: slogate ${name} --help\n`)
      return exitCodes.misuse
    }
    // Not 1, which says that an SLO was missed.
    stderr.write(`slogate ${name}: ${describe(error, context.env)}\n`)
    return exitCodes.noData
  }
}

/** What follows `--` are operands, whatever they look like. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end === -1 ? undefined : end).some((arg) => arg === '--help' || arg === '-h')
}

function describe(error: unknown, env: CommandContext['env']): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof OutputError) return error.message
  if (env.SLOGATE_DEBUG !== undefined) return error.stack ?? error.message
  return `${error.message}\nWith SLOGATE_DEBUG=1 the stack is shown.`
}

/** Runs the command line of this process and returns its exit code. What cannot be printed ends nothing. */
export async function runProcess(): Promise<number> {
  const output = guardOutput(process.stdout)
  guardOutput(process.stderr)
  const interrupt = new AbortController()
  for (const name of endingSignals) process.once(name, () => interrupt.abort(name))
  // A second Ctrl-C is impatience; a second SIGHUP is the kernel's, after that of the shell.
  process.on('SIGHUP', () => {})
  const cwd = findFolder()
  if (cwd === undefined) {
    process.stderr.write(
      'slogate: the working directory is not there any more: cd to one that is\n',
    )
    return exitCodes.misuse
  }
  const args = process.argv.slice(2)
  const { stdout, stderr, env } = process
  if (sends(args)) standBy()
  const code = await main(args, { stdout, stderr, env, cwd, signal: interrupt.signal })
  const loss = await output.findLoss()
  if (loss === undefined) return code
  stderr.write(`slogate: ${new OutputError('stdout', loss).message}\n`)
  return code === exitCodes.pass && !(await judges(args[0])) ? exitCodes.noData : code
}

/** Whether a command line is likely to send: its load process then starts while the rest is loaded. */
function sends([name, ...rest]: readonly string[]): boolean {
  return name === 'run' && !asksForHelp(rest) && !rest.includes('--dry-run')
}

/** `undefined`: it was removed. */
function findFolder(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

/** Whether the exit code of a command is a verdict, whatever becomes of what it prints. */
async function judges(name: string | undefined): Promise<boolean> {
  const command = name === undefined ? undefined : await loadCommand(name)
  return command?.exitCodes === exitCodeMeanings
}
