import type { IncomingHttpHeaders } from 'node:http'

import type { Dialect, Route } from './dialect/dialect.ts'

/** The API key that a request carries where its format has it; `undefined`: none. */
export function readKey(
  headers: IncomingHttpHeaders,
  { query }: Route,
  dialect: Dialect | undefined,
): string | undefined {
  const place = dialect?.key ?? 'bearer'
  if (place === 'bearer') return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  const header = headers[place]
  if (typeof header === 'string') return header
  return place === 'x-goog-api-key' ? (query.get('key') ?? undefined) : undefined
}
