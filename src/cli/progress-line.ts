import { truncate } from '../report/columns.ts'
import { type Progress, renderProgress } from '../report/progress-text.ts'

/** ms between two lines where a line cannot be rewritten. */
const lineInterval = 10_000

/** One line that is rewritten on a terminal, a line from time to time elsewhere. */
export function createProgressLine(stream: NodeJS.WriteStream): {
  show(name: string, progress: Progress): void
  clear(): void
} {
  let printed = -lineInterval
  return {
    show(name, progress) {
      const line = renderProgress(name, progress)
      if (stream.isTTY) {
        stream.write(`\r\u001b[2K${truncate(line, stream.columns - 1)}`)
        return
      }
      if (performance.now() - printed < lineInterval) return
      printed = performance.now()
      stream.write(`${line}\n`)
    },
    clear() {
      if (stream.isTTY) stream.write('\r\u001b[2K')
    },
  }
}
