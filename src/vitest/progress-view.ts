import type { Vitest } from 'vitest/node'

import { type Progress, renderProgress } from '../report/progress-text.ts'

/** Shows where runs stand while vitest owns the terminal. */
export interface ProgressView {
  show(name: string, progress: Progress): void
  /** The run has ended: its line goes. */
  clear(): void
}

/** ms between two lines of the same run where lines cannot be redrawn. */
const lineInterval = 10_000

/** The part of vitest's default reporter that draws the live window; private, so it is looked for and may be missing. */
interface WindowOwner {
  summary?: { createSummary?: () => string[]; renderer?: { schedule?: () => void } }
}

/** Lines in the live window of vitest's default reporter where there is one, plain lines from time to time elsewhere. */
export function createProgressView(vitest: Vitest, print: (line: string) => void): ProgressView {
  const lines = new Map<string, string>()
  const lastPrinted = new Map<string, number>()
  const summary = findSummary(vitest)

  if (summary !== undefined) {
    const draw = summary.createSummary.bind(summary)
    summary.createSummary = () => {
      const window = draw()
      // Below the list of running files: it ends at the first empty line after the leading one.
      const end = window.indexOf('', 1)
      const own = [...lines.values()].map((line) => `     ↳ ${line}`)
      return [...window.slice(0, end), ...own, ...window.slice(end)]
    }
  }

  return {
    show(name, progress) {
      const line = renderProgress(name, progress)
      if (summary !== undefined) {
        lines.set(name, line)
        summary.renderer?.schedule?.()
        return
      }
      const at = performance.now()
      if (at - (lastPrinted.get(name) ?? -lineInterval) < lineInterval) return
      lastPrinted.set(name, at)
      print(`     ↳ ${line}`)
    },
    clear() {
      lines.clear()
      lastPrinted.clear()
    },
  }
}

type Summary = Required<Pick<NonNullable<WindowOwner['summary']>, 'createSummary'>> &
  NonNullable<WindowOwner['summary']>

function findSummary(vitest: Vitest): Summary | undefined {
  if (!process.stdout.isTTY) return undefined
  const { reporters } = vitest as unknown as { reporters?: readonly WindowOwner[] }
  for (const { summary } of reporters ?? []) {
    if (typeof summary?.createSummary === 'function') return summary as Summary
  }
  return undefined
}
