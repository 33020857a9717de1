import { now } from './clock.ts'
import type { Connection } from './connection.ts'

/** What came of one look at a page; instants as in `RequestMarks`. */
export type Scrape = { sent: number; received: number } & ({ text: string } | { failure: string })

/** ms a page may take. */
const deadline = 3_000

/** Bytes of a page. vLLM's has some 100 KiB. */
const sizeLimit = 4 * 1024 * 1024

/**
 * Gets one page as text. Always resolves: what goes wrong is a failure in words that are not cleaned. Redirects are
 * not followed, so that no header goes where the spec did not send it.
 */
export function scrape(
  connection: Connection,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Scrape> {
  const { promise, resolve } = Promise.withResolvers<Scrape>()
  const sent = now()
  const chunks: Uint8Array[] = []
  let size = 0
  let refusal: string | undefined

  const timer = setTimeout(() => give(`no answer within ${deadline / 1000} s`), deadline)
  const end = (outcome: { text: string } | { failure: string }): void => {
    clearTimeout(timer)
    resolve({ sent, received: now(), ...outcome })
  }
  const give = (failure: string): void => {
    end({ failure })
    connection.cancel(new Error(failure))
  }

  connection.send(
    { url, method: 'GET', headers: { 'accept-encoding': 'identity', ...headers } },
    {
      onSend() {},
      onHeaders(status, { 'content-encoding': encoding = 'identity' }) {
        if (status !== 200) refusal = `status ${status}`
        else if (encoding !== 'identity') refusal = 'a compressed body'
      },
      onData(chunk) {
        size += chunk.length
        if (size > sizeLimit) give(`more than ${sizeLimit} bytes`)
        else if (refusal === undefined) chunks.push(Uint8Array.from(chunk))
      },
      onEnd() {
        if (refusal !== undefined) end({ failure: refusal })
        else end({ text: new TextDecoder().decode(Buffer.concat(chunks)) })
      },
      onError(error) {
        end({ failure: error.message })
      },
    },
  )
  return promise
}
