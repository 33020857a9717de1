const note = '\n_Cut to fit; the full report is in the artifact._\n'
const closing = '\n</details>\n'

/**
 * Markdown of ours in at most `limit` UTF-8 bytes: cut between two lines, never within a table, with
 * a note; what is folded there is closed.
 */
export function cutMarkdown(whole: string, limit: number): string {
  if (Buffer.byteLength(whole) <= limit) return whole
  const lines = whole.split('\n')
  const kept = lines.slice(0, countFitting(lines, limit - Buffer.byteLength(note)))
  // What is left of a table would look like a whole one.
  if (isRow(lines[kept.length])) while (isRow(kept.at(-1))) kept.pop()
  while (kept.at(-1) === '' || opens(kept.at(-1))) kept.pop()
  const open = kept.reduce((depth, text) => depth + step(text), 0)
  return `${kept.map((text) => `${text}\n`).join('')}${closing.repeat(open)}${note}`
}

/** How many lines fit together with what closes the folds that are open after them. */
function countFitting(lines: readonly string[], limit: number): number {
  let size = 0
  let depth = 0
  for (const [index, text] of lines.entries()) {
    size += Buffer.byteLength(text) + 1
    depth += step(text)
    if (size + depth * closing.length > limit) return index
  }
  return lines.length
}

function isRow(text: string | undefined): boolean {
  return text?.startsWith('|') === true
}

function opens(text: string | undefined): boolean {
  return text?.startsWith('<details>') === true
}

/** What a line does to the depth of folds. */
function step(text: string): number {
  return opens(text) ? 1 : text === '</details>' ? -1 : 0
}
