#!/usr/bin/env node
import { renderIssues, IssueError } from '../bench-spec/issue.ts'
import { breakCommands } from '../bench-spec/plain-text.ts'
import { version } from '../version.ts'
import { calibrate } from './calibrate.ts'
import { type Command, type CommandContext, UsageError } from './command.ts'
import { compare } from './compare.ts'
import { explain } from './explain.ts'
import { github } from './github.ts'
import { mock } from './mock.ts'
import { report } from './report.ts'
import { run } from './run.ts'
import { schema } from './schema.ts'
import { validate } from './validate.ts'

const commands: Readonly<Record<string, Command>> = {
  run,
  compare,
  validate,
  calibrate,
  report,
  explain,
  github,
  mock,
  schema,
}

const help = `slogate ${version}: the latency of a streaming LLM endpoint, as a test

Usage: slogate COMMAND [OPTIONS]

${Object.entries(commands)
  .map(([name, command]) => `  ${name.padEnd(10)} ${command.summary}`)
  .join('\n')}

Options:
  --help      help, also of a command: slogate run --help
  --version   version

Exit codes: 0 pass, 1 SLO missed, 2 inconclusive where the policy blocks it,
3 bad spec or usage, 4 no data or target unreachable, 130/143 interrupted.
`

/** Runs one command line and returns its exit code. */
export async function main(args: readonly string[], context: CommandContext): Promise<number> {
  const { stdout, stderr } = context
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    stdout.write(help)
    return name === undefined ? 3 : 0
  }
  if (name === '--version' || name === '-v') {
    stdout.write(`${version}\n`)
    return 0
  }
  const command = commands[name]
  if (command === undefined) {
    stderr.write(
      `slogate: there is no command '${name}'. Commands: ${Object.keys(commands).join(', ')}.\n`,
    )
    return 3
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    stdout.write(command.help)
    return 0
  }
  try {
    return await command.run(rest, context)
  } catch (error) {
    if (error instanceof IssueError) {
      stderr.write(`${breakCommands(renderIssues(error))}\n`)
      return 3
    }
    if (isUsage(error)) {
      stderr.write(`slogate ${name}: ${error.message}\nTry: slogate ${name} --help\n`)
      return 3
    }
    // Not 1, which says that an SLO was missed.
    stderr.write(`slogate ${name}: ${describe(error, context.env)}\n`)
    return 4
  }
}

function describe(error: unknown, env: CommandContext['env']): string {
  if (!(error instanceof Error)) return String(error)
  if (env.SLOGATE_DEBUG !== undefined) return error.stack ?? error.message
  return `${error.message}\nWith SLOGATE_DEBUG=1 the stack is shown.`
}

function isUsage(error: unknown): error is Error {
  if (error instanceof UsageError) return true
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS_')
}

if (import.meta.main) {
  const interrupt = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interrupt.abort(name))
  }
  process.exitCode = await main(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: interrupt.signal,
  })
}
