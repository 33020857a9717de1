import { keepKnown } from '../bench-spec/known.ts'
import { cleanLine } from '../bench-spec/plain-text.ts'

/** Sends one request to a repository's part of GitHub's REST API and resolves to the answer's JSON. */
export type Api = (
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: object,
) => Promise<unknown>

/** ms for one request. */
const patience = 15_000

/**
 * @param given `url` without a slash at its end, `repository` as owner/name.
 * @throws {Error} in one line when the answer is not 2xx or does not come; the token is never in it.
 */
export function createApi(given: { url: string; repository: string; token: string }): Api {
  const base = `${given.url}/repos/${given.repository}`
  return async (method, path, body) => {
    const response = await fetch(
      `${base}/${path}`,
      keepKnown<RequestInit>({
        method,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${given.token}`,
          'content-type': 'application/json',
          'user-agent': 'slogate',
          'x-github-api-version': '2022-11-28',
        },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(patience),
      }),
    ).catch((error: unknown) => {
      throw new Error(cleanLine(describeFailure(error)))
    })
    const text = await response.text()
    if (response.ok) return JSON.parse(text) as unknown
    throw new Error(`HTTP ${response.status}${readMessage(text)}`)
  }
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

/** GitHub's own words, for example `Resource not accessible by integration`. */
function readMessage(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? ` ${cleanLine(message).slice(0, 200)}` : ''
  } catch {
    return ''
  }
}
