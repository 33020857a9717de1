import { keepKnown } from '../bench-spec/known.ts'
import { exitCodes } from '../verdict/exit-code.ts'
import { type Operands, UsageError } from './arguments.ts'
import { type Command, defineCommand } from './command.ts'
import { type Commands, shells } from './completion-script.ts'
import { choice } from './value-kind.ts'

const shell = choice('SHELL', Object.keys(shells) as (keyof typeof shells)[])

/** The command that prints what a shell reads; `list` gives all commands, this one among them. */
export function createCompletion(list: () => Promise<Commands>): Command {
  return defineCommand({
    summary: 'print the completion of a shell',
    usage: ['SHELL'],
    purpose:
      'Prints a script that makes a shell (bash, zsh or fish) complete commands, options and their values. The line that reads it belongs into the start file of the shell.',
    options: {},
    operands: keepKnown<Operands>({
      needed: `a shell: ${shell.expected}`,
      least: 1,
      most: 1,
      offers: shell.offers,
    }),
    notes: [
      'bash: `eval "$(slogate completion bash)"` in `~/.bashrc`; zsh: `eval "$(slogate completion zsh)"` in `~/.zshrc`, after `compinit`; fish: `slogate completion fish | source` in `~/.config/fish/config.fish`.',
    ],
    examples: [
      'eval "$(slogate completion bash)"',
      'slogate completion fish > ~/.config/fish/completions/slogate.fish',
    ],
    async run({ operands: [name = ''] }, { stdout }) {
      const found = shell.read(name)
      if (found === undefined) {
        throw new UsageError(`the shell must be ${shell.expected}, got ${JSON.stringify(name)}`)
      }
      stdout.write(shells[found](await list()))
      return exitCodes.pass
    },
  })
}
