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
  /** By how much the server itself was late, ms: the most in each answer. */
  serverLateP99: number
}

/**
 * Matches what a client saw with what the server sent, by id. The first `warmup` requests of the log
 * are those of the warm-up.
 *
 * @throws Error unless both know the same requests with the same number of tokens.
 */
export function measureAccuracy(
  seen: readonly SeenStream[],
  log: readonly SentStream[],
  warmup: number,
  cpu: CpuReadings,
): Accuracy {
  const pairs = matchStreams(seen, log)
  const sent = log.slice(warmup)
  const ttftErrors: number[] = []
  const gapErrors: number[] = []
  for (const truth of sent) {
    const { times } = pairs.get(truth) ?? { times: [] }
    ttftErrors.push((times[0] ?? Number.NaN) - (truth.first - truth.received))
    const { sends } = truth
    // Some tell no gaps, and some of one more: what they take the end for. Of several tokens in a send
    // there are none to tell.
    if (times.length < truth.tokens || sends.length < truth.tokens) continue
    for (let i = 1; i < sends.length; i++) {
      const gap = (times[i] ?? 0) - (times[i - 1] ?? 0)
      gapErrors.push(Math.abs(gap - ((sends[i] ?? 0) - (sends[i - 1] ?? 0))))
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
    serverLateP99: quantileOf(
      sent.map(({ late }) => late),
      0.99,
    ),
  }
}

/** What was seen of each stream that was sent. */
function matchStreams(
  seen: readonly SeenStream[],
  log: readonly SentStream[],
): Map<SentStream, SeenStream> {
  if (seen.length !== log.length) {
    throw new Error(`it knows of ${seen.length} requests, the server of ${log.length}`)
  }
  const byId = new Map(
    log.flatMap((stream) => [
      [stream.id, stream],
      [stream.answer, stream],
    ]),
  )
  const pairs = new Map<SentStream, SeenStream>()
  for (const stream of seen) {
    const truth = byId.get(stream.id)
    if (truth === undefined) throw new Error(`the server knows nothing of ${stream.id}`)
    if (pairs.has(truth)) throw new Error(`it knows ${stream.id} twice`)
    if (!truth.ended) throw new Error(`${stream.id} was given up`)
    if (truth.tokens !== stream.tokens) {
      throw new Error(
        `it counts ${stream.tokens} tokens of ${stream.id}, the server ${truth.tokens}`,
      )
    }
    pairs.set(truth, stream)
  }
  return pairs
}

/** Sent from an instant on: the last of the warm-up are still on their way when measuring begins. */
function countTokens(log: readonly SentStream[], from: number): number {
  let sum = 0
  for (const { sends, tokens } of log) {
    sum += (tokens * sends.filter((at) => at >= from).length) / sends.length
  }
  return sum
}
