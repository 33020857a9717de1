import { canHide } from './environment.ts'
import type { Path } from './issue.ts'
import type { Secret } from './spec.ts'

/** A secret that stands in the document itself, with its place. */
export interface LiteralSecret extends Secret {
  path: Path
}

const secretHeader = /^(proxy-)?authorization$|^cookie$|api-key|token|secret/i
const secretQuery = /key|token|secret|password|signature|^sig$|auth|credential/i

/**
 * Finds the values of a target, of the one under `baseline` and of each kind of `mix`, that are secrets by their name:
 * headers, query parameters, and the password of a URL. Takes a document that has not been checked;
 * values that still hold `${VAR}` or `{{column}}` are none.
 */
export function findSecrets(document: unknown): LiteralSecret[] {
  if (typeof document !== 'object' || document === null) return []
  const {
    headers,
    url,
    baseline,
    mix,
    server_metrics: metrics,
  } = document as Record<string, unknown>
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
  const kinds = (Array.isArray(mix) ? mix : []).flatMap((kind: unknown, index) =>
    findSecrets(kind).map((secret) => ({ ...secret, path: ['mix', index, ...secret.path] })),
  )
  return [...found.filter(({ value }) => canHide(value) && !isOpen(value)), ...second, ...kinds]
}

/** Whether a value is still to be filled from the environment or from a row. */
function isOpen(value: string): boolean {
  return /\$\{|\{\{.*\}\}/.test(value)
}

function findInHeaders(headers: unknown): LiteralSecret[] {
  if (typeof headers !== 'object' || headers === null) return []
  return Object.entries(headers).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== 'string' || !secretHeader.test(name)) return []
    const [, scheme = '', credentials] = /^\s*(\S+)\s+(\S+)\s*$/.exec(value) ?? []
    // `Bearer EMPTY`, as servers without keys want it, hides nothing.
    if (credentials !== undefined && !canHide(credentials)) return []
    const values = [value]
    if (/cookie/i.test(name)) values.push(...listCookies(value))
    else if (credentials !== undefined) values.push(credentials)
    if (/^basic$/i.test(scheme)) values.push(...decodeUser(credentials ?? ''))
    const label = `[${name.toLowerCase()}]`
    return values.map((text) => ({ value: text, label, path: ['headers', name] }))
  })
}

/** What a server may repeat of a cookie without its neighbours. */
function listCookies(value: string): string[] {
  const pairs = value.split(';').filter((pair) => pair.includes('='))
  return pairs.map((pair) => pair.slice(pair.indexOf('=') + 1).trim())
}

/** User and password, and the password, of a Basic authorization. */
function decodeUser(credentials: string): string[] {
  const pair = Buffer.from(credentials, 'base64').toString()
  return pair.includes(':') ? [pair, pair.slice(pair.indexOf(':') + 1)] : []
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

const namedSecret =
  /((?:authorization|api-?key|cookie|secret|password|[-_]token\b)[\w-]*["']?\s*[:=]\s*)([^,}\n]+)/gi

/** Masks what looks like a secret by its name in a source that cannot be parsed. */
export function maskNamedSecrets(text: string): string {
  return text.replace(
    namedSecret,
    (_, name: string, value: string) => name + '*'.repeat(value.length),
  )
}
