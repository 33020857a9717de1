import type { RequestRecord } from '../engine/record.ts'
import { renderEndLine, renderFirstTokenLine, renderProgressLine } from '../report/seed-report.ts'
import type { Locale } from '../report/seed-words.ts'

interface SeedOutputOptions {
  /** Measured requests; `undefined` for a run by duration, which has no lines of progress. */
  total: number | undefined
  locale: Locale
}

/** Writes the first token and the end of every measured request, in the order of their instants. */
export function createSeedOutput(
  stream: { write(text: string): unknown },
  { total, locale }: SeedOutputOptions,
): { add(records: readonly RequestRecord[]): void } {
  let done = 0
  let start = Infinity

  function renderEnd(record: RequestRecord): string[] {
    done++
    const end = renderEndLine(record, locale)
    if (total === undefined) return [end]
    const elapsed = record.marks.ended - start
    return [end, renderProgressLine({ done, total, elapsed }, locale)]
  }

  return {
    add(records) {
      const measured = records.filter(({ phase }) => phase === 'measured')
      for (const { marks } of measured) start = Math.min(start, marks.called)
      const lines = measured
        .flatMap((record) => [
          {
            at: record.marks.firstToken ?? record.marks.ended,
            render: () => [renderFirstTokenLine(record, locale)],
          },
          { at: record.marks.ended, render: () => renderEnd(record) },
        ])
        .toSorted((a, b) => a.at - b.at)
        .flatMap(({ render }) => render())
        .filter((line) => line !== undefined)
      if (lines.length > 0) stream.write(`${lines.join('\n')}\n`)
    },
  }
}
