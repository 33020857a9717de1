import { shortestSecret } from './environment.ts'
import type { Path } from './issue.ts'
import type { Secret } from './spec.ts'

/** A secret that stands in the document itself, with its place. */
export interface LiteralSecret extends Secret {
  path: Path
}

const secretHeader = /^(proxy-)?authorization$|^cookie$|api-key|token|secret/i
const secretQuery = /key|token|secret|password|signature|^sig$|auth|credential/i

/**
 * Finds the values of a target, and of the one under `baseline`, that are secrets by their name:
 * headers, query parameters, and the password of a URL. Takes a document that has not been checked;
 * values that still hold `${VAR}` or `{{column}}` are none.
 */
export function findSecrets(document: unknown): LiteralSecret[] {
  if (typeof document !== 'object' || document === null) return []
  const { headers, url, baseline, server_metrics: metrics } = document as Record<string, unknown>
  const metricsUrl = Object(metrics).url ?? metrics
  const found = [
    ...findInHeaders(headers),
    ...findInUrl(url, ['url']),
    ...findInUrl(metricsUrl, ['server_metrics']),
  ]
  const second = findSecrets(baseline).map((secret) => ({
    ...secret,
    path: ['baseline', ...secret.path],
  }))
  return [
    ...found.filter(({ value }) => value.length >= shortestSecret && !isOpen(value)),
    ...second,
  ]
}

/** Whether a value is still to be filled from the environment or from a row. */
function isOpen(value: string): boolean {
  return /\$\{|\{\{.*\}\}/.test(value)
}

function findInHeaders(headers: unknown): LiteralSecret[] {
  if (typeof headers !== 'object' || headers === null) return []
  return Object.entries(headers).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== 'string' || !secretHeader.test(name)) return []
    const [, credentials] = /^\S+\s+(\S+)$/.exec(value) ?? []
    // `Bearer EMPTY`, as servers without keys want it, hides nothing.
    if (credentials !== undefined && credentials.length < shortestSecret) return []
    const values = credentials === undefined ? [value] : [value, credentials]
    const label = `[${name.toLowerCase()}]`
    return values.map((text) => ({ value: text, label, path: ['headers', name] }))
  })
}

function findInUrl(url: unknown, path: Path): LiteralSecret[] {
  if (typeof url !== 'string') return []
  const [, user = '', password] = /^[a-z+.-]+:\/\/([^/?#@:]*):([^/?#@]*)@/i.exec(url) ?? []
  const found: LiteralSecret[] = []
  if (password !== undefined) {
    const label = '[password]'
    for (const text of [`${user}:${password}`, password]) {
      found.push({ value: text, label, path }, { value: decode(text), label, path })
    }
  }
  const query = url.split('#')[0]?.split('?').slice(1).join('?') ?? ''
  for (const pair of query.split('&')) {
    const [name = '', ...rest] = pair.split('=')
    if (!secretQuery.test(name)) continue
    const value = rest.join('=')
    const label = `[${name}]`
    found.push({ value, label, path }, { value: decode(value), label, path })
  }
  return found
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Makes a function that replaces every occurrence of the secrets in a text by their labels, also
 * URL-encoded, JSON-escaped and in base64. Longer ones go first.
 */
export function createRedactor(secrets: readonly Secret[]): (text: string) => string {
  const labels = new Map<string, string>()
  for (const { value, label } of secrets) {
    for (const form of listForms(value)) if (!labels.has(form)) labels.set(form, label)
  }
  if (labels.size === 0) return (text) => text
  const forms = [...labels.keys()].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(
    forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'g',
  )
  return (text) => text.replace(pattern, (form) => labels.get(form) ?? '')
}

function listForms(value: string): string[] {
  const base64 = Buffer.from(value).toString('base64')
  return [
    value,
    encodeURIComponent(value.toWellFormed()),
    JSON.stringify(value).slice(1, -1),
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(value).toString('base64url'),
  ]
}

/** Replaces secrets by stars, so that every other character keeps its place. */
export function maskSecrets(text: string, secrets: readonly Secret[]): string {
  const stars = secrets.map(({ value }) => ({ value, label: '*'.repeat(value.length) }))
  return createRedactor(stars)(text)
}

const namedSecret =
  /((?:authorization|api-?key|cookie|secret|password|[-_]token\b)[\w-]*["']?\s*[:=]\s*)([^,}\n]+)/gi

/** Masks what looks like a secret by its name in a source that cannot be parsed. */
export function maskNamedSecrets(text: string): string {
  return text.replace(
    namedSecret,
    (_, name: string, value: string) => name + '*'.repeat(value.length),
  )
}

/** Redacts every text within plain objects and arrays; returns a copy. */
export function redactDeep<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === 'string') return redact(value) as T
  if (Array.isArray(value)) return value.map((item: unknown) => redactDeep(item, redact)) as T
  if (typeof value !== 'object' || value === null) return value
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const entries = Object.entries(value).map(([key, item]) => [key, redactDeep(item, redact)])
  return Object.fromEntries(entries) as T
}
