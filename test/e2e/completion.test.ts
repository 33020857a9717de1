import { spawnSync } from 'node:child_process'

import { expect, test } from 'vitest'

import { loadCommands } from '../../src/cli/commands.ts'
import { helpOption } from '../../src/cli/help.ts'
import { listScenarios } from '../../src/mock/index.ts'
import { call } from '../cli/_terminal.ts'

const commands = await loadCommands()

const { stdout: script } = await call(['completion', 'bash'])

/** What bash itself would offer at the end of each command line, split into words as bash does. */
function complete(lines: readonly (readonly string[])[]): string[][] {
  const calls = lines.map(
    (words) =>
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _slogate; echo "$else \${COMPREPLY[*]}"; else=`,
  )
  // Outside of a completion bash has no options of one to change: they are shown instead.
  const shown = `compopt() { else="[$*]"; }`
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-s'], {
    input: [script, shown, ...calls].join('\n'),
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.trim().split(' '))
}

test('bash completes commands, options and words of an option', () => {
  const scenarios = listScenarios().map(({ name }) => name)
  expect(
    complete([
      ['slogate', ''],
      ['slogate', 'ca'],
      ['slogate', 'run', '--po'],
      ['slogate', 'run', '-c', 'a.yaml', '--policy', ''],
      ['slogate', 'run', '--policy', '=', 're'],
      ['slogate', 'run', '--policy', '='],
      ['slogate', 'mock', '--scenario', ''],
      ['slogate', 'completion', ''],
    ]),
  ).toEqual([
    [...Object.keys(commands), '--help', '--version'],
    ['calibrate'],
    ['--policy'],
    ['pr', 'release', 'point'],
    ['release'],
    ['pr', 'release', 'point'],
    scenarios,
    ['bash', 'zsh', 'fish'],
  ])
})

test('bash offers files where they make sense, folders, or nothing', () => {
  const files = ['']
  const folders = ['[-o', 'dirnames', '+o', 'default]']
  const nothing = ['[+o', 'default]']
  expect(
    complete([
      ['slogate', 'run', '-c', ''],
      ['slogate', 'validate', 'bench/'],
      ['slogate', 'run', '--out', ''],
      ['slogate', 'run', '-n', ''],
      ['slogate', 'mock', ''],
      ['slogate', 'nothing', ''],
    ]),
  ).toEqual([files, files, folders, nothing, nothing, files])
})

test('every option of every command is offered to bash', () => {
  const names = Object.keys(commands)
  const offered = complete(names.map((name) => ['slogate', name, '-']))
  expect(offered).toEqual(
    names.map((name) =>
      Object.keys({ ...commands[name]?.options, help: helpOption }).map((long) => `--${long}`),
    ),
  )
})

test('the function is registered for slogate', () => {
  const { stdout } = spawnSync('bash', ['--norc', '-s'], {
    input: `${script}\ncomplete -p slogate`,
    encoding: 'utf8',
  })
  expect(stdout).toBe('complete -o default -F _slogate slogate\n')
})

test.each(['zsh', 'fish'])('%s is told the same commands, options and words', async (shell) => {
  const { stdout } = await call(['completion', shell])
  for (const [name, { options }] of Object.entries(commands)) {
    const own = stdout
      .split('\n')
      .filter((line) => new RegExp(`(^ +|_from )${name}[) ']`).test(line))
    expect(stdout).toMatch(new RegExp(`('| -a )${name}[: ]`))
    for (const [long, { value }] of Object.entries(options)) {
      const flag = shell === 'zsh' ? `--${long}` : `-l ${long} `
      const [line = ''] = own.filter((line) => line.includes(flag))
      expect(line).toContain(flag)
      if (typeof value?.offers === 'function') expect(line).toContain(value.offers().join(' '))
    }
  }
})
