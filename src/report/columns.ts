const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** East Asian Wide and Fullwidth ranges (Unicode TR 11), and what is drawn as an emoji. */
const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)/u
const zero = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]/u

function graphemeWidth(grapheme: string): number {
  if (wide.test(grapheme)) return 2
  return zero.test(grapheme) ? 0 : 1
}

/** Columns that `text` takes in a terminal; it must hold no controls and no escapes. */
export function textWidth(text: string): number {
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment)
  return width
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text
}

function head(text: string, width: number): string {
  let taken = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    used += graphemeWidth(segment)
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
      const part = head(word, width) || word.slice(0, 1)
      lines.push(part)
      word = word.slice(part.length)
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}
