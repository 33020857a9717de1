import {
  LineCounter,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml'

import type { Locate, Part, Path, Issue } from './issue.ts'
import type { Position } from './slo.ts'

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
  const lines = new LineCounter()
  // JSON is a subset of YAML; comments become spaces so that every offset stays.
  const yaml = format === 'json' ? blankComments(text) : text
  const document = parseDocument(yaml, {
    merge: true,
    prettyErrors: false,
    lineCounter: lines,
    stringKeys: true,
  })
  const toPosition = (start: number, end: number): Position => {
    const { line, col } = lines.linePos(start)
    return { line, column: col, offset: start, length: Math.max(1, end - start) }
  }
  const locate: Locate = (path, part) => {
    const range = findRange(document, text, path, part)
    return toPosition(...range)
  }
  const faults: Issue[] = [...document.errors, ...document.warnings].map((fault) => {
    const { code, message, pos } = fault
    const told = faultMessages[code]
    if (told !== undefined) return { path: [], position: toPosition(...pos), message: told }
    if (code !== 'DUPLICATE_KEY')
      return { path: [], position: toPosition(...pos), message: `${message}.` }
    const key = text.slice(pos[0]).split(/[:\s]/, 1).join('')
    const position = toPosition(pos[0], pos[0] + key.length)
    return { path: [], position, message: `the key ${key} stands here twice. Remove one of them.` }
  })
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined || !alias.range) return
      const message = `there is no anchor &${alias.source} above. Define it, or quote the text.`
      const [start, end] = alias.range
      faults.push({ path: [], position: toPosition(start, end), message })
    },
  })
  if (faults.length > 0) {
    const fault = format === 'json' ? findJsonFault(yaml) : undefined
    const position = fault && toPosition(fault.offset, fault.offset + 1)
    const issues = fault && position ? [{ path: [], position, message: fault.message }] : faults
    return { text, value: undefined, locate, issues }
  }
  try {
    const value: unknown = document.toJS()
    if (!containsItself(value)) return { text, value, locate, issues: [] }
    const message = 'an anchor stands within itself, which never ends. Remove the alias.'
    return { text, value: undefined, locate, issues: [{ path: [], message }] }
  } catch (error) {
    // Merges of what is no map show only here.
    const message = `${(error as Error).message}.`
    return { text, value: undefined, locate, issues: [{ path: [], message }] }
  }
}

function containsItself(value: unknown, above: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (above.includes(value)) return true
  return Object.values(value).some((item) => containsItself(item, [...above, value]))
}

function blankComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g, (token) =>
    token.startsWith('"') ? token : token.replace(/[^\r\n]/g, ' '),
  )
}

/** The JSON parser's own words, which fit a JSON document better than YAML's. */
function findJsonFault(json: string): { offset: number; message: string } | undefined {
  try {
    JSON.parse(json)
    return undefined
  } catch (error) {
    const [, message, offset] = /^(.*?),? in JSON at position (\d+)/s.exec(String(error)) ?? []
    if (message === undefined) return undefined
    return { offset: Number(offset), message: `${message.replace('SyntaxError: ', '')}.` }
  }
}

interface Entry {
  key?: Node
  value: unknown
}

type Range = [start: number, end: number]

function findRange(document: Document, text: string, path: Path, part: Part): Range {
  let entry: Entry = { value: document.contents }
  let complete = true
  for (const step of path) {
    const next = findEntry(entry.value, step, document)
    if (next === undefined) {
      complete = false
      break
    }
    entry = next
  }
  const key = takeRange(entry.key)
  const value = takeRange(entry.value)
  if (!complete || part === 'key') return key ?? takeStart(value)
  if (value === undefined || value[0] === value[1]) return key ?? takeStart(value)
  if (part === 'value') return value
  const at = text.slice(...value).indexOf(part.text)
  if (at === -1) return value
  const start = value[0] + at + part.start
  return [start, start + part.length]
}

function takeStart(range: Range | undefined): Range {
  const start = range?.[0] ?? 0
  return [start, start]
}

function takeRange(node: unknown): Range | undefined {
  const range = isNode(node) ? node.range : undefined
  return range ? [range[0], range[1]] : undefined
}

function findEntry(node: unknown, step: string | number, document: Document): Entry | undefined {
  const target = isAlias(node) ? node.resolve(document) : node
  if (isSeq(target)) {
    const value = target.items[Number(step)]
    return value === undefined ? undefined : { value }
  }
  return isMap(target) ? findPair(target, String(step), document) : undefined
}

function findPair(map: YAMLMap, name: string, document: Document): Entry | undefined {
  const pair = map.items.find(({ key }) => takeName(key) === name)
  if (pair !== undefined) {
    return isNode(pair.key) ? { key: pair.key, value: pair.value } : { value: pair.value }
  }
  for (const merge of map.items.filter(({ key }) => takeName(key) === '<<')) {
    const sources = isSeq(merge.value) ? merge.value.items : [merge.value]
    for (const source of sources) {
      const entry = findEntry(source, name, document)
      if (entry !== undefined) return entry
    }
  }
  return undefined
}

function takeName(key: unknown): unknown {
  if (!isScalar(key)) return key
  // The merge key is a symbol.
  return typeof key.value === 'symbol' ? key.value.description : String(key.value)
}
