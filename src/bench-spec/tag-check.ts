import { cleanLine } from './plain-text.ts'
import { SloSyntaxError, type Token } from './slo-syntax.ts'
import type { Dataset } from './spec.ts'
import { suggest } from './suggestion.ts'
import type { ParsedTag } from './tag-grammar.ts'
import { matchesTag } from './tag.ts'
import type { Tagging } from './tagging.ts'

/** Values of a tag that are listed where another one is asked for. */
const mostListed = 8

/** Values that a misspelt one is compared with, and their characters. */
const mostCompared = 1000
const longest = 50

/** What is known of the requests that tags are to be found in. */
export interface TagContext {
  tagging: Tagging
  /** `undefined` without any. */
  dataset?: Dataset | undefined
  /** Columns that `data_source.column` leaves out. */
  hidden: readonly string[]
}

/**
 * Looks whether there are requests with these tags.
 * @throws {SloSyntaxError} naming the tag, or its value, that none has.
 */
export function checkTags(tags: readonly ParsedTag[], all: Token, context: TagContext): void {
  for (const tag of tags) checkTag(tag, context)
  const { tagging, dataset } = context
  if (dataset === undefined || dataset.rows.some((_, row) => tagging.has({ row }, tags))) return
  const message = `no row of ${dataset.source} has all of ${all.text}. Ask for less at once.`
  throw new SloSyntaxError(message, all)
}

function checkTag(tag: ParsedTag, { tagging, dataset, hidden }: TagContext): void {
  const { name, value, nameToken, valueToken } = tag
  if (!tagging.names.includes(name)) {
    throw new SloSyntaxError(explainUnknown(name, tagging.names, hidden), nameToken)
  }
  const values = tagging.values(name)
  if (values.some((actual) => matchesTag(value, actual))) return
  const isColumn = name !== 'model' && dataset !== undefined
  const where = isColumn ? `no row of ${dataset.source}` : 'no request'
  const near = values.filter(({ length }) => length <= longest).slice(0, mostCompared)
  const hint = value.kind === 'text' ? suggest(value.text, near) : ''
  const few = values.length <= mostListed ? ` There ${sayValues(values)}.` : ''
  const message = `${where} has ${name}=${valueToken.text}.${hint === '' ? few : hint}`
  throw new SloSyntaxError(message, valueToken)
}

function sayValues(values: readonly string[]): string {
  return `${values.length === 1 ? 'is' : 'are'} ${values.map(cleanLine).join(', ')}`
}

function explainUnknown(name: string, known: readonly string[], hidden: readonly string[]): string {
  if (hidden.includes(name)) {
    return `"${name}" is not available: data_source.column limits the columns. Remove it to use all columns.`
  }
  if (known.length === 0) {
    return `"${name}" is no tag here: there is no data_source whose columns could be one, and the body names no model.`
  }
  const hint = suggest(name, known)
  return `unknown tag "${name}".${hint === '' ? ` Known: ${known.join(', ')}.` : hint}`
}
