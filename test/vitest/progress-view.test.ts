import { expect, onTestFinished, test } from 'vitest'
import type { Vitest } from 'vitest/node'

import { createProgressView } from '../../src/vitest/progress-view.ts'

/** What the default reporter draws while a file runs. */
const drawn = {
  createSummary: () => ['', ' ❯ chat.bench.yaml 0/2', '', ' Test Files 0 passed', ''],
}

function createVitest(summary?: { createSummary: () => string[] }): Vitest {
  return { reporters: [{ summary }] } as unknown as Vitest
}

function becomeTerminal(): void {
  const { isTTY } = process.stdout
  process.stdout.isTTY = true
  onTestFinished(() => {
    process.stdout.isTTY = isTTY
  })
}

test('shows a line for each test that drives a run, in the window and only until it ends', () => {
  becomeTerminal()
  const summary = { ...drawn }
  const printed: string[] = []
  const view = createProgressView(createVitest(summary), (line) => printed.push(line))
  view.show('first', 'one: 1/60')
  view.show('first', 'one: 2/60')
  view.show('second', 'two: 1/60')
  expect(summary.createSummary()).toEqual([
    '',
    ' ❯ chat.bench.yaml 0/2',
    '     ↳ one: 2/60',
    '     ↳ two: 1/60',
    '',
    ' Test Files 0 passed',
    '',
  ])
  view.end('first')
  expect(summary.createSummary().filter((line) => line.includes('↳'))).toEqual(['     ↳ two: 1/60'])
  view.clear()
  expect(summary.createSummary()).toEqual(drawn.createSummary())
  expect(printed).toEqual([])
})

test('prints a line of each run and not every one where there is no window', () => {
  becomeTerminal()
  const printed: string[] = []
  const view = createProgressView(createVitest(), (line) => printed.push(line))
  view.show('first', 'one: 1/60')
  view.show('first', 'one: 2/60')
  view.show('second', 'two: 1/60')
  expect(printed).toEqual(['     ↳ one: 1/60', '     ↳ two: 1/60'])
})
