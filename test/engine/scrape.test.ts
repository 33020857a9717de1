import { gzipSync } from 'node:zlib'

import { afterEach, expect, test, vi } from 'vitest'

import { createLeanConnection } from '../../src/engine/lean-connection.ts'
import { scrape } from '../../src/engine/scrape.ts'
import { refusingUrl, serve } from '../_server.ts'
import { fakeConnection } from './_connection.ts'

afterEach(() => {
  vi.useRealTimers()
})

async function scrapeOnce(url: string, headers: Record<string, string> = {}) {
  const connection = createLeanConnection()
  const result = await scrape(connection, url, headers)
  await connection.close()
  return result
}

test('gets a page as text, between two instants', async () => {
  const server = await serve((request, response) => {
    response.end(`${request.method} ${request.url} ${request.headers['accept-encoding']} 中`)
  })
  const page = await scrapeOnce(`${server.url}/metrics?a=1`)
  await server.close()
  expect(page).toMatchObject({ text: 'GET /metrics?a=1 identity 中' })
  expect(page.received).toBeGreaterThan(page.sent)
})

test('follows no redirect, so that no header goes elsewhere', async () => {
  const seen: string[] = []
  const other = await serve((request, response) => {
    seen.push(String(request.headers.authorization))
    response.end('vllm:a 1')
  })
  const server = await serve((_request, response) => {
    response.writeHead(302, { location: other.url })
    response.end()
  })
  const page = await scrapeOnce(server.url, { authorization: 'Bearer sk-0123456789' })
  await Promise.all([server.close(), other.close()])
  expect(page).toMatchObject({ failure: 'status 302' })
  expect(seen).toEqual([])
})

test('a page that has no end is given up', async () => {
  const server = await serve((_request, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(65_536))) if (response.destroyed) return
      response.once('drain', more)
    }
    more()
  })
  const page = await scrapeOnce(server.url)
  await server.close()
  expect(page).toMatchObject({ failure: 'more than 4194304 bytes' })
})

test('a compressed page is not unpacked', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(gzipSync('x'))
  })
  const page = await scrapeOnce(server.url)
  await server.close()
  expect(page).toMatchObject({ failure: 'a compressed body' })
})

test('a connection that is refused or breaks is a failure in one line', async () => {
  expect(await scrapeOnce(await refusingUrl())).toMatchObject({
    failure: expect.stringMatching(/^connect ECONNREFUSED [^\n]*$/),
  })
  const server = await serve((request) => {
    request.socket.destroy()
  })
  expect(await scrapeOnce(server.url)).toHaveProperty('failure')
  await server.close()
})

test('a page that does not come is given up after three seconds', async () => {
  vi.useFakeTimers()
  const connection = fakeConnection()
  const page = scrape(connection, 'http://127.0.0.1/metrics', {})
  await vi.advanceTimersByTimeAsync(2_999)
  expect(connection.cancelled).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1)
  expect(connection.cancelled?.message).toBe('no answer within 3 s')
  expect(await page).toMatchObject({ failure: 'no answer within 3 s' })
})
