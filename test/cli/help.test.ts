import { expect, test } from 'vitest'

import { readArguments } from '../../src/cli/arguments.ts'
import { loadCommands } from '../../src/cli/commands.ts'
import { exitCodeMeanings } from '../../src/verdict/exit-code.ts'
import { call } from './_terminal.ts'

const commands = await loadCommands()

const names = Object.keys(commands)

test('without a command, and with --help, -h or help: every command, and the exit codes', async () => {
  const { code, stdout, stderr } = await call(['--help'])
  expect([code, stderr]).toEqual([0, ''])
  expect(await call(['-h'])).toMatchObject({ code: 0, stdout })
  expect(await call(['help'])).toMatchObject({ code: 0, stdout })
  expect(await call([])).toMatchObject({ code: 3, stdout })
  for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
  for (const [code, meaning] of Object.entries(exitCodeMeanings)) {
    expect(stdout).toMatch(new RegExp(`^  ${code} +${meaning}$`, 'm'))
  }
  expect(findWide(stdout)).toEqual([])
})

test.each(names)(
  'the help of %s fits 80 columns: usage, purpose, options, examples',
  async (name) => {
    const { code, stdout, stderr } = await call([name, 'whatever', '-h'])
    expect([code, stderr]).toEqual([0, ''])
    expect(findWide(stdout)).toEqual([])
    expect(stdout).toMatch(
      new RegExp(
        `^Usage: slogate ${name}.*\n\n[A-Z].*\n\nOptions:\n.*\n\nExamples:\n(  .*\n){2}$`,
        's',
      ),
    )
    expect(stdout).not.toContain('`')
    const column = /^ {2}(?:-h, --help) +/m.exec(stdout)?.[0].length ?? 0
    for (const [long, { short }] of Object.entries(commands[name]?.options ?? {})) {
      const letter = short === undefined ? '    ' : `-${short}, `
      const line = stdout.split('\n').find((line) => line.startsWith(`  ${letter}--${long}`)) ?? ''
      expect(line.slice(column - 2, column + 1)).toMatch(/^ {2}\S$/)
    }
  },
)

test('behind -- there is no help but an operand', async () => {
  const { code, stderr } = await call(['validate', '--', '--help'])
  expect(stderr).toContain('--help: there is no such file')
  expect(code).toBe(3)
})

test('the examples can be typed', () => {
  const lines = Object.entries(commands).flatMap(([name, { examples }]) =>
    examples.map((line) => [name, line] as const),
  )
  expect(lines).toHaveLength(2 * names.length)
  for (const [name, line] of lines) {
    const [, words = ''] = new RegExp(`slogate ${name} ?([^>)]*)`).exec(line) ?? []
    const args = words.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? []
    const command = commands[name]
    expect(line).toContain(`slogate ${name}`)
    expect(() => command && readArguments(args, command, {})).not.toThrow()
  }
})

function findWide(text: string): string[] {
  return text.split('\n').filter((line) => line.length > 80)
}
