import { keepKnown } from '../bench-spec/known.ts'
import type { ClientTrust, ProcessTrust } from '../engine/record.ts'
import { type RoundFigures, storedMetrics } from '../verdict/figures.ts'
import type { LoadProcessDocument, RoundTimesDocument, Results } from './results.ts'

/** The rounds of a document as the verdict takes them. */
export function readRounds({ rounds }: Results): RoundFigures[] {
  return rounds.map((document) => {
    const { round, completed, failed, good } = document
    const { requests_per_second: requests, output_tokens_per_second: tokens } = document
    return keepKnown<RoundFigures>({
      round,
      completed,
      failed,
      good: good ?? undefined,
      requestsPerSecond: requests ?? undefined,
      outputTokensPerSecond: tokens ?? undefined,
      times: Object.fromEntries(
        storedMetrics.map((metric) => [metric, readTimes(document[`${metric}_ms`])]),
      ),
    })
  })
}

/** What the load processes of a document told of themselves. */
export function readTrust({ client }: Results): ClientTrust | undefined {
  if (client === null) return undefined
  const processes = client.processes?.map(readProcess)
  return keepKnown<ClientTrust>({ ...readProcess(client), processes })
}

function readProcess(client: LoadProcessDocument): ProcessTrust {
  return keepKnown<ProcessTrust>({
    eventLoopUtilization: client.event_loop_utilization,
    eventLoopDelayP50: client.event_loop_delay_p50_ms ?? undefined,
    eventLoopDelayP99: client.event_loop_delay_p99_ms ?? undefined,
    eventLoopDelayMax: client.event_loop_delay_max_ms ?? undefined,
    gcPauses: client.gc_pauses,
    gcTotal: client.gc_total_ms,
    gcMax: client.gc_max_ms,
    cpuShare: client.cpu_share,
    runQueueShare: client.run_queue_share ?? undefined,
  })
}

function readTimes(times: RoundTimesDocument | null): NonNullable<RoundFigures['times']['ttft']> {
  const known = Object.entries(times ?? {}).filter(([, value]) => value !== null)
  return Object.fromEntries(
    known.map(([stat, value]) => [stat, value === 'infinite' ? Infinity : Number(value)]),
  )
}
