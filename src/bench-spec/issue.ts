import { keepKnown } from './known.ts'
import { hasControls } from './plain-text.ts'
import type { Position } from './slo.ts'
import { textWidth } from './text-width.ts'

/** Keys and indexes from the root of a document; empty for the document itself. */
export type Path = readonly (string | number)[]

/** What of an entry is meant: its key, its value, or a piece of the text that is its value. */
export type Part = 'key' | 'value' | { text: string; start: number; length: number }

/** Where an entry stands; `undefined` for a document that was given as an object. */
export type Locate = (path: Path, part: Part) => Position | undefined

/** One thing that keeps a spec from running, or a document from being used. */
export interface Issue {
  path: Path
  position?: Position
  /** What is required, what was found, what to do. Without place and key. */
  message: string
}

/** Makes an issue and looks up its place. */
export function createIssue(
  locate: Locate,
  path: Path,
  message: string,
  part: Part = 'value',
): Issue {
  return keepKnown<Issue>({ path, position: locate(path, part), message })
}

export type Report = (path: Path, message: string, part?: Part) => void

/** Issues of one document that are shown. */
export const mostShown = 50

/**
 * What someone wrote, or a file that was given, cannot be used; `message` holds every issue on a
 * line of its own. Bad input by the table of exit codes: 3.
 */
export abstract class IssueError extends Error {
  /** As it is to be shown; `undefined` for what was given as an object. */
  readonly file: string | undefined
  /** In the order of the file; of very many the first, and one that says how many there are. */
  readonly issues: readonly Issue[]
  /** Source with its secrets masked, every character in its place. */
  readonly text: string | undefined

  constructor(issues: readonly Issue[], file?: string, text?: string) {
    const sorted = issues.toSorted(
      (a, b) => (a.position?.offset ?? -1) - (b.position?.offset ?? -1),
    )
    const rest = sorted.length - mostShown
    const last = { path: [], message: `and ${rest} more. Mend these first.` }
    const ordered = rest > 0 ? [...sorted.slice(0, mostShown), last] : sorted
    super(ordered.map((issue) => renderIssue(issue, file)).join('\n'))
    this.file = file
    this.issues = ordered
    this.text = text
  }
}

/** A spec that cannot be run. */
export class SpecError extends IssueError {
  override readonly name = 'SpecError'
}

/** `chat.bench.yaml:4:14: concurrency: must be …`; the parts that are unknown are left out. */
function renderIssue(issue: Issue, file?: string): string {
  const { line, column } = issue.position ?? {}
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  return [place, shorten(renderPath(issue.path)), shorten(issue.message)]
    .filter((part) => part !== '')
    .join(': ')
}

/** UTF-16 units of a path, or of a message, that are shown. */
const longest = 1000

/** Without the middle of what is too long: the advice stands at the end. */
function shorten(text: string): string {
  if (text.length <= longest) return text
  const [head, tail] = [text.slice(0, longest / 2), text.slice(-longest / 2)]
  return `${head}…${tail}`.toWellFormed()
}

/** `body.messages[0].content`, on one line: a key with a control in it, such as a line end, as JSON. */
export function renderPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      return (index > 0 ? '.' : '') + (hasControls(step) ? JSON.stringify(step) : step)
    })
    .join('')
}

/** Every issue with the lines around it and carets below what is meant. */
export function renderIssues(error: IssueError): string {
  return error.issues
    .map((issue) => {
      const line = renderIssue(issue, error.file)
      if (error.text === undefined || issue.position === undefined) return line
      return `${line}\n${renderFrame(error.text, issue.position)}`
    })
    .join('\n\n')
}

/** Characters of a line that are shown. */
const frameWidth = 100

/** The lines of a source around a position, with carets below what is meant. */
export function renderFrame(text: string, position: Position): string {
  const lines = text.split(/\r?\n/)
  const width = String(position.line + 1).length
  // A minified document is one long line: show the part around the column.
  const from = position.column > frameWidth ? position.column - frameWidth / 2 : 0
  const shown: string[] = []
  for (let number = position.line - 1; number <= position.line + 1; number++) {
    const line = lines[number - 1]
    if (line === undefined || (number > position.line && line.trim() === '')) continue
    shown.push(`${String(number).padStart(width + 2)} | ${line.slice(from, from + frameWidth)}`)
    if (number !== position.line) continue
    const before = line.slice(from, position.column - 1)
    const marked = line.slice(position.column - 1, position.column - 1 + position.length)
    const carets = '^'.repeat(Math.max(1, blank(marked.slice(0, frameWidth)).length))
    shown.push(`${' '.repeat(width + 2)} | ${blank(before)}${carets}`)
  }
  return shown.map((line) => line.trimEnd()).join('\n')
}

/** Spaces of the same width in a terminal, tabs kept. */
function blank(text: string): string {
  return text
    .split('\t')
    .map((part) => ' '.repeat(textWidth(part)))
    .join('\t')
}
