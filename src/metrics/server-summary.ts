import { keepKnown } from '../bench-spec/known.ts'
import type { Reading, RequestRecord, Watch } from '../engine/record.ts'
import { type Breakdown, breakDown } from './breakdown.ts'
import { compareCounts, type Ledger, sortByCertainty } from './ledger.ts'
import { compareTime, type ServerTime } from './server-time.ts'
import { type ServerTimeName, serverTimeNames, type Snapshot } from './snapshot.ts'
import { outputTokens } from './throughput.ts'

/** What a server told of a run; durations in ms, instants from the start of the measured phase. */
export interface ServerSummary {
  /** `undefined`: nothing could be read. */
  source?: Snapshot['source']
  url: string
  interval: number
  scrapes: number
  failed: number
  /** Of the first scrape that failed. */
  failure?: string
  /** The two scrapes that are compared; `undefined` without two that can be. */
  covers?: { from: number; to: number; warmup: number }
  /** Whether counters began anew between the two. */
  restarted: boolean
  /** Answers that were completed. */
  requests?: Ledger
  promptTokens?: Ledger
  /** `client`: the server's `usage`, or token events where there is none. */
  outputTokens?: Ledger & { usage?: number; events: number }
  times: Partial<Record<ServerTimeName, ServerTime>>
  breakdown?: Breakdown
  timeline: readonly { at: number; running?: number; waiting?: number }[]
}

/** Compares what a server told of itself with the records of the run, warm-up included. Pure. */
export function summarizeServer(
  watch: Watch<Snapshot>,
  records: readonly RequestRecord[],
  interval: number,
): ServerSummary {
  const { before, after, start } = watch
  const origin = start ?? watch.readings[0]?.sent ?? 0
  const restarted =
    before !== undefined && after !== undefined && hasRestarted(watch, before, after)
  const summary = keepKnown<ServerSummary>({
    source: watch.readings.at(-1)?.value.source,
    url: watch.url,
    interval,
    scrapes: watch.scrapes,
    failed: watch.failed,
    failure: watch.failure,
    covers: undefined,
    restarted,
    requests: undefined,
    promptTokens: undefined,
    outputTokens: undefined,
    times: {},
    breakdown: undefined,
    timeline: watch.readings.map(({ sent, value: { running, waiting } }) =>
      keepKnown<ServerSummary['timeline'][number]>({ at: sent - origin, running, waiting }),
    ),
  })
  if (before === undefined || after === undefined || restarted) return summary
  return { ...summary, ...compare(before, after, origin, records) }
}

function compare(
  before: Reading<Snapshot>,
  after: Reading<Snapshot>,
  origin: number,
  records: readonly RequestRecord[],
): Pick<
  ServerSummary,
  'covers' | 'requests' | 'promptTokens' | 'outputTokens' | 'times' | 'breakdown'
> {
  const counted = sortByCertainty(records, before)
  const { covered } = counted
  const grown = (key: 'finished' | 'promptTokens' | 'outputTokens'): number | undefined => {
    const last = after.value[key]
    return last === undefined ? undefined : last - (before.value[key] ?? 0)
  }
  const requests = compareCounts(grown('finished'), counted, () => 1, 1)
  const output = compareCounts(grown('outputTokens'), counted, outputTokens)
  const usage = compareCounts(0, counted, ({ completionTokens }) => completionTokens)?.client
  const times: ServerSummary['times'] = {}
  for (const name of serverTimeNames) {
    const time = compareTime(name, before.value.times[name], after.value.times[name], covered)
    if (time !== undefined) times[name] = time
  }
  return keepKnown({
    covers: {
      from: before.sent - origin,
      to: after.received - origin,
      warmup: covered.filter(({ phase }) => phase === 'warmup').length,
    },
    requests,
    promptTokens: compareCounts(grown('promptTokens'), counted, ({ promptTokens }) => promptTokens),
    outputTokens:
      output &&
      keepKnown<NonNullable<ServerSummary['outputTokens']>>({
        server: output.server,
        client: output.client,
        agrees: output.agrees,
        usage,
        events: covered.reduce((sum, { tokenTimes }) => sum + tokenTimes.length, 0),
      }),
    times,
    // Means of other clients' requests say nothing of this one's.
    breakdown: requests?.agrees === true ? breakDown(times) : undefined,
  })
}

/** Whether any count is smaller than it was: the server was started anew, or its counters were reset. */
function hasRestarted(
  { readings }: Watch<Snapshot>,
  before: Reading<Snapshot>,
  after: Reading<Snapshot>,
): boolean {
  const between = readings.filter(({ sent }) => sent > before.sent && sent < after.sent)
  const series = [before, ...between, after].map(({ value }) => listCounts(value))
  return series.some((counts, index) =>
    counts.some((count, place) => (count ?? Infinity) < (series[index - 1]?.[place] ?? 0)),
  )
}

function listCounts({ finished, promptTokens, outputTokens, times }: Snapshot) {
  const timed = serverTimeNames.map((name) => {
    const time = times[name]
    return time?.kind === 'totals' ? time.count : undefined
  })
  return [finished, promptTokens, outputTokens, ...timed]
}
