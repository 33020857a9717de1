import { stripVTControlCharacters } from 'node:util'

/** Controls (C0, DEL and C1) and Unicode line ends. */
const controls = /[\p{Cc}\u2028\u2029]+/gu
/** Marks that turn the direction of what follows, byte order mark, and code points XML 1.0 forbids. */
const invisible = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g

/** Whether a text is not one line, or would do something to a terminal that prints it. */
export function hasControls(text: string): boolean {
  return text.search(controls) !== -1
}

/**
 * What a CI system would run as a command (`::name::` opening a line, `##[`, `##vso[`,
 * `##teamcity[` anywhere) is broken up by a space.
 */
export function breakCommands(text: string): string {
  return text.replace(/^([^\S\n]*)::/gm, '$1: :').replace(/##(?=\w*\[)/g, '# #')
}

/**
 * One line of text that is safe wherever lines are read by a program: terminal escapes and
 * controls are removed, line ends become a space, and commands are broken up. Everything that a
 * target or a spec's author wrote passes through here.
 */
export function cleanLine(text: string): string {
  return breakCommands(flatten(text).trim())
}

/** `cleanLine` for a text of several lines: their ends, their indentation and tabs stay. */
export function cleanLines(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.split('\t').map(flatten).join('\t'))
  return breakCommands(lines.join('\n'))
}

/** Controls but tabs and the ends of lines, and escapes but colours and the erasing of a line. */
const foreignControls =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\0-\u0008\v\f\u000e-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[(?:[\d;]*m|2K))/g

/** What is about to be printed, colours and all: whatever is in it, nobody acts upon it. */
export function cleanOutput(text: string): string {
  return breakCommands(text.replace(invisible, '').replace(foreignControls, ''))
}

/** What is kept of a message, UTF-16 units: the list of all that a server found wrong. */
const messageLimit = 4000

/**
 * What someone else says, as one line of at most `limit` UTF-16 units: terminal escapes and
 * controls are removed, runs of white space made one space, the rest cut with an ellipsis. Kept as
 * data, so that commands are broken up where it is printed.
 */
export function cleanMessage(text: string, limit: number = messageLimit): string {
  const line = flatten(text.slice(0, limit * 20))
    .replace(/\s+/g, ' ')
    .trim()
  if (line.length <= limit) return line
  return `${line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

function flatten(text: string): string {
  return stripVTControlCharacters(text.toWellFormed()).replace(invisible, '').replace(controls, ' ')
}
