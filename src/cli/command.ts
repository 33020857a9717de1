/** What a command may touch of its process; tests pass their own. */
export interface CommandContext {
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  /** Aborted by Ctrl-C or SIGTERM; the reason is the signal's name. */
  signal: AbortSignal
}

export interface Command {
  /** One line for the list of commands. */
  summary: string
  help: string
  /** Resolves to the exit code. Throws `UsageError` and `IssueError` for what the user can mend. */
  run(args: readonly string[], context: CommandContext): Promise<number>
}

/** Wrong flags or arguments: exit code 3. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
