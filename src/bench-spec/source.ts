import type { Issue, Locate } from './issue.ts'
import { type Fault, parseTree } from './yaml-tree.ts'

/** `json` allows `//` and block comments. */
export type SourceFormat = 'yaml' | 'json'

/** Where the parser's own words would not help. */
const faultMessages: Readonly<Record<string, string>> = {
  NON_STRING_KEY:
    'a key must be a text. A placeholder that is a whole value must be quoted: "{{column}}".',
  MULTIPLE_DOCS: 'a spec is one document. Remove what follows the line ---.',
}

/** A document's value, and where each of its entries stands. */
export interface Source {
  text: string
  /** Plain JSON value; `undefined` when there are issues. */
  value: unknown
  /** An entry that is missing is located at its nearest ancestor. */
  locate: Locate
  /** Faults of the syntax. */
  issues: readonly Issue[]
}

/** Reads YAML, JSON or JSON with comments. */
export function parseSource(text: string, format: SourceFormat): Source {
  // JSON is a subset of YAML; comments become spaces so that every offset stays.
  const { text: yaml, open } = format === 'json' ? blankComments(text) : { text, open: undefined }
  const tree = parseTree(yaml)
  const toIssue = ({ message, range }: Fault): Issue => {
    return { path: [], position: tree.toPosition(range), message }
  }
  const locate: Locate = (path, part) => tree.toPosition(tree.findRange(path, part))
  const faults =
    open === undefined ? tree.faults.map((fault) => reword(fault, text)) : [unclosed(open)]
  if (faults.length === 0) return { text, value: tree.toValue(), locate, issues: [] }
  // Where it is JSON that is wrong, and not what YAML makes of it.
  const own = format === 'json' && open === undefined ? findJsonFault(yaml) : undefined
  return { text, value: undefined, locate, issues: (own ? [own] : faults).map(toIssue) }
}

/** The parser's own words, or ours where they would not help. */
function reword({ code = '', message, range }: Fault, text: string): Fault {
  const told = faultMessages[code]
  if (told !== undefined) return { range, message: told }
  if (code !== 'DUPLICATE_KEY') return { range, message }
  const [start] = range
  const key = text.slice(start).split(/[:\s]/, 1).join('')
  const whole: Fault['range'] = [start, start + key.length]
  return { range: whole, message: `the key ${key} stands here twice. Remove one of them.` }
}

function unclosed(open: number): Fault {
  return { range: [open, open + 1], message: 'a comment is never closed. End it with */.' }
}

/**
 * The text without its comments, every other character in its place; `open`: offset of a comment
 * that is never closed. In one pass: what is never closed goes on to the end.
 */
function blankComments(text: string): { text: string; open: number | undefined } {
  let open: number | undefined
  const blank = text.replace(
    /"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g,
    (token, offset: number) => {
      if (token.startsWith('"')) return token
      if (token.startsWith('/*') && (token.length < 4 || !token.endsWith('*/'))) open = offset
      return token.replace(/[^\r\n]/g, ' ')
    },
  )
  return { text: blank, open }
}

/** The JSON parser's own words, which fit a JSON document better than YAML's. */
function findJsonFault(json: string): Fault | undefined {
  try {
    JSON.parse(json)
    return undefined
  } catch (error) {
    const [, message, offset] = /^(.*?),? in JSON at position (\d+)/s.exec(String(error)) ?? []
    if (message === undefined) return undefined
    const at = Number(offset)
    return { range: [at, at + 1], message: `${message.replace('SyntaxError: ', '')}.` }
  }
}
