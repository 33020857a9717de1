import { cutMarkdown } from '../report/cut.ts'
import { escapeMarkdown } from '../report/escaping.ts'
import { icons, renderMarkdown } from '../report/markdown.ts'
import { listRemarks, type Outcome } from './outcome.ts'

/** Lines of the list that opens a summary. */
const mostRemarks = 50

/**
 * An outcome as Markdown of at most `limit` UTF-8 bytes: one heading and what is wrong, then every
 * run, the worst first. A single run speaks for itself.
 */
export function renderSummary(
  outcome: Outcome,
  { title, limit }: { title: string; limit: number },
): string {
  const { status, results, problems } = outcome
  if (results.length === 1 && problems.length === 0) return renderMarkdown(results, { limit })
  const passed = results.filter(({ verdict }) => verdict.passed).length
  const remarks = listRemarks(outcome)
  const rest = remarks.length - mostRemarks
  const head = [
    `## ${icons[status]} ${status} – ${escapeMarkdown(title)}`,
    '',
    `${passed} of ${results.length} runs pass.`,
    '',
    ...remarks.slice(0, mostRemarks).map((remark) => `- ${escapeMarkdown(remark.slice(0, 1000))}`),
    ...(rest > 0 ? [`- … and ${rest} more`] : []),
    '',
    '',
  ].join('\n')
  return cutMarkdown(head + renderMarkdown(results, { limit: Infinity }), limit)
}
