import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { glance } from '../../src/results/glance.ts'
import type { Results } from '../../src/results/results.ts'
import { run } from '../report/_runs.ts'

function glanceAt(text: string | undefined): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  if (text !== undefined) writeFileSync(join(folder, 'results.json'), text)
  return glance(folder)
}

const results = run()

test('tells of the run in a folder', () => {
  expect(glanceAt(JSON.stringify(results))).toEqual(results)
})

test.each<[string, string | undefined]>([
  ['nothing', undefined],
  ['half a document', JSON.stringify(results).slice(0, 200)],
  ['a list', '[]'],
  ['another layout', JSON.stringify({ ...results, schema_version: 1 })],
  ['a time that is none', JSON.stringify({ ...results, started_at: 7 } satisfies Loose)],
  ['no summary', JSON.stringify({ ...results, summary: undefined })],
  ['a baseline of no kind', JSON.stringify({ ...results, baseline: {} })],
])('of %s it tells nothing', (_what, text) => {
  expect(glanceAt(text)).toBeUndefined()
})

type Loose = { [K in keyof Results]: unknown }
