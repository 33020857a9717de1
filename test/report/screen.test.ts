import { stripVTControlCharacters } from 'node:util'

import { expect, test } from 'vitest'

import { textWidth } from '../../src/bench-spec/text-width.ts'
import { renderScreen, type ShownRun } from '../../src/report/screen.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import type { Results } from '../../src/results/results.ts'
import { run, runs, slo, warned } from './_runs.ts'

const plain = { color: false, unicode: true, folder: 'out' }

function show(name: string, results: Results): ShownRun {
  const spec = { name, file: `bench/${name}.bench.yaml`, sha256: null }
  return { results: { ...results, spec }, places: { path: `out/bench/${name}` } }
}

const several = [
  show('holds', runs.pass),
  show('undecided', runs.inconclusive),
  show('missed', runs.fail),
  show('silent', runs.noData),
  show('sloppy', run({ verdict: { slos: [slo({}), warned] }, diagnostics: runs.fail.diagnostics })),
]

test('renders several runs for a terminal', async () => {
  await expect(`${renderScreen(several, plain)}\n`).toMatchFileSnapshot(
    '../../fixtures/expected/terminal/several.txt',
  )
})

test('a run that is alone needs no overview and is shown whole', () => {
  for (const results of [runs.pass, runs.fail]) {
    expect(renderScreen([{ results, places: { path: 'out/chat' } }], plain)).toBe(
      renderTerminal(results, { ...plain, details: ['results out/chat'] }),
    )
  }
})

test('says where the run before has gone, if it is kept', () => {
  const places = { path: 'out/chat', earlier: 'out/chat/earlier/2026-11-28T23-40-57Z' }
  expect(renderScreen([{ results: runs.pass, places }], plain)).toMatch(
    /\n results out\/chat\n earlier out\/chat\/earlier\/2026-11-28T23-40-57Z$/,
  )
})

test('lists a line per run before anything else, in the order of what follows', () => {
  const [overview = '', ...blocks] = renderScreen(several, plain).split('\n\n')
  const lines = overview.split('\n')
  expect(lines[0]).toMatch(/^ {3}spec +held +missed +undecided +ttft p95 /)
  expect(lines.slice(1).map((line) => line.slice(0, 12).trim())).toEqual([
    '✗ missed',
    '! silent',
    '? undecided',
    '✓ holds',
    '✓ sloppy',
  ])
  const heads = blocks.flatMap((block) => /^ [A-Z]+ {2}(\w+)/.exec(block)?.[1] ?? [])
  expect(heads).toEqual(['missed', 'silent', 'undecided', 'holds', 'sloppy'])
  expect(blocks.at(-1)).toBe(' all results out')
})

test('a run that passes is its SLOs and what a reader should know of even so', () => {
  const text = renderScreen(several, plain)
  const [, holds = '', sloppy = ''] = text.split(/ PASS {2}/)
  expect(holds).toMatch(/^ ✓ ttft p95 <= 800ms +640ms/m)
  expect(holds).toContain('timeout.ttft ×2')
  expect(holds).not.toMatch(/p50|http:|out\/bench/)
  expect(sloppy).toMatch(/^ ✗ chunk_gap p99 <= 60ms \(warn\)/m)
  expect(sloppy).toContain('concurrency-not-held')
})

test('a run that passes says so where it did not send all requests', () => {
  const end = { kind: 'curtailed', why: 'its outcome was certain' } as const
  const text = renderScreen([...several, show('early', run({ end }))], plain)
  expect(text).toMatch(
    /^ PASS {2}early .*\n stopped after 300 of 300 requests: its outcome was certain\n/m,
  )
})

test('a run that does not pass is whole, with the folder of its results', () => {
  const text = renderScreen(several, plain)
  for (const { results, places } of several.slice(1, 4)) {
    expect(text).toContain(
      renderTerminal(results, { ...plain, details: [`results ${places.path}`] }),
    )
  }
})

test.each([60, 80, 100])('keeps several runs within %i columns [T27]', (width) => {
  const wide = { ...show('聊天接口压测'.repeat(8), runs.fail), places: { path: 'out' } }
  const text = renderScreen([...several, wide], { ...plain, width })
  for (const line of text.split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(width)
  expect(text).toMatch(/^ ✗ missed +1\/4 +1, 1 warn /m)
})

test('colours change nothing but the colours, and ASCII is ASCII', () => {
  const colored = renderScreen(several, { ...plain, color: true })
  expect(colored).toContain('\u001b[31m✗')
  expect(stripVTControlCharacters(colored)).toBe(renderScreen(several, plain))
  expect(renderScreen(several, { ...plain, unicode: false })).toMatch(/^[\n -~]*$/)
})
