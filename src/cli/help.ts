import { wrap } from '../report/columns.ts'
import { exitCodeMeanings } from '../verdict/exit-code.ts'
import { version } from '../version.ts'
import type { Command } from './command.ts'
import { nameDefault, nameFlag, type Option, type Switch } from './option.ts'

/** Columns of a terminal that nobody has widened. */
const width = 80

/** What every command has, and no command reads. */
export const helpOption: Switch = { short: 'h', description: 'print this' }

/** What stands before any command. */
export function renderOverview(commands: Readonly<Record<string, Command>>): string {
  const summaries = Object.entries(commands).map(([name, { summary }]) => [name, summary] as const)
  return join([
    `slogate ${version}: the latency of a streaming LLM endpoint, as a test`,
    'Usage: slogate COMMAND [OPTIONS]',
    `Commands:\n${renderColumns(summaries)}`,
    `Options:\n${renderColumns([
      ['-h, --help', 'print this, or after a command its help'],
      ['-v, --version', 'print the version'],
    ])}`,
    renderExitCodes(exitCodeMeanings),
  ])
}

export function renderHelp(name: string, command: Command): string {
  const { usage, purpose, options, notes = [], exitCodes, examples } = command
  const rows = Object.entries({ ...options, help: helpOption }).map(
    ([name, option]) => [labelOption(name, option), describeOption(option)] as const,
  )
  const forms = usage.map((form) => `slogate ${name} ${form}`.trimEnd())
  return join([
    `Usage: ${forms.join('\n       ')}`,
    fold(purpose),
    `Options:\n${renderColumns(rows)}`,
    ...notes.map(fold),
    ...(exitCodes === undefined ? [] : [renderExitCodes(exitCodes)]),
    `Examples:\n${examples.map((line) => `  ${line}`).join('\n')}`,
  ])
}

/** `-c, --config FILE`, and as far to the right without a letter. */
function labelOption(name: string, option: Option): string {
  const letter = option.short === undefined ? '    ' : `-${option.short}, `
  return letter + nameFlag(name, option)
}

function describeOption(option: Option): string {
  const preset = nameDefault(option)
  return [
    option.description,
    ...(option.repeated ? ['(may be repeated)'] : []),
    ...(preset === undefined ? [] : [`(default: ${preset})`]),
  ].join(' ')
}

function renderExitCodes(meanings: NonNullable<Command['exitCodes']>): string {
  return `Exit codes:\n${renderColumns(Object.entries(meanings))}`
}

function renderColumns(rows: readonly (readonly [label: string, text: string])[]): string {
  const indent = Math.max(...rows.map(([label]) => label.length)) + 4
  return rows
    .map(([label, text]) => {
      const lines = wrap(toPlain(text), width - indent)
      return `  ${label}`.padEnd(indent) + lines.join(`\n${' '.repeat(indent)}`)
    })
    .join('\n')
}

function fold(paragraph: string): string {
  return wrap(toPlain(paragraph), width).join('\n')
}

/** Code of several words keeps its bounds, one word needs none. */
function toPlain(text: string): string {
  return text.replace(/`([^`]*)`/g, (_code, words: string) =>
    words.includes(' ') ? `'${words}'` : words,
  )
}

function join(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}
