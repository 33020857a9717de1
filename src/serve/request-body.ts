import type { IncomingMessage } from 'node:http'

import { Refusal } from './refusal.ts'

/** Bytes. */
const mostBytes = 64 * 1024

/**
 * Reads a body that is JSON.
 * @throws {Refusal} 400, 413 or 415; of the body it says nothing: a key may be in it.
 * @throws Error when the client has gone.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const { headers } = request
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new Refusal(415, 'The body must be JSON: send Content-Type: application/json.')
  }
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? '')) {
    throw new Refusal(415, 'The body must not be compressed.')
  }
  const text = decode(await readBytes(request))
  try {
    return JSON.parse(text)
  } catch (error) {
    const [at = ''] = / at position \d+/.exec((error as Error).message) ?? []
    throw new Refusal(400, `The body is no JSON${at}.`)
  }
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = new Refusal(413, `The body must have at most ${mostBytes / 1024} KiB.`)
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return Promise.reject(tooLarge)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= mostBytes) chunks.push(chunk)
      else reject(tooLarge)
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
    request.once('close', () => reject(new Error('the client has gone')))
  })
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal(400, 'The body is no UTF-8.')
  }
}
