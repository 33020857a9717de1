import type { Finding } from './crew.ts'
import { renderTables } from './tables.ts'

/** The section of docs/verdicts.md that is made by the simulation: from here to the next heading. */
export const heading = '### What servers do'

export function renderSection(
  findings: readonly Finding[],
  given: { runs: number; seed: number },
): string {
  return [heading, ...renderTables(findings, given)].join('\n\n')
}
