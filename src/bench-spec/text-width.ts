import { stripVTControlCharacters } from 'node:util'

import { eastAsianWidth } from 'get-east-asian-width'

/** What may be one character with those beside it, or take no column. */
const joining =
  /[\p{Mark}\p{Control}\p{Format}\p{Surrogate}\p{Default_Ignorable_Code_Point}\p{Regional_Indicator}\p{Emoji_Modifier}\u1100-\u11ff\ua960-\ua97f\uff9e\uff9f]/u

const visible =
  /[^\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Surrogate}\p{Nonspacing_Mark}\p{Enclosing_Mark}]/gu

/** Beside a letter they take a column of their own. */
const spacing = /[\p{Spacing_Mark}\uff9e\uff9f]/u

/** Characters that are pictures by what is behind their first letter. */
const picture =
  /^(?:\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier}|.*\u200d\p{Extended_Pictographic})|[\d#*]\ufe0f?\u20e3|\p{Regional_Indicator}{2})/su

/**
 * Columns that `text` takes in a terminal: two for wide letters and emoji, none for marks, controls
 * and escapes; a letter whose width is ambiguous takes one.
 */
export function textWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  const plain = stripVTControlCharacters(text)
  let width = 0
  if (joining.test(plain)) {
    for (const { segment } of splitCharacters(plain)) width += characterWidth(segment)
  } else {
    for (const letter of plain) width += letterWidth(letter)
  }
  return width
}

let segmenter: Intl.Segmenter | undefined

/** What people take for the characters of a text, one after the other. */
export function splitCharacters(text: string): Intl.Segments {
  // Takes as long to make as a spec to read, and few texts need it.
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' })
  return segmenter.segment(text)
}

function characterWidth(character: string): number {
  if (picture.test(character)) return 2
  const [first = '', ...rest] = character.match(visible) ?? []
  const beside = rest.filter((letter) => spacing.test(letter))
  return [first, ...beside].reduce((width, letter) => width + letterWidth(letter), 0)
}

function letterWidth(letter: string): number {
  const code = letter.codePointAt(0)
  return code === undefined ? 0 : eastAsianWidth(code)
}
