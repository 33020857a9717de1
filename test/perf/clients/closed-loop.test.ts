import { expect, test } from 'vitest'

import { runClosedLoop, type Slot } from './closed-loop.ts'
import { createWalk } from './net.ts'

test('sends the warm-up and the rest, each id once, and never more than the streams at a time', async () => {
  let inFlight = 0
  let most = 0
  const createSlot = (): Slot => ({
    send(sighting, onEnd) {
      most = Math.max(most, ++inFlight)
      sighting.sent = 10
      setImmediate(() => {
        // Two tokens, and the three events that end an answer.
        for (const at of [15, 35, 36, 36, 36]) sighting.times[sighting.events++] = at
        inFlight--
        onEnd()
      })
    },
    close() {},
  })
  const order = { url: '', streams: 3, warmup: 3, requests: 7, tokens: 2 }
  const seen = await runClosedLoop(order, createSlot)
  expect(seen.map(({ id }) => id).toSorted()).toEqual(
    Array.from({ length: 10 }, (_, i) => `req-${i}`),
  )
  expect(seen.map(({ tokens, times }) => [tokens, ...times])).toEqual(
    Array.from({ length: 10 }, () => [2, 5, 25]),
  )
  expect(most).toBeLessThanOrEqual(3)
})

const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n' +
    `1f\r\ndata: ${'\r\n'.repeat(11)}end\r\n4\r\n\n\r\r\n\r\n0\r\n\r\n`,
)

test('chunks are walked alike, wherever two answers are cut', () => {
  const bytes = Buffer.concat([answer, answer])
  for (let cut = 1; cut < bytes.length; cut++) {
    const found = { chunks: 0, data: '', ends: 0 }
    let read: Buffer = bytes
    const walk = createWalk({
      onChunk: () => found.chunks++,
      onData(from, to) {
        found.data += read.toString('latin1', from, to)
      },
      onEnd: () => found.ends++,
    })
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      read = piece
      walk(piece, piece.length)
    }
    const data = `data: ${'\r\n'.repeat(11)}end\n\r\r\n`
    expect(found, `cut at ${cut}`).toEqual({ chunks: 4, data: data + data, ends: 2 })
  }
})
