import { keepKnown } from '../bench-spec/known.ts'
import type { ServerTime } from './server-time.ts'
import type { ServerTimeName } from './snapshot.ts'

/** The client's mean latency in parts that add up to it, ms. */
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

/**
 * Parts of the mean, because means add up and percentiles do not: ttft = queue + prefill, the
 * server's latency = ttft + decode, the client's latency = the server's + what is outside of it.
 * `undefined` without ttft and latency of the server and latency of the client.
 */
export function breakDown(
  times: Partial<Record<ServerTimeName, ServerTime>>,
): Breakdown | undefined {
  const { ttft, latency, queue } = times
  if (ttft === undefined || latency?.client === undefined) return undefined
  return keepKnown<Breakdown>({
    latency: latency.client.mean,
    queue: queue?.mean,
    prefill: queue && ttft.mean - queue.mean,
    firstToken: ttft.mean,
    decode: latency.mean - ttft.mean,
    outside: latency.client.mean - latency.mean,
  })
}
