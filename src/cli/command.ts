import type { ExitCode } from '../verdict/exit-code.ts'
import { type Arguments, type Operands, readArguments } from './arguments.ts'
import { cleanStream } from './clean-stream.ts'
import type { Options } from './option.ts'

/** What a command may touch of its process; tests pass their own. */
export interface CommandContext {
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  /** Aborted by Ctrl-C, SIGTERM or the end of the terminal (SIGHUP); the reason is the signal's name. */
  signal: AbortSignal
}

/** What help, documents and shells tell of a command. In its sentences code stands between backticks. */
export interface CommandTexts {
  /** One line for the list of commands: what it does, without a subject. */
  summary: string
  /** What may follow its name, one line for each form. */
  usage: readonly string[]
  /** What it does, as a paragraph. */
  purpose: string
  /** Paragraphs after the options. */
  notes?: readonly string[]
  /** What it ends with. */
  exitCodes?: Readonly<Partial<Record<ExitCode, string>>>
  /** Whole lines of a shell. */
  examples: readonly string[]
  operands?: Operands
}

export interface Command extends CommandTexts {
  options: Options
  /** Resolves to the exit code. Rejects with `UsageError` and `IssueError` for what the user can mend. */
  run(args: readonly string[], context: CommandContext): Promise<number>
}

interface Definition<O extends Options> extends CommandTexts {
  options: O
  run(given: Arguments<O>, context: CommandContext): Promise<number>
}

/** A command that reads its arguments by its own table, and prints nothing that anybody acts upon. */
export function defineCommand<const O extends Options>(definition: Definition<O>): Command {
  return {
    ...definition,
    run: async (args, context) =>
      definition.run(readArguments(args, definition, context.env), {
        ...context,
        stdout: cleanStream(context.stdout),
        stderr: cleanStream(context.stderr),
      }),
  }
}
