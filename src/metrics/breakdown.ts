import { keepKnown } from '../bench-spec/known.ts'
import type { ServerTime } from './server-time.ts'
import type { ServerTimeName } from './snapshot.ts'

/** The client's mean latency in parts that add up to it, ms; none is below 0. */
export interface Breakdown {
  latency: number
  /** `undefined`: the server does not tell it from the prefill. */
  queue?: number
  /** From the queue to the first token. */
  prefill?: number
  /** Queue and prefill together. */
  firstToken: number
  decode: number
  /** What the server does not account for: network, gateway, client. */
  outside: number
}

/** The mean of one time, ms, and whose it is. */
export interface MeanTime {
  of: 'server' | 'client'
  time: 'queue' | 'ttft' | 'latency'
  mean: number
}

/** What becomes of the client's mean latency beside the times of a server that counted the same requests. */
export type Division =
  | ({ kind: 'breakdown' } & Breakdown)
  /** `part` is longer than what it would have to be a part of. */
  | { kind: 'impossible'; part: MeanTime; whole: MeanTime }
  /** The client saw the first token long after the server had it; mean ttft of each, ms. */
  | { kind: 'held-back'; server: number; client: number }

/** Share of the client's ttft for which a token was there and did not come. */
const heldBackFrom = 0.25

/**
 * Parts of the mean, because means add up and percentiles do not: ttft = queue + prefill, the
 * server's latency = ttft + decode, the client's latency = the server's + what is outside of it.
 * Each is shorter than what it is a part of; where it is not, the times are not those of the same
 * answers. Means of requests of which some are others may differ by as large a share as these are:
 * by so much the longer one is cut.
 *
 * A first token that comes later than everything outside of the server makes it was held back.
 *
 * `undefined` without ttft and latency of the server and latency of the client.
 */
export function divideLatency(
  times: Partial<Record<ServerTimeName, ServerTime>>,
): Division | undefined {
  const { ttft, latency, queue } = times
  if (ttft === undefined || latency?.client === undefined) return undefined
  const seen = { ttft: ttft.client, latency: latency.client }
  const outside = Math.max(0, seen.latency.mean - latency.mean)
  if (
    seen.ttft !== undefined &&
    seen.ttft.mean - ttft.mean - outside > heldBackFrom * seen.ttft.mean
  ) {
    return { kind: 'held-back', server: ttft.mean, client: seen.ttft.mean }
  }

  const own = toTimed('server', 'latency', latency)
  const first = toTimed('server', 'ttft', ttft)
  const waited = queue && toTimed('server', 'queue', queue)
  const pairs: [part: Timed | undefined, whole: Timed | undefined][] = [
    [waited, first],
    [first, own],
    [first, seen.ttft && toTimed('client', 'ttft', seen.ttft)],
    [own, toTimed('client', 'latency', seen.latency)],
  ]
  for (const [part, whole] of pairs) {
    if (part === undefined || whole === undefined || fits(part, whole)) continue
    const { count: _, ...longer } = part
    const { count: __, ...shorter } = whole
    return { kind: 'impossible', part: longer, whole: shorter }
  }

  const whole = Math.min(latency.mean, seen.latency.mean)
  const firstToken = Math.min(ttft.mean, whole)
  const wait = queue && Math.min(queue.mean, firstToken)
  return keepKnown<Division>({
    kind: 'breakdown',
    latency: seen.latency.mean,
    queue: wait,
    prefill: wait === undefined ? undefined : firstToken - wait,
    firstToken,
    decode: whole - firstToken,
    outside,
  })
}

type Timed = MeanTime & { count: number }

function toTimed(
  of: Timed['of'],
  time: Timed['time'],
  { mean, count }: { mean: number; count: number },
): Timed {
  return { of, time, mean, count }
}

/** Whether the part is no longer than the whole, but for the requests that only one of them is of. */
function fits(part: Timed, whole: Timed): boolean {
  const others = Math.abs(part.count - whole.count) / Math.max(part.count, whole.count)
  return part.mean <= whole.mean * (1 + others)
}
