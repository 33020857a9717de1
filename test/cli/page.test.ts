import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import type { CommandTexts } from '../../src/cli/command.ts'
import { loadCommands } from '../../src/cli/commands.ts'
import { github } from '../../src/cli/github.ts'
import { nameDefault, nameFlag, type Option } from '../../src/cli/option.ts'
import { exitCodeMeanings, exitCodes } from '../../src/verdict/exit-code.ts'
import { readCodes, readTable, repository } from '../_pages.ts'

const commands = await loadCommands()

const read = (file: string): string => readFileSync(join(repository, file), 'utf8')
const actionPage = read('docs/github-action.md')

test('the pages have the commands, options and exit codes of the tables: `vitest -u` renews them', async () => {
  await expect(
    renew('docs/command-line.md', {
      commands: Object.keys(commands).map(renderSection).join('\n\n'),
      'exit codes': renderExitCodes(exitCodeMeanings),
    }),
  ).toMatchFileSnapshot('../../docs/command-line.md')
  await expect(
    renew('README.md', {
      commands: renderTable(
        ['command', 'what it is for'],
        Object.entries(commands).map(([name, { summary }]) => [`\`slogate ${name}\``, summary]),
      ),
      'exit codes': renderExitCodes(exitCodeMeanings),
    }),
  ).toMatchFileSnapshot('../../README.md')
})

test('the page of the action has every exit code, and its inputs the defaults of the options', () => {
  const header = '| found | exit code | annotation | check run |'
  const told = readTable(actionPage, header).flatMap(([, codes = '']) => codes.split(', '))
  expect([...new Set(told.map(Number))].toSorted((a, b) => a - b)).toEqual(Object.values(exitCodes))
  const [, ofStep = ''] =
    readTable(actionPage, '| output | holds |').find(([name]) => name === '`exit-code`') ?? []
  expect(ofStep.match(/\d+/g)?.map(Number)).toEqual(Object.values(exitCodes))

  const inputs = readTable(actionPage, '| input | default | meaning |').map(
    ([name = '', preset = '']) => [readCodes(name)[0], readCodes(preset)[0]] as const,
  )
  const action = read('action.yml')
  for (const [name, option] of Object.entries(github.options)) {
    const preset = String(option.default)
    expect(Object.fromEntries(inputs)[name]).toBe(preset)
    const [, given] =
      new RegExp(`^  ${name}:\n.*\n    default: '?([^'\n]*)`, 'm').exec(action) ?? []
    expect([name, given]).toEqual([name, preset])
  }
  expect(action).toContain(`exit-code=${exitCodes.misuse}\\n`)
})

/** The page with new content between `<!-- name -->` and `<!-- end of name -->`. */
function renew(file: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((page, [name, content]) => {
    const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end of ${name} -->)`)
    expect(page).toMatch(place)
    return page.replace(place, (_all, start, end) => `${start}\n${content}\n\n${end}`)
  }, read(file))
}

function renderSection(name: string): string {
  const command = commands[name]
  if (command === undefined) throw new Error(name)
  const { usage, purpose, options, notes = [], exitCodes } = command
  const rows = Object.entries(options).map(([long, option]) => [
    nameFlags(long, option),
    nameDefault(option) === undefined ? '' : `\`${nameDefault(option)}\``,
    option.description + (option.repeated ? '; may be repeated' : ''),
  ])
  return [
    `## slogate ${name}`,
    usage.map((form) => `\`${`slogate ${name} ${form}`.trimEnd()}\``).join('<br>'),
    purpose,
    ...(rows.length === 0 ? [] : [renderTable(['option', 'default', 'meaning'], rows)]),
    ...notes,
    ...(exitCodes === undefined || exitCodes === exitCodeMeanings
      ? []
      : [renderExitCodes(exitCodes)]),
  ].join('\n\n')
}

function nameFlags(name: string, option: Option): string {
  const short = option.short === undefined ? '' : `\`-${option.short}\`, `
  return `${short}\`${nameFlag(name, option)}\``
}

function renderExitCodes(meanings: NonNullable<CommandTexts['exitCodes']>): string {
  return renderTable(['exit code', 'meaning'], Object.entries(meanings))
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
    .replace(/\| --- (?=\|)/g, '|---')
    .replaceAll('|---|', '|---|')
}
