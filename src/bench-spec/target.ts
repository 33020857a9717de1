import { createIssue, type Locate, type Issue } from './issue.ts'
import { keepKnown } from './known.ts'
import type { Row, Target } from './spec.ts'
import type { StreamFormat } from './stream-format.ts'
import { fillPlaceholders, hasPlaceholder, prepareRequest } from './template.ts'
import { isWhole } from './whole-answer.ts'

/**
 * Moves a URL (or a path) to another base: scheme, credentials and host are the base's; path and
 * query stay, behind the path of the base unless they begin with it.
 */
export function rebaseUrl(url: string, base: string): string {
  const { origin, username, password, pathname } = new URL(base)
  const credentials = username === '' ? '' : `${username}${password === '' ? '' : `:${password}`}@`
  const prefix = pathname.replace(/\/+$/, '')
  // Text operations, because parsing a URL would encode the braces of its placeholders.
  const rest = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
  const path = rest.startsWith('/') ? rest : `/${rest}`
  const isBelow = `${path.split(/[?#]/, 1)[0]}/`.startsWith(`${prefix}/`)
  return `${origin.replace('://', `://${credentials}`)}${isBelow ? '' : prefix}${path}`
}

/** The keys of a document that a request is made of. */
interface RequestKeys {
  url?: string | undefined
  method?: string | undefined
  headers?: Readonly<Record<string, unknown>> | undefined
  body?: unknown
}

/** What a spec sends that does not say what to send: a request for a stream, where it wants one. */
export const defaultBody = { stream: true }

/** The request that a document asks for. */
export function readTarget(
  { url = '', method = 'POST', headers = {}, body }: RequestKeys,
  stream?: StreamFormat,
): Target {
  const usual = isWhole(stream) ? {} : defaultBody
  const sent = body === undefined && method === 'POST' ? usual : (body ?? undefined)
  return keepKnown<Target>({ url, method, headers: toTexts(headers), body: sent })
}

/** Headers with others over them, whatever the case of their names. */
export function overlayHeaders(
  headers: Target['headers'],
  own: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const replaced = new Set(Object.keys(own).map((name) => name.toLowerCase()))
  const kept = Object.entries(headers).filter(([name]) => !replaced.has(name.toLowerCase()))
  return { ...Object.fromEntries(kept), ...toTexts(own) }
}

/** Values of headers as they are sent. */
export function toTexts(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

/** What keeps a target from being requested. With a mock its URL may be a path. */
export function checkUrl(url: string, hasMock: boolean, locate: Locate): Issue[] {
  const report = (message: string): Issue[] => [createIssue(locate, ['url'], message)]
  const example = 'Write for example http://127.0.0.1:8000/v1/chat/completions.'
  if (url.startsWith('/') && !url.startsWith('//')) {
    if (hasMock) return []
    return report(
      `must be an absolute URL, got the path "${url}". Add its scheme and host, add "mock: true", or give a base URL when running.`,
    )
  }
  const parsed = URL.parse(fillPlaceholders(url, 'x'))
  if (parsed === null || (parsed.host === '' && /^https?:$/.test(parsed.protocol))) {
    return report(`must be an absolute URL, got "${url}". ${example}`)
  }
  if (!/^https?:$/.test(parsed.protocol)) {
    return report(`must be an http or https URL, got the scheme "${parsed.protocol}". ${example}`)
  }
  return []
}

const ownHeaders = ['connection', 'content-length', 'expect', 'keep-alive', 'transfer-encoding']

/** Whether a header, in lower case, is the client's to set. */
export function isOfClient(header: string): boolean {
  return ownHeaders.includes(header)
}

/** Header names and values that HTTP has no way to send, in any of the rows. */
export function checkHeaders(target: Target, rows: readonly Row[], locate: Locate): Issue[] {
  const names = Object.keys(target.headers)
  return names.flatMap((name, index): Issue[] => {
    const path = ['headers', name]
    const lower = name.toLowerCase()
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)) {
      return [
        createIssue(locate, path, 'is no name of a header. Use letters, digits and -.', 'key'),
      ]
    }
    if (isOfClient(lower)) {
      const wantsClose = lower === 'connection' && /\bclose\b/i.test(target.headers[name] ?? '')
      const advice = wantsClose ? 'Write keep_alive: false in its place.' : 'Remove it.'
      return [createIssue(locate, path, `is set by the client. ${advice}`, 'key')]
    }
    const same = names.findIndex((other) => other.toLowerCase() === lower)
    if (same !== index) {
      return [
        createIssue(locate, path, `stands here twice, as "${names[same]}" too. Remove one.`, 'key'),
      ]
    }
    const text = target.headers[name] ?? ''
    const cases = hasPlaceholder(text) ? rows : [{}]
    const faulty = cases.findIndex((row) => !isHeaderValue(fill(name, text, row)))
    if (faulty === -1) return []
    const where = hasPlaceholder(text) ? ` in row ${faulty + 1}` : ''
    const message = `must be one line of Latin-1 text${where}. Encode it, or send it in the body.`
    return [createIssue(locate, path, message)]
  })
}

function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
}

function fill(name: string, text: string, row: Row): string {
  const request = prepareRequest({ url: '', method: '', headers: { [name]: text } }, row)
  return request.headers[name] ?? ''
}

/** A URL without what may be secret: credentials, query, fragment. */
export function nameTarget(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
}

/** The path of a URL, or of what is a path already, without query and fragment; `/` where it has none. */
export function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '') || '/'
}
