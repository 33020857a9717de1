import { keepKnown } from './known.ts'
import { SloSyntaxError, type Token } from './slo-syntax.ts'
import type { Tag, TagValue } from './tag.ts'

/** Tags of an SLO, and where each stands. */
export interface ParsedTags {
  tags: readonly ParsedTag[]
  /** The whole, with its braces. */
  token: Token
}

export interface ParsedTag extends Tag {
  nameToken: Token
  valueToken: Token
}

const example = 'Write for example {stage=peak}.'

/**
 * Reads the tags of an SLO; `undefined` when its text has none.
 *
 *     tags  = "{" , tag , { "," , tag } , "}" ;
 *     tag   = name , "=" , ( text | glob | range ) ;
 *     range = [ number ] ".." [ number ] ;
 *
 * `*` stands for any characters. What is in double quotes is meant as it is.
 * @throws {SloSyntaxError}
 */
export function parseTags(text: string): ParsedTags | undefined {
  const start = text.indexOf('{')
  if (start === -1) {
    const stray = text.indexOf('}')
    if (stray === -1) return undefined
    throw new SloSyntaxError(`"}" closes nothing. ${example}`, { text: '}', start: stray })
  }
  const end = findEnd(text, start + 1, '}')
  const token = { text: text.slice(start, end + 1), start }
  if (end === text.length) {
    throw new SloSyntaxError(`"${token.text.trimEnd()}" is not closed. Add }.`, token)
  }
  const next = text.slice(end + 1).search(/[{}]/)
  if (next !== -1) {
    const message = `tags stand in one pair of braces. Join them: {stage=peak, topic=billing}.`
    throw new SloSyntaxError(message, { text: text.charAt(end + 1 + next), start: end + 1 + next })
  }
  if (text.slice(start + 1, end).trim() === '') {
    throw new SloSyntaxError(`"${token.text}" names no tag. ${example}`, token)
  }
  const tags: ParsedTag[] = []
  for (let at = start + 1; at <= end;) {
    const stop = Math.min(end, findEnd(text, at, ','))
    const tag = parseTag({ text: text.slice(at, stop), start: at })
    if (tags.some(({ name }) => name === tag.name)) {
      const message = `"${tag.name}" is asked for twice. A request has one ${tag.name}: keep one of them.`
      throw new SloSyntaxError(message, tag.nameToken)
    }
    tags.push(tag)
    at = stop + 1
  }
  return { tags, token }
}

/** Of the first of these characters outside of quotes; the length of the text where there is none. */
function findEnd(text: string, from: number, mark: string): number {
  let quoted = false
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at)
    if (quoted && char === '\\') at++
    else if (char === '"') quoted = !quoted
    else if (!quoted && char === mark) return at
  }
  return text.length
}

function parseTag(token: Token): ParsedTag {
  const whole = trim(token)
  const equals = findEnd(token.text, 0, '=')
  if (equals === token.text.length) {
    const message = `"${whole.text}" is no tag. Write its name and value, for example stage=peak.`
    throw new SloSyntaxError(message, whole.text === '' ? token : whole)
  }
  const nameToken = trim({ text: token.text.slice(0, equals), start: token.start })
  const rest = { text: token.text.slice(equals + 1), start: token.start + equals + 1 }
  const valueToken = trim(rest)
  if (nameToken.text === '' || valueToken.text === '') {
    const lack = nameToken.text === '' ? 'name' : 'value'
    throw new SloSyntaxError(`"${whole.text}" has no ${lack}. ${example}`, whole)
  }
  const name = unquote(nameToken) ?? nameToken.text
  return { name, value: parseValue(valueToken), nameToken, valueToken }
}

function parseValue(token: Token): TagValue {
  const literal = unquote(token)
  if (literal !== undefined) return { kind: 'text', text: literal }
  const { text } = token
  const [, from, to] = /^(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?$/.exec(text) ?? []
  if (from !== undefined || to !== undefined) return parseRange(token, from, to)
  return text.includes('*') ? { kind: 'glob', pattern: text } : { kind: 'text', text }
}

function parseRange(token: Token, from: string | undefined, to: string | undefined): TagValue {
  const ends = keepKnown<{ from?: number; to?: number }>({
    from: from === undefined ? undefined : Number(from),
    to: to === undefined ? undefined : Number(to),
  })
  if ((ends.from ?? -Infinity) > (ends.to ?? Infinity)) {
    const message = `"${token.text}" holds no number. Write the smaller end first: ${to}..${from}.`
    throw new SloSyntaxError(message, token)
  }
  return { kind: 'range', ...ends }
}

/** What stands in double quotes; `undefined` where the text does not begin with one. */
function unquote(token: Token): string | undefined {
  if (!token.text.startsWith('"')) return undefined
  try {
    return String(JSON.parse(token.text))
  } catch {
    throw new SloSyntaxError(`${token.text} is not a text in double quotes.`, token)
  }
}

function trim({ text, start }: Token): Token {
  return { text: text.trim(), start: start + text.length - text.trimStart().length }
}
