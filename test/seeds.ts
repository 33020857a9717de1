/**
 * Prints every line of the seed documents with the tests whose titles name it, the gaps last. Tests
 * that are skipped here do not count, nor those for which other software must be installed.
 */
import { execFileSync } from 'node:child_process'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { seedLines } from './seed-lines.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

const naming = /(?: \[[ST]\d[\d., –ST]*\])+$/

const tests = new Map<string, string[]>()
for (const { name, file } of listTests()) {
  for (const id of readIds(name)) {
    const titles = tests.get(id) ?? []
    titles.push(`${relative(repository, file)}: ${name.replace(naming, '')}`)
    tests.set(id, titles)
  }
}

const entries = Object.entries(seedLines)
const gaps = entries.filter(([id]) => !tests.has(id))
for (const [id, words] of entries) {
  const titles = tests.get(id)
  if (titles !== undefined)
    print([`${id.padEnd(6)}${words}`, ...titles.map((title) => `        ${title}`)])
}
print(['', `${gaps.length} of ${entries.length} lines are named by no test:`])
print(gaps.map(([id, words]) => `${id.padEnd(6)}${words}`))

const unknown = [...tests].filter(([id]) => !(id in seedLines))
for (const [id, titles] of unknown) print([`${id} is no line, but named by ${titles.join('; ')}`])
if (unknown.length > 0) process.exitCode = 1

/** `[S1.2]`, `[S1.2, S1.4]` and `[S1.2–S1.4]`, at the end of a title. */
function readIds(name: string): string[] {
  const [end = ''] = naming.exec(name) ?? []
  const groups = [...end.matchAll(/\[([^\]]*)\]/g)].map(([, group = '']) => group)
  return groups.flatMap((group) =>
    group.split(', ').flatMap((part) => {
      const [first = '', last = first] = part.split('–')
      const [section = '', from = ''] = first.split('.')
      if (from === '') return [first]
      const to = Number(last.split('.')[1])
      return Array.from(
        { length: to - Number(from) + 1 },
        (_, i) => `${section}.${Number(from) + i}`,
      )
    }),
  )
}

/** Titles as they are written, without skipped tests: `test.each` counts as one. */
function listTests(): { name: string; file: string }[] {
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
  const json = execFileSync(
    process.execPath,
    [vitest, 'list', '--project', 'unit', '--project', 'e2e', '--project', 'alone', '--json'],
    {
      cwd: repository,
      encoding: 'utf8',
      maxBuffer: 1e8,
    },
  )
  return JSON.parse(json) as { name: string; file: string }[]
}

function print(lines: readonly string[]): void {
  console.log(lines.join('\n'))
}
