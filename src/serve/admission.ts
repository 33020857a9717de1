import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

import { Refusal } from './refusal.ts'

/** Whom a server answers. */
export interface Admission {
  /** Names of the server beside `localhost` and addresses, in small letters. */
  hostNames: readonly string[]
  /** What every request must carry; `undefined`: nothing. */
  token: string | undefined
}

/**
 * Lets in who may use the server: by the name that it is asked for, so that no page reaches it by a
 * name of its own that was turned to this machine; by the origin of the page that asks; by the token.
 * @throws {Refusal} 400, 401, 403 or 421
 */
export function admit(request: IncomingMessage, { hostNames, token }: Admission): void {
  const { headers, method } = request
  checkHost(headers.host, hostNames)
  if (!isOwnPage(headers)) {
    throw new Refusal(
      403,
      'A page of another origin may not use this server. Open it from this server, or from localhost.',
    )
  }
  // What a browser asks beforehand carries none.
  if (token === undefined || method === 'OPTIONS' || carries(headers.authorization, token)) return
  throw new Refusal(
    401,
    'This server wants its token: Authorization: Bearer TOKEN, or as the password of a browser.',
    { headers: { 'www-authenticate': 'Basic realm="slogate serve", charset="UTF-8"' } },
  )
}

/** Headers that let pages of this machine read an answer. */
export function allowOrigin({ origin }: IncomingHttpHeaders): Record<string, string> {
  if (origin === undefined || !isLocal(origin)) return { vary: 'Origin' }
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'Allow',
  }
}

function checkHost(host: string | undefined, hostNames: readonly string[]): void {
  const name = host === undefined ? undefined : URL.parse(`http://${host}`)?.hostname
  if (name === undefined || host === undefined) {
    throw new Refusal(400, 'The request has no Host header that can be used.')
  }
  if (isAddress(name) || name === 'localhost' || hostNames.includes(name)) return
  throw new Refusal(
    421,
    `This server is not known as ${name.slice(0, 100)}. Ask for localhost, or start it with --allow-host ${name.slice(0, 100)}.`,
  )
}

/** Whether no page asks, or one of this machine, or one of this server. */
function isOwnPage(headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers
  if (origin !== undefined) {
    return isLocal(origin) || URL.parse(origin)?.host === URL.parse(`http://${host}`)?.host
  }
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  // A link on another page may lead here.
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

function isLocal(origin: string): boolean {
  const url = URL.parse(origin)
  if (url === null || !/^https?:$/.test(url.protocol)) return false
  return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
}

function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) > 0
}

function carries(authorization: string | undefined, token: string): boolean {
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(authorization ?? '') ?? []
  if (/^bearer$/i.test(scheme)) return equals(credentials, token)
  if (!/^basic$/i.test(scheme)) return false
  const pair = Buffer.from(credentials, 'base64').toString()
  return equals(pair.slice(pair.indexOf(':') + 1), token)
}

/** Takes as long whatever differs. */
function equals(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
