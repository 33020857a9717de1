import type { SeenStream } from './clients/order.ts'
import { quantileOf } from './comparison.ts'
import type { CpuReadings } from './process-tree.ts'
import type { SentStream } from './stream-server.ts'

/** How true a client is in one run, by the server's own stamps. */
export interface Accuracy {
  /** Client TTFT − that of the server, ms. */
  ttftErrorP50: number
  ttftErrorP99: number
  /** Client gap between two tokens − that of the server, its size, ms; NaN where several go in a send. */
  gapErrorP99: number
  eventsPerSecond: number
  /** µs of the client's processes per token while it loads. */
  cpuPerEvent: number
}

/**
 * Matches what a client saw with what the server sent, by id. Of `log` the first `warmup` are those of
 * the warm-up.
 *
 * @throws Error unless both know the same measured requests with the same number of tokens.
 */
export function measureAccuracy(
  seen: readonly SeenStream[],
  log: readonly SentStream[],
  warmup: number,
  cpu: CpuReadings,
): Accuracy {
  const sent = log.slice(warmup)
  const byId = new Map(sent.map((stream) => [stream.id, stream]))
  if (byId.size !== sent.length) throw new Error('the server has seen an id more than once')
  if (seen.length !== sent.length) {
    throw new Error(`${seen.length} requests were told of ${sent.length} that were sent`)
  }
  const ttftErrors: number[] = []
  const gapErrors: number[] = []
  for (const { id, sent: dispatched, tokenTimes } of seen) {
    const truth = byId.get(id)
    if (truth === undefined) throw new Error(`the server knows nothing of ${id}`)
    if (truth.tokens !== tokenTimes.length || !truth.ended) {
      throw new Error(`${tokenTimes.length} tokens of ${id} were told of ${truth.tokens}`)
    }
    ttftErrors.push((tokenTimes[0] ?? 0) - dispatched - (truth.first - truth.received))
    if (truth.sends.length !== tokenTimes.length) continue
    for (let i = 1; i < tokenTimes.length; i++) {
      const gap = (tokenTimes[i] ?? 0) - (tokenTimes[i - 1] ?? 0)
      gapErrors.push(Math.abs(gap - ((truth.sends[i] ?? 0) - (truth.sends[i - 1] ?? 0))))
    }
  }
  const from = sent.reduce((least, { received }) => Math.min(least, received), Infinity)
  const to = sent.reduce((most, { last }) => Math.max(most, last), 0)
  const tokens = countTokens(log, from)
  return {
    ttftErrorP50: quantileOf(ttftErrors, 0.5),
    ttftErrorP99: quantileOf(ttftErrors, 0.99),
    gapErrorP99: quantileOf(gapErrors, 0.99),
    eventsPerSecond: (1000 * tokens) / (to - from),
    cpuPerEvent: (1000 * cpu.between(from, to)) / tokens,
  }
}

/** Sent from an instant on: the last of the warm-up are still on their way when measuring begins. */
function countTokens(log: readonly SentStream[], from: number): number {
  let sum = 0
  for (const { sends, tokens } of log) {
    sum += (tokens * sends.filter((at) => at >= from).length) / sends.length
  }
  return sum
}
