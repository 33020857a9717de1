import { keepKnown } from '../bench-spec/known.ts'
import { formatQuantity } from './quantity.ts'
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

/** `Of 141ms mean latency decode takes 64%, prefill 30%, queueing 4%, network and client 2%.` */
export function explainBreakdown(breakdown: Breakdown): string {
  const { latency, queue, prefill, firstToken, decode, outside } = breakdown
  const parts: Readonly<Record<string, number>> = {
    ...(queue === undefined || prefill === undefined
      ? { 'queueing and prefill': firstToken }
      : { queueing: queue, prefill }),
    decode,
    'network and client': outside,
  }
  const [largest = '', ...others] = Object.entries(parts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, ms]) => `${name} ${Math.max(0, Math.round((100 * ms) / latency))}%`)
  const takes = largest.replace(/ (?=\d)/, largest.includes(' and ') ? ' take ' : ' takes ')
  return `Of ${formatQuantity(latency, 'ms')} mean latency ${[takes, ...others].join(', ')}.`
}
