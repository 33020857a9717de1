/** A text after replacements, and where each of them was made. */
export interface Rewriting {
  text: string
  /** In the order of the text. */
  edits: readonly Edit[]
}

/** `length` UTF-16 units at `from` of the source became `size` units at `to`. */
interface Edit {
  from: number
  length: number
  to: number
  size: number
}

/** A piece of a text, in UTF-16 units; the end is exclusive. */
export interface Span {
  start: number
  end: number
}

/** Replaces what matches, and notes where. `pattern`: global, without groups that capture. */
export function rewrite(
  source: string,
  pattern: RegExp,
  replace: (found: string) => string,
): Rewriting {
  const edits: Edit[] = []
  let shift = 0
  const text = source.replace(pattern, (found: string, from: number) => {
    const written = replace(found)
    edits.push({ from, length: found.length, to: from + shift, size: written.length })
    shift += written.length - found.length
    return written
  })
  return { text, edits }
}

/** What of the source a span that is not empty was written for, in whole replacements. */
export function findSource({ edits }: Rewriting, { start, end }: Span): Span {
  return { start: sourceOf(edits, start).start, end: sourceOf(edits, end - 1).end }
}

function sourceOf(edits: readonly Edit[], unit: number): Span {
  const edit = lastEditUpTo(edits, unit)
  if (edit === undefined) return { start: unit, end: unit + 1 }
  const behind = unit - edit.to - edit.size
  const end = edit.from + edit.length
  if (behind < 0) return { start: edit.from, end }
  return { start: end + behind, end: end + behind + 1 }
}

function lastEditUpTo(edits: readonly Edit[], unit: number): Edit | undefined {
  let low = 0
  let high = edits.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((edits[middle] as Edit).to <= unit) low = middle + 1
    else high = middle
  }
  return edits[low - 1]
}
