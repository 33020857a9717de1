import { splitCharacters, textWidth } from '../bench-spec/text-width.ts'

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text
}

/** As many whole characters as fit into `width` columns. */
function head(text: string, width: number): string {
  let taken = ''
  let used = 0
  for (const { segment } of splitCharacters(text)) {
    used += textWidth(segment)
    if (used > width) break
    taken += segment
  }
  return taken
}

/** At most `width` columns; what is cut off is stood for by `ellipsis`. */
export function truncate(text: string, width: number, ellipsis = '…'): string {
  if (textWidth(text) <= width) return text
  const room = width - textWidth(ellipsis)
  return room < 0 ? '' : head(text, room) + ellipsis
}

/** Lines of at most `width` columns, broken at spaces, and inside a word that is wider than a line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (let word of text.split(/\s+/)) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = ''
    }
    while (textWidth(word) > width) {
      const part = head(word, width) || firstCharacter(word)
      lines.push(part)
      word = word.slice(part.length)
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}

function firstCharacter(text: string): string {
  for (const { segment } of splitCharacters(text)) return segment
  return ''
}
