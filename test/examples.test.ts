import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { listNotices } from '../src/run/bench.ts'
import { loadSpec } from '../src/run/checked-spec.ts'
import { readPages, repository, type Section } from './_pages.ts'

const env = { API_KEY: 'a-key-0123456789' }

/** What is to be seen there is that few requests leave an SLO undecided. */
const undecided: ReadonlySet<string> = new Set(['docs/verdicts.md: The arithmetic of a run'])

/** Warnings of the whole specs that a section prints. */
function listWarnings({ blocks, earlier }: Section): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-examples-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  copyFileSync(join(repository, 'bench/prompts.csv'), join(folder, 'prompts.csv'))
  for (const { file, text } of [...earlier, ...blocks]) {
    if (file === undefined) continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return blocks.flatMap(({ file }) => {
    if (file === undefined || !/\.bench\.(?:ya?ml|jsonc?)$/.test(file)) return []
    const spec = loadSpec(file, { env, cwd: folder })
    return listNotices(spec, { root: folder })
      .filter(({ level }) => level === 'warning')
      .map(({ message }) => message)
  })
}

const sections = readPages().flatMap(({ name, sections }) =>
  sections.map((section) => ({ name: `${name}: ${section.title}`, section })),
)
const specs = sections.filter(({ section }) =>
  section.blocks.some(({ file }) => file?.includes('.bench.') === true && !file.endsWith('.ts')),
)

test.each(specs)('$name asks for enough requests to decide its SLOs', ({ name, section }) => {
  const found = listWarnings(section).filter((each) => /never|INCONCLUSIVE/.test(each))
  if (undecided.has(name)) expect(found.join()).toContain('likely INCONCLUSIVE')
  else expect(found).toEqual([])
})

test('there are as many examples as a reader expects', () => {
  expect(specs.length).toBeGreaterThan(15)
})
