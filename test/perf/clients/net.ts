import { connect } from 'node:net'
import { StringDecoder } from 'node:string_decoder'

import { createParser } from 'eventsource-parser'

import { now } from '../../../src/engine/clock.ts'
import type { Sighting, Slot } from './closed-loop.ts'
import { body } from './order.ts'

/** Every socket reads into it: what came is looked at before the next read. */
const buffer = Buffer.allocUnsafe(64 * 1024)

/**
 * The least that reads such a stream: a socket, a stamp per read, and a walk from chunk to chunk, of
 * which the server makes one per event. `parsed`: the events are those of `eventsource-parser` instead.
 */
export function createNetSlot(url: string, parsed: boolean): Slot {
  const { hostname, port, pathname, search } = new URL(url)
  let sighting: Sighting | undefined
  let end: (() => void) | undefined
  let at = 0

  const onEvent = (): void => {
    if (sighting !== undefined) sighting.times[sighting.events++] = at
  }
  const parser = createParser({ onEvent })
  const decoder = new StringDecoder('utf8')
  const walk = createWalk({
    onChunk: parsed ? () => {} : onEvent,
    onData: parsed ? (from, to) => parser.feed(decoder.write(buffer.subarray(from, to))) : () => {},
    onEnd: () => end?.(),
  })
  const socket = connect({
    port: Number(port),
    host: hostname,
    noDelay: true,
    onread: {
      buffer,
      callback(length) {
        at = now()
        walk(buffer, length)
        return true
      },
    },
  })
  return {
    send(next, onEnd) {
      sighting = next
      end = onEnd
      const text =
        `POST ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n` +
        `x-request-id: ${next.id}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
      next.sent = now()
      socket.write(text, 'latin1')
    },
    close() {
      socket.destroy()
    },
  }
}

interface Walk {
  /** A chunk has begun. */
  onChunk(): void
  /** A piece of one. */
  onData(from: number, to: number): void
  onEnd(): void
}

const [cr, lf] = [13, 10]

/** Walks the head and the chunks of one answer after the other, wherever the reads cut them. */
function createWalk({ onChunk, onData, onEnd }: Walk): (bytes: Buffer, length: number) => void {
  let inside: 'head' | 'size' | 'data' = 'head'
  /** Of the head: how many of CR LF CR LF have come. */
  let ending = 0
  let size = 0
  /** Of a chunk, the CR LF behind it included. */
  let left = 0
  return (bytes, length) => {
    let i = 0
    while (i < length) {
      if (inside === 'data') {
        const data = Math.min(left - 2, length - i)
        if (data > 0) onData(i, i + data)
        const step = Math.min(left, length - i)
        i += step
        left -= step
        if (left > 0) return
        inside = size === 0 ? 'head' : 'size'
        if (size === 0) onEnd()
        size = 0
        continue
      }
      const byte = bytes[i++] ?? 0
      if (inside === 'head') {
        ending = byte === (ending % 2 === 0 ? cr : lf) ? ending + 1 : byte === cr ? 1 : 0
        if (ending < 4) continue
        ending = 0
        inside = 'size'
      } else if (byte === lf) {
        inside = 'data'
        left = size + 2
        if (size > 0) onChunk()
      } else if (byte !== cr) {
        size = 16 * size + (byte <= 57 ? byte - 48 : (byte | 32) - 87)
      }
    }
  }
}
