import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { expect, onTestFinished, test } from 'vitest'

import { readRecords } from '../../src/results/findings.ts'
import { renderRequest } from '../../src/results/requests.ts'
import { completed } from '../metrics/records.ts'

test('requests of alternating rounds are read back on the clock of the candidate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const records = [
    completed({ index: 0, round: 0, at: 0 }),
    { ...completed({ index: 0, round: 0, at: 10_000 }), target: 'baseline' as const },
    completed({ index: 1, round: 1, at: 50_000 }),
  ]
  const lines = records.map((record) => `${renderRequest(record, 0)}\n`).join('')
  writeFileSync(join(folder, 'requests.ndjson.gz'), gzipSync(lines))
  const [first, second, ...rest] = readRecords('results.json', folder) ?? []
  expect(rest).toEqual([])
  expect(second?.marks.scheduled).toBe(first?.marks.ended)
})
