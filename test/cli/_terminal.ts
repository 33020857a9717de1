import type { CommandContext } from '../../src/cli/command.ts'
import { main } from '../../src/cli/main.ts'

export interface Output {
  code: number
  stdout: string
  stderr: string
}

/** Runs a command line in this process, without an environment. */
export async function call(
  args: readonly string[],
  given: Partial<Pick<CommandContext, 'env' | 'cwd' | 'signal'>> = {},
): Promise<Output> {
  const output = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof output): NodeJS.WriteStream =>
    ({
      write: (text: string) => {
        output[name] += text
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
