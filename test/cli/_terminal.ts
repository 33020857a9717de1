import type { CommandContext } from '../../src/cli/command.ts'
import { main } from '../../src/cli/main.ts'

export interface Output {
  code: number
  stdout: string
  stderr: string
  /** Both as they came. */
  text: string
}

/** Runs a command line in this process, without an environment. */
export async function call(
  args: readonly string[],
  given: Partial<Pick<CommandContext, 'env' | 'cwd' | 'signal'>> = {},
): Promise<Output> {
  const output = { stdout: '', stderr: '', text: '' }
  const stream = (name: 'stdout' | 'stderr'): NodeJS.WriteStream =>
    ({
      write: (text: string) => {
        output[name] += text
        output.text += text
        return true
      },
    }) as NodeJS.WriteStream
  const code = await main(args, {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: {},
    cwd: '/nowhere',
    signal: new AbortController().signal,
    ...given,
  })
  return { code, ...output }
}
