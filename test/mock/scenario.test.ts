import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { checkOptions } from '../../src/mock/options/options.ts'
import { listScenarios } from '../../src/mock/options/scenario.ts'

const scenarios = listScenarios()

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  'every option of %s is one of the mock',
  (name, { options, teaches }) => {
    expect(options).not.toHaveProperty('scenario')
    expect(checkOptions({ scenario: name })).toEqual([])
    expect(teaches).toMatch(/^[A-Z][^\n]*\.$/)
  },
)

test('the page has each scenario with what it teaches, and no other', () => {
  const page = readFileSync(new URL('../../docs/mock.md', import.meta.url), 'utf8')
  const [, table = ''] = /\| scenario \| teaches \|\n\|---\|---\|\n([^]*?)\n\n/.exec(page) ?? []
  expect(table.split('\n')).toEqual(
    scenarios.map(({ name, teaches }) => `| \`${name}\` | ${teaches} |`),
  )
})

test('the slowdown of the pair is the only difference between its two', () => {
  const [slow, base] = ['regression-15-percent', 'regression-base'].map(
    (wanted) => scenarios.find(({ name }) => name === wanted)?.options,
  )
  expect({ ...slow, ttft: undefined }).toEqual({ ...base, ttft: undefined })
  expect(slow?.['ttft']).toEqual({ dist: 'lognormal', mean: '46ms', cv: 0.2 })
  expect(base?.['ttft']).toEqual({ dist: 'lognormal', mean: '40ms', cv: 0.2 })
})
