import { idOf, type Order, rampInterval, type SeenStream } from './order.ts'

/** Events of an answer behind its tokens: finish reason, usage, `[DONE]`. */
const trailingEvents = 3

/** One request on its way: where a slot notes down what it sees. */
export interface Sighting {
  id: string
  sent: number
  /** The instant of every event. */
  times: Float64Array
  events: number
}

/** One connection. `send` calls `onEnd` when the answer has ended. */
export interface Slot {
  send(sighting: Sighting, onEnd: () => void): void
  close(): void
}

/** Keeps every slot busy, and refills one in the turn in which its answer has ended. */
export function runClosedLoop(
  { streams, warmup, requests, tokens }: Order,
  createSlot: () => Slot,
): Promise<SeenStream[]> {
  const seen: SeenStream[] = []
  let next = 0
  let open = streams
  return new Promise((resolve) => {
    function fill(slot: Slot): void {
      const number = next++
      if (number >= warmup + requests) {
        slot.close()
        if (--open === 0) resolve(seen)
        return
      }
      const sighting: Sighting = {
        id: idOf(number),
        sent: 0,
        times: new Float64Array(tokens + trailingEvents),
        events: 0,
      }
      slot.send(sighting, () => {
        if (number >= warmup) {
          const { id, sent, times, events } = sighting
          seen.push({ id, sent, tokenTimes: times.subarray(0, events - trailingEvents) })
        }
        fill(slot)
      })
    }
    for (let i = 0; i < streams; i++) setTimeout(fill, i * rampInterval, createSlot())
  })
}
