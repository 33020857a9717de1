/** ` Did you mean "ttft"?`, or an empty text when no known word is near. */
export function suggest(word: string, known: readonly string[]): string {
  const nearest = closest(word, known)
  return nearest === undefined ? '' : ` Did you mean "${nearest}"?`
}

/** The known word with the fewest edits, at most a third of its length; case does not count. */
function closest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let fewest = Infinity
  for (const candidate of known) {
    const edits = countEdits(word.toLowerCase(), candidate.toLowerCase())
    if (edits < fewest && edits <= Math.max(1, Math.floor(candidate.length / 3))) {
      best = candidate
      fewest = edits
    }
  }
  return best
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function countEdits(from: string, to: string): number {
  const table = [Array.from({ length: to.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const changed = from[i - 1] === to[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      row[j] = Math.min(
        table[i - 1]![j - 1]! + changed,
        table[i - 1]![j]! + 1,
        row[j - 1]! + 1,
        swapped ? table[i - 2]![j - 2]! + 1 : Infinity,
      )
    }
    table.push(row)
  }
  return table[from.length]![to.length]!
}
