import { Client } from 'undici'

import { now } from '../../../src/engine/clock.ts'
import type { Sighting, Slot } from './closed-loop.ts'
import { body } from './order.ts'

const lf = 10
const eventEnd = Buffer.of(lf, lf)

/** undici's `dispatch`, a client per slot: a stamp per piece, and a search for the ends of events. */
export function createUndiciSlot(url: string): Slot {
  const { origin, pathname, search } = new URL(url)
  const client = new Client(origin, {
    pipelining: 1,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 60_000,
  })
  return {
    send(sighting: Sighting, onEnd) {
      /** Whether the piece before ended between the two line feeds of an event. */
      let half = false
      client.dispatch(
        {
          path: pathname + search,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-request-id': sighting.id },
          body,
        },
        {
          onRequestStart() {
            sighting.sent = now()
          },
          onResponseStart() {},
          onResponseData(_controller, chunk) {
            const at = now()
            let end = 0
            if (half && chunk[0] === lf) {
              sighting.times[sighting.events++] = at
              end = 1
            }
            for (let i = chunk.indexOf(eventEnd, end); i >= 0; i = chunk.indexOf(eventEnd, end)) {
              sighting.times[sighting.events++] = at
              end = i + 2
            }
            half = end < chunk.length && chunk.at(-1) === lf
          },
          onResponseEnd() {
            onEnd()
          },
          onResponseError(_controller, error) {
            throw error
          },
        },
      )
    },
    close() {
      void client.destroy()
    },
  }
}
