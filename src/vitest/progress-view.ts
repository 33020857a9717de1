import type { Vitest } from 'vitest/node'

/** Shows where runs stand while vitest owns the terminal. */
export interface ProgressView {
  /** `test`: id of the one that drives the run. */
  show(test: string, line: string): void
  /** The test has ended: its line goes. */
  end(test: string): void
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
    show(test, line) {
      if (summary !== undefined) {
        lines.set(test, line)
        summary.renderer?.schedule?.()
        return
      }
      const at = performance.now()
      if (at - (lastPrinted.get(test) ?? -lineInterval) < lineInterval) return
      lastPrinted.set(test, at)
      print(`     ↳ ${line}`)
    },
    end(test) {
      lines.delete(test)
      lastPrinted.delete(test)
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
