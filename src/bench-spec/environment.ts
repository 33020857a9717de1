import { createIssue, type Locate, type Path, type Issue } from './issue.ts'
import { findSchemas, type JsonSchema, type JsonType } from './json-schema.ts'
import type { Secret } from './spec.ts'

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface Interpolated {
  /** A copy of the document, every variable in place. */
  value: unknown
  secrets: readonly Secret[]
  issues: readonly Issue[]
}

/** Characters, white space not counted. A shorter text is no secret: replacing it would garble reports. */
const shortestSecret = 6

/** Whether a text is long enough to be taken out of others. */
export function canHide(value: string): boolean {
  return value.replace(/\s/g, '').length >= shortestSecret
}

const reference = /\$\$\{|\$\{([^}]*)(\}?)/g

/**
 * Puts `${VAR}` and `${VAR:-default}` in place in all values (not keys); `$${` is a literal `${`.
 * A value that is one reference and nothing else becomes a number or a truth value where `schema`
 * wants one. The default is taken when the variable is unset or empty; a variable without default
 * that is unset or empty is an issue. What came from the environment is a secret.
 */
export function interpolate(
  document: unknown,
  environment: Environment,
  schema: JsonSchema,
  locate: Locate,
): Interpolated {
  const secrets: Secret[] = []
  const issues: Issue[] = []

  const resolve = (path: Path, text: string, match: RegExpExecArray): string => {
    const [token, expression, close] = match
    if (expression === undefined) return '${'
    const report = (message: string): string => {
      const part = { text, start: match.index, length: token.length }
      issues.push(createIssue(locate, path, message, part))
      return token
    }
    const [, name, preset] = /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(expression) ?? []
    if (name === undefined || close === '') {
      return report(
        `"${token}" is no reference to a variable. Write \${NAME} or \${NAME:-default}, or $\${ for a literal \${.`,
      )
    }
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined
    if (value !== undefined && value !== '') {
      if (canHide(value)) secrets.push({ value, label: `\${${name}}` })
      return value
    }
    if (preset !== undefined) return preset
    const state = value === undefined ? 'not set' : 'empty'
    return report(
      `the environment variable ${name} is ${state}. Set it, or write \${${name}:-default}.`,
    )
  }

  const walk = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') {
      const matches = [...value.matchAll(reference)]
      let text = ''
      let end = 0
      for (const match of matches) {
        text += value.slice(end, match.index) + resolve(path, value, match)
        end = match.index + match[0].length
      }
      text += value.slice(end)
      const whole = matches[0]?.[0] === value
      return whole ? convertText(text, findSchemas(schema, path)) : text
    }
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]))
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    return Object.fromEntries(entries.map(([key, item]) => [key, walk(item, [...path, key])]))
  }

  return { value: walk(document, []), secrets, issues }
}

const secretName = /key|token|secret|passw|passphrase|credential|auth|signature|cookie|private/i
/** Long, of one word, with letters and digits; no path and no address. */
const keyLike = /^(?![./~])(?=.*\d)(?=.*[a-z])(?!.*:\/\/)[\w.~+/=:-]{20,}$/i
/** Characters of a value that is taken for a secret by the name of its variable. */
const shortestNamed = 8

/**
 * Variables whose value stands in a document that a program has made, and that are secrets: by their
 * name, or because the value looks like a key. What anybody may know (HOME, NODE_ENV, the name of a
 * model) is none.
 */
export function findVariables(document: unknown, environment: Environment): Secret[] {
  const texts = listTexts(document)
  return Object.entries(environment).flatMap(([name, given]) => {
    const value = given?.trim() ?? ''
    const hides = secretName.test(name) ? value.length >= shortestNamed : keyLike.test(value)
    if (!hides || !texts.some((text) => text.includes(value))) return []
    return { value, label: `\${${name}}` }
  })
}

function listTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(listTexts)
}

/** Reads text as the number or truth value that one of the schemas wants; otherwise it stays text. */
export function convertText(text: string, schemas: readonly JsonSchema[]): unknown {
  const wants = (type: JsonType): boolean =>
    schemas.some((schema) => [schema.type ?? []].flat().includes(type))
  if ((wants('number') || wants('integer')) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (wants('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
