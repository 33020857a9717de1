import type { IncomingHttpHeaders } from 'node:http'

import type { Dialect, Route } from '../dialect/dialect.ts'

/** The API key that a request carries: a bearer token, or where its format has it; `undefined`: none. */
export function readKey(
  headers: IncomingHttpHeaders,
  { query }: Route,
  dialect: Dialect | undefined,
): string | undefined {
  const [, bearer] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? []
  const place = dialect?.key
  if (bearer !== undefined || place === undefined) return bearer
  const header = headers[place.header]
  if (typeof header === 'string') return header
  return place.query === undefined ? undefined : (query.get(place.query) ?? undefined)
}
