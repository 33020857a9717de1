import type { IncomingMessage } from 'node:http'

import { Refusal } from '../plan/refusal.ts'

const limit = 8 * 1024 * 1024

/** The body as text, or what stands against it: it is too large, or its client is gone. */
export async function readBody(request: IncomingMessage): Promise<string | Refusal> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      // Read to the end all the same, so that the connection can be used again.
      if (size <= limit) chunks.push(chunk)
    }
  } catch {
    return new Refusal(400, 'The body is not complete')
  }
  if (size > limit) return new Refusal(413, `The body is larger than ${limit} bytes`)
  return Buffer.concat(chunks).toString('utf8')
}
