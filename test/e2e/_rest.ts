import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { onTestFinished } from 'vitest'

export interface Call {
  method: string
  url: string
  token: string
  body: Record<string, unknown>
}

export interface FakeComment {
  id: number
  body: string
  user: { type: string }
  author_association: string
}

/** The parts of GitHub's REST API that are written to, for the repository octo/shop. */
export interface FakeRest {
  url: string
  calls: Call[]
  comments: FakeComment[]
  /** Paths that are refused as a token without the permission is. */
  refuse: RegExp | undefined
}

export async function startRest(): Promise<FakeRest> {
  const rest: FakeRest = { url: '', calls: [], comments: [], refuse: undefined }
  const server = createServer((request, response) => void answer(rest, request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  rest.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return rest
}

async function answer(
  rest: FakeRest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = (await request.setEncoding('utf8').toArray()).join('')
  const { method = '', url = '', headers } = request
  const body = JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>
  rest.calls.push({ method, url, token: headers.authorization ?? '', body })
  const reply = (status: number, answered: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answered))
  }
  if (rest.refuse?.test(url) === true) {
    reply(403, { message: 'Resource not accessible by integration' })
    return
  }
  const { pathname, searchParams } = new URL(url, rest.url)
  const [, id] = /^\/repos\/octo\/shop\/issues\/comments\/(\d+)$/.exec(pathname) ?? []
  const comment = rest.comments.find((each) => String(each.id) === id)
  if (method === 'PATCH' && comment !== undefined) {
    comment.body = String(body['body'])
    reply(200, comment)
  } else if (pathname === '/repos/octo/shop/issues/7/comments' && method === 'GET') {
    const size = Number(searchParams.get('per_page'))
    const first = (Number(searchParams.get('page')) - 1) * size
    reply(200, rest.comments.slice(first, first + size))
  } else if (pathname === '/repos/octo/shop/issues/7/comments' && method === 'POST') {
    const made = { id: rest.comments.length + 1, body: String(body['body']), ...bot }
    rest.comments.push(made)
    reply(201, made)
  } else if (pathname === '/repos/octo/shop/check-runs' && method === 'POST') {
    reply(201, { id: 1 })
  } else {
    reply(404, { message: 'Not Found' })
  }
}

const bot = { user: { type: 'Bot' }, author_association: 'NONE' }
