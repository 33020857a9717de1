import stringWidth from 'string-width'

/**
 * Columns that `text` takes in a terminal: two for wide letters and emoji, none for marks, controls
 * and escapes; a letter whose width is ambiguous takes one.
 */
export function textWidth(text: string): number {
  return stringWidth(text)
}
