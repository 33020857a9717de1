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
  hasStages: boolean
  hasMix: boolean
  /** Columns that `data_source.column` leaves out. */
  hidden: readonly string[]
}

/**
 * Looks whether there are requests with these tags.
 * @throws {SloSyntaxError} naming the tag, or its value, that none has.
 */
export function checkTags(tags: readonly ParsedTag[], all: Token, context: TagContext): void {
  for (const tag of tags) checkTag(tag, context)
  const { tagging, dataset, hasStages } = context
  // Any row may be sent in any stage.
  if (tagging.exists(tags.filter(({ name }) => !(hasStages && name === 'stage')))) return
  const where = dataset === undefined ? 'no request' : `no row of ${dataset.source}`
  const message = `${where} has all of ${all.text}. Ask for less at once.`
  throw new SloSyntaxError(message, all)
}

function checkTag(tag: ParsedTag, context: TagContext): void {
  const { tagging, dataset, hasStages, hasMix } = context
  const { name, value, nameToken, valueToken } = tag
  if (!tagging.names.includes(name)) {
    throw new SloSyntaxError(explainUnknown(name, context), nameToken)
  }
  const values = tagging.values(name)
  if (values.some((actual) => matchesTag(value, actual))) return
  const near = values.filter(({ length }) => length <= longest).slice(0, mostCompared)
  // A number is not misspelt.
  const isWord = value.kind === 'text' && Number.isNaN(Number(value.text))
  const hint = isWord ? suggest(value.text, near) : ''
  const few = values.length <= mostListed ? ` There ${sayValues(values)}.` : ''
  const advice = hint === '' ? few : hint
  if ((hasStages && name === 'stage') || (hasMix && name === 'kind')) {
    throw new SloSyntaxError(`there is no ${name} ${valueToken.text}.${advice}`, valueToken)
  }
  const isColumn = name !== 'model' && dataset !== undefined
  const where = isColumn ? `no row of ${dataset.source}` : 'no request'
  throw new SloSyntaxError(`${where} has ${name}=${valueToken.text}.${advice}`, valueToken)
}

function sayValues(values: readonly string[]): string {
  return `${values.length === 1 ? 'is' : 'are'} ${values.map(cleanLine).join(', ')}`
}

function explainUnknown(name: string, { tagging, hidden, hasStages, hasMix }: TagContext): string {
  const { names } = tagging
  if (hidden.includes(name)) {
    return `"${name}" is not available: data_source.column limits the columns. Remove it to use all columns.`
  }
  if (name === 'stage' && !hasStages) {
    return 'there are no stages. Write stages: [{ name: peak, duration: 30s, concurrency: 32 }], or leave the tag out.'
  }
  if (name === 'kind' && !hasMix) {
    return 'all requests are of one kind. Write mix: [{ name: chat, weight: 70%, body: { … } }, …], or leave the tag out.'
  }
  if (names.length === 0) {
    return `"${name}" is no tag here: there are no stages, no data_source whose columns could be one, and the body names no model.`
  }
  const hint = suggest(name, names)
  return `unknown tag "${name}".${hint === '' ? ` Known: ${names.join(', ')}.` : hint}`
}
