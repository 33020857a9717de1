import type { Finding } from './crew.ts'
import { renderTables } from './tables.ts'

/** The section of docs/verdicts.md that is made by the simulation: from here to the next heading. */
const heading = '### What servers do'

export function renderSection(
  findings: readonly Finding[],
  given: { runs: number; seed: number },
): string {
  return [heading, ...renderTables(findings, given)].join('\n\n')
}

/** The page with its section replaced. */
export function replaceSection(page: string, section: string): string {
  const { start, end } = findSection(page)
  return `${page.slice(0, start)}${section}\n\n${page.slice(end)}`
}

export function readSection(page: string): string {
  const { start, end } = findSection(page)
  return page.slice(start, end).trimEnd()
}

function findSection(page: string): { start: number; end: number } {
  const start = page.indexOf(`${heading}\n`)
  if (start === -1) throw new Error(`the page has no heading ${heading}`)
  const next = /^##/m.exec(page.slice(start + heading.length))
  return { start, end: next === null ? page.length : start + heading.length + next.index }
}
