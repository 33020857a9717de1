import {
  Lexer,
  LineCounter,
  Parser,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Alias,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml'

import { deepest, describeDepth, mostValues } from './extent.ts'
import type { Part, Path } from './issue.ts'
import type { Position } from './slo.ts'

/** Offsets in the text. */
export type Range = [start: number, end: number]

/** A fault; `code`: the parser's own, where it is one of its. */
export interface Fault {
  code?: string
  message: string
  range: Range
}

/** A document as it was written. */
export interface Tree {
  faults: readonly Fault[]
  /** Plain JSON value, in which aliases of one anchor are one object. Of a tree without faults. */
  toValue(): unknown
  /** Of an entry, or of its nearest ancestor where it is missing. */
  findRange(path: Path, part: Part): Range
  toPosition(range: Range): Position
}

/**
 * Parses one document of YAML, at most so deep and with merges at most so large that it takes a time
 * in proportion to its length; how much its aliases come to is for the reader of its value.
 */
export function parseTree(text: string): Tree {
  const lines = new LineCounter()
  const toPosition = ([start, end]: Range): Position => {
    const { line, col } = lines.linePos(start)
    return { line, column: col, offset: start, length: Math.max(1, end - start) }
  }
  const deep = findDeep(text, lines)
  if (deep !== undefined) {
    const fault: Fault = { message: describeDepth(), range: [deep, deep + 1] }
    return { faults: [fault], toValue: () => undefined, findRange: () => [0, 0], toPosition }
  }
  const document = parseDocument(text, { merge: true, prettyErrors: false, stringKeys: true })
  const { contents, errors, warnings } = document
  const { anchors, misuses } = followAliases(contents)
  const told = [...errors, ...warnings].map(({ code, message, pos }): Fault => {
    return { code, message: `${message}.`, range: pos }
  })
  return {
    faults: [...told, ...misuses],
    toValue: () => document.toJS({ maxAliasCount: -1 }),
    findRange: (path, part) => findRange({ contents, anchors }, text, path, part),
    toPosition,
  }
}

/** Offset of the first list or object that lies too deep: the parser calls itself where one ends. */
function findDeep(text: string, lines: LineCounter): number | undefined {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme))
    if (parser.stack.length <= deepest) continue
    const open = parser.stack.filter((token) => 'items' in token)
    if (open.length > deepest) return open.at(-1)?.offset
  }
  return undefined
}

/** What each alias stands for: the anchor of its name that was set last above it. */
type Anchors = ReadonlyMap<Alias, Node>

const unmergeable = 'the key << takes an object, or a list of objects. Name one, or quote the key.'
const endless = 'an anchor stands within itself, which never ends. Remove the alias.'
const excessive = `what the keys << merge comes to more than ${mostValues} values, or more than ${deepest} times into each other. Merge less.`

/**
 * Resolves all aliases in one pass. Misused are those without an anchor, and merges that have no
 * object, or no end that could be waited for.
 */
function followAliases(contents: unknown): { anchors: Anchors; misuses: Fault[] } {
  const named = new Map<string, Node>()
  const anchors = new Map<Alias, Node>()
  const misuses: Fault[] = []
  const merges: Pair[] = []
  visit(isNode(contents) ? contents : null, {
    Node(_, node) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) named.set(node.anchor, node)
        return
      }
      const found = named.get(node.source)
      if (found !== undefined) anchors.set(node, found)
      const absent = `there is no anchor &${node.source} above. Define it, or quote the text.`
      if (found === undefined) misuses.push({ range: spanOf(node), message: absent })
      // One that is not closed yet is one that this alias stands in.
      else if (spanOf(found)[1] >= spanOf(node)[1])
        misuses.push({ range: spanOf(node), message: endless })
    },
    Pair(_, pair) {
      if (isMerge(pair)) merges.push(pair)
    },
  })
  if (misuses.length > 0) return { anchors, misuses }
  const weigh = createScale(anchors)
  for (const merge of merges) {
    const works = canMerge(merge, anchors)
    if (works && !isExcessive(merge, weigh)) continue
    const message = works ? excessive : unmergeable
    const place = isNode(merge.value) ? merge.value : merge.key
    // Those that follow may merge this one.
    return { anchors, misuses: [{ range: spanOf(place), message }] }
  }
  return { anchors, misuses }
}

function spanOf(node: unknown): Range {
  return takeRange(node) ?? [0, 0]
}

/** Whether a pair of an object has the merge key, which is a symbol. */
function isMerge({ key }: Pair): boolean {
  if (!isScalar(key)) return key === '<<'
  const { value } = key
  return (typeof value === 'symbol' ? value.description : value) === '<<'
}

function canMerge({ value }: Pair, anchors: Anchors): boolean {
  const resolve = (node: unknown): unknown => (isAlias(node) ? anchors.get(node) : node)
  const merged = resolve(value)
  return (isSeq(merged) ? merged.items : [merged]).every((source) => isMap(resolve(source)))
}

/** What it takes to make a node plain: the values it comes to, and merges within merges. */
interface Weight {
  values: number
  merges: number
}

type Weigh = (node: unknown) => Weight

function isExcessive({ value }: Pair, weigh: Weigh): boolean {
  const { values, merges } = weigh(value)
  return values > mostValues || merges >= deepest
}

/** Weighs each node once. Merges are asked in the order of the document, so that what is merged is known. */
function createScale(anchors: Anchors): Weigh {
  const known = new Map<unknown, Weight>()
  const weigh: Weigh = (node) => {
    const weight = known.get(node) ?? measure(node)
    known.set(node, weight)
    return weight
  }
  const measure = (node: unknown): Weight => {
    if (isPair(node)) {
      const inner = isAlias(node.value) && !isMerge(node) ? leaf : weigh(node.value)
      return isMerge(node) ? { values: inner.values, merges: inner.merges + 1 } : inner
    }
    if (isAlias(node)) return weigh(anchors.get(node))
    if (!isMap(node) && !isSeq(node)) return leaf
    return node.items.map(weigh).reduce(
      (sum, { values, merges }) => ({
        values: sum.values + values,
        merges: Math.max(sum.merges, merges),
      }),
      leaf,
    )
  }
  return weigh
}

const leaf: Weight = { values: 1, merges: 0 }

interface Root {
  contents: unknown
  anchors: Anchors
}

interface Entry {
  key?: Node
  value: unknown
}

function findRange(document: Root, text: string, path: Path, part: Part): Range {
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

function findEntry(node: unknown, step: string | number, document: Root): Entry | undefined {
  const target = isAlias(node) ? document.anchors.get(node) : node
  if (isSeq(target)) {
    const value = target.items[Number(step)]
    return value === undefined ? undefined : { value }
  }
  return isMap(target) ? findPair(target, String(step), document) : undefined
}

function findPair(map: YAMLMap, name: string, document: Root): Entry | undefined {
  const pair = map.items.find(({ key }) => takeName(key) === name)
  if (pair !== undefined) {
    return isNode(pair.key) ? { key: pair.key, value: pair.value } : { value: pair.value }
  }
  for (const merge of map.items.filter(isMerge)) {
    const sources = isSeq(merge.value) ? merge.value.items : [merge.value]
    for (const source of sources) {
      const entry = findEntry(source, name, document)
      if (entry !== undefined) return entry
    }
  }
  return undefined
}

function takeName(key: unknown): unknown {
  return isScalar(key) ? String(key.value) : key
}
