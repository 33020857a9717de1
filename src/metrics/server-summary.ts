import { oneChoice } from '../bench-spec/choices.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { countTokenTimes } from '../engine/packed-records.ts'
import type { Reading, Records, RequestRecord, Watch } from '../engine/record.ts'
import { compareCounts, countAs, type FindChoices, type Ledger, sortByCertainty } from './ledger.ts'
import { type LeavingNoticed, measureNoticed } from './left-clients.ts'
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
  /** Answers that were completed; of vLLM each choice of them. */
  requests?: Ledger
  /** Requests some of which asked for several choices, and these choices; vLLM counts the latter. */
  several?: { requests: number; choices: number }
  /** Of one answer per request; `undefined`: no client went away, or the counts do not tell. */
  leaving?: LeavingNoticed
  promptTokens?: Ledger
  /** `client`: the server's `usage`, or token events where there is none. */
  outputTokens?: Ledger & { usage?: number; events: number }
  /** Tokens of prompts that were looked for in its prefix cache, and those found; of vLLM. */
  prefixCache?: { queries: number; hits: number }
  times: Partial<Record<ServerTimeName, ServerTime>>
  /** Of how many answers it tells times that are not all of this run, and how many it finished since. */
  window?: { window: number; finished: number }
  timeline: readonly { at: number; running?: number; waiting?: number }[]
}

/**
 * Compares what a server told of itself with the records of the run, warm-up included. Pure.
 * `findChoices`: what each request asked for, one answer by default.
 */
export function summarizeServer(
  watch: Watch<Snapshot>,
  records: Records,
  interval: number,
  findChoices: FindChoices = () => oneChoice,
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
    several: undefined,
    leaving: undefined,
    promptTokens: undefined,
    outputTokens: undefined,
    prefixCache: undefined,
    times: {},
    window: undefined,
    timeline: watch.readings.map(({ sent, value: { running, waiting } }) =>
      keepKnown<ServerSummary['timeline'][number]>({ at: sent - origin, running, waiting }),
    ),
  })
  if (before === undefined || after === undefined || restarted) return summary
  const first = watch.readings[0] ?? before
  return { ...summary, ...compare({ first, before, after }, { origin, records, findChoices }) }
}

function compare(
  /** `first`: before anything was sent. */
  { first, before, after }: Record<'first' | 'before' | 'after', Reading<Snapshot>>,
  given: { origin: number; records: Records; findChoices: FindChoices },
): Pick<
  ServerSummary,
  | 'covers'
  | 'requests'
  | 'several'
  | 'leaving'
  | 'promptTokens'
  | 'outputTokens'
  | 'prefixCache'
  | 'times'
  | 'window'
> {
  const { origin, records } = given
  const counted = sortByCertainty(records, before)
  const { completed, covered } = counted
  const choicesOf = countAs(after.value, given.findChoices)
  const countChoices = (record: RequestRecord): number => choicesOf(record).all
  const choices = covered.reduce((sum, record) => sum + countChoices(record), 0)
  const grown = (
    key: 'finished' | 'promptTokens' | 'outputTokens' | 'cacheQueries' | 'cacheHits',
  ): number | undefined => {
    const last = after.value[key]
    return last === undefined ? undefined : last - (before.value[key] ?? 0)
  }
  const [queries, hits] = [grown('cacheQueries'), grown('cacheHits')]
  const requests = compareCounts(grown('finished'), counted, countChoices, countChoices)
  const output = compareCounts(grown('outputTokens'), counted, outputTokens)
  const usage = compareCounts(0, counted, ({ completionTokens }) => completionTokens)?.client
  const finished = (after.value.finished ?? 0) - (first.value.finished ?? 0)
  const times: ServerSummary['times'] = {}
  let window: ServerSummary['window']
  for (const name of serverTimeNames) {
    const [earlier, last] = [before.value.times[name], after.value.times[name]]
    if (last?.kind === 'latest' && last.count > finished) {
      window = { window: last.count, finished }
      continue
    }
    const time = compareTime(name, earlier, last, last?.kind === 'latest' ? completed : covered)
    if (time !== undefined) times[name] = time
  }
  return keepKnown({
    covers: {
      from: before.sent - origin,
      to: after.received - origin,
      warmup: covered.filter(({ phase }) => phase === 'warmup').length,
    },
    requests,
    several: choices > covered.length ? { requests: covered.length, choices } : undefined,
    leaving: choices > covered.length ? undefined : measureNoticed({ before, after }, records),
    promptTokens: compareCounts(
      grown('promptTokens'),
      counted,
      (record) => record.promptTokens && record.promptTokens * choicesOf(record).each,
    ),
    outputTokens:
      output &&
      keepKnown<NonNullable<ServerSummary['outputTokens']>>({
        server: output.server,
        client: output.client,
        agrees: output.agrees,
        usage,
        events: covered.reduce((sum, record) => sum + countTokenTimes(record), 0),
      }),
    prefixCache: queries === undefined || hits === undefined ? undefined : { queries, hits },
    times,
    window,
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

function listCounts(snapshot: Snapshot) {
  const { finished, promptTokens, outputTokens, cacheQueries, cacheHits, times } = snapshot
  const timed = serverTimeNames.map((name) => {
    const time = times[name]
    return time?.kind === 'totals' ? time.count : undefined
  })
  return [finished, promptTokens, outputTokens, cacheQueries, cacheHits, ...timed]
}
