import { expect, test } from 'vitest'

import { cutMarkdown } from '../../src/report/cut.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { run, runs } from './_runs.ts'

const note = '\n_Cut to fit; the full report is in the artifact._\n'

/** Depth of folds at the end; throws where one ends that was not begun. */
function depthOf(text: string): number {
  let depth = 0
  for (const line of text.split('\n')) {
    if (line.startsWith('<details>')) depth += 1
    if (line === '</details>') depth -= 1
    if (depth < 0) throw new Error(`a fold ends that was not begun: ${text}`)
  }
  return depth
}

function tablesOf(text: string): string[] {
  return [...text.matchAll(/(?:^\|.*\n?)+/gm)].map(([table]) => table.trimEnd())
}

test('leaves alone what fits', () => {
  expect(cutMarkdown('a\nb', 3)).toBe('a\nb')
})

test('closes every fold that is open where it cuts, the inner ones too', () => {
  const inner = `<details><summary>inner</summary>\n\n${'a line\n'.repeat(20)}\n</details>`
  const whole = `head\n\n<details><summary>outer</summary>\n\nfirst\n\n${inner}\n\n</details>\n`
  const depths = new Set<number>()
  for (let limit = note.length; limit < whole.length; limit += 1) {
    const text = cutMarkdown(whole, limit)
    expect(text.length).toBeLessThanOrEqual(limit)
    expect(depthOf(text)).toBe(0)
    depths.add(text.split('</details>').length - 1)
  }
  expect(depths).toEqual(new Set([0, 1, 2]))
})

test('cuts several runs anywhere: whole tables, closed folds, no fold without content', () => {
  const passing = ['a', 'b', 'c'].map((name) => run({ spec: { name, file: null, sha256: null } }))
  const all = [runs.fail, runs.server, ...passing]
  const whole = renderMarkdown(all)
  const tables = new Set(tablesOf(whole))
  for (let limit = 300; limit < Buffer.byteLength(whole); limit += 61) {
    const text = renderMarkdown(all, { limit })
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
    expect(text.endsWith(note)).toBe(true)
    expect(depthOf(text)).toBe(0)
    expect(tablesOf(text).filter((table) => !tables.has(table))).toEqual([])
    expect(text).not.toMatch(/<\/summary>\n*<\/details>/)
  }
})

test('what is missed is kept longer than what passes', () => {
  const all = [runs.pass, runs.pass, runs.fail]
  const text = renderMarkdown(all, { limit: Buffer.byteLength(renderMarkdown(all)) / 2 })
  expect(text).toContain('### ❌ FAIL – chat')
  expect(text).toContain('38 of 300 requests are above 800ms')
})
