import { type Agent, request } from 'node:http'

export interface Reply {
  status: number
  headers: Readonly<Record<string, unknown>>
  text: string
}

export interface Sending {
  method?: string
  body?: unknown
  headers?: Readonly<Record<string, string>>
  agent?: Agent
  signal?: AbortSignal
}

/** Sends one request and reads the whole reply; a body that is no string is sent as JSON. */
export function send(url: string, sending: Sending = {}): Promise<Reply> {
  const { body, headers = {}, agent, signal } = sending
  const method = sending.method ?? (body === undefined ? 'GET' : 'POST')
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, headers, ...(agent && { agent }), ...(signal && { signal }) },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(
      typeof body === 'string' || body === undefined ? body : Buffer.from(JSON.stringify(body)),
    )
  })
}

export interface Frame {
  event: string | undefined
  data: string | undefined
}

/** Reads server-sent events the slow and plain way: frames by blank line, fields by line. */
export function readFrames(text: string): Frame[] {
  if (!text.endsWith('\n\n')) throw new Error('the last frame has no blank line')
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((frame) => {
      const field = (name: string): string | undefined =>
        frame
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2)
      return { event: field('event'), data: field('data') }
    })
}

/** The JSON payloads of a stream, without the sentinel and without frames that have no data. */
export function readPayloads(text: string): any[] {
  return readFrames(text)
    .filter(({ data }) => data !== undefined && data !== '[DONE]')
    .map(({ data }) => JSON.parse(data!))
}

/** Asks again until the answer satisfies; the test's own timeout is the limit. */
export async function until<T>(ask: () => Promise<T>, done: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (done(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const chat = { messages: [{ role: 'user', content: '请分类：央行宣布降息' }] }
