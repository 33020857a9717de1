import { keepKnown } from '../bench-spec/known.ts'
import { createRedactor } from '../bench-spec/redaction.ts'
import type { ServerMetrics } from '../bench-spec/spec.ts'
import type { LoadPlan } from '../engine/load-plan.ts'
import type { Watch, Records } from '../engine/record.ts'
import { type ServerWatch, watchServer } from '../engine/server-watch.ts'
import { countAs, type FindChoices } from '../metrics/ledger.ts'
import { readQwenSnapshot } from '../metrics/qwen-snapshot.ts'
import type { Snapshot } from '../metrics/snapshot.ts'
import { readVllmSnapshot } from '../metrics/vllm-snapshot.ts'

/** Where servers have their metrics: vLLM, and the `qwen-vllm` server. */
const usualPaths = ['/metrics', '/api/v1/metrics']

/** Watches the metrics of the target of a plan; resolves after the first look at them. */
export function watchTarget(
  { url, interval }: ServerMetrics,
  { requests: [first], load, secrets = [] }: LoadPlan,
): Promise<ServerWatch<Snapshot>> {
  const target = new URL(first?.url ?? '')
  const authorization = Object.entries(first?.headers ?? {}).find(
    ([name]) => name.toLowerCase() === 'authorization',
  )?.[1]
  return watchServer<Snapshot>({
    urls: (url === undefined ? usualPaths : [url]).map((path) => new URL(path, target.origin).href),
    headersFor: (page) => {
      const { origin, username, password } = new URL(page)
      const own = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
      const given = origin === target.origin ? authorization : undefined
      return keepKnown<Record<string, string>>({
        accept: 'text/plain;version=0.0.4, application/json;q=0.9',
        authorization: username === '' ? given : `Basic ${Buffer.from(own).toString('base64')}`,
      })
    },
    interval,
    redact: createRedactor(secrets).redact,
    hasWarmup: load.warmup > 0,
    read: (text) =>
      text.trimStart().startsWith('{') ? readQwenSnapshot(text) : readVllmSnapshot(text),
  })
}

/**
 * Looks at the metrics for the last time, and once more while the server has not yet counted what
 * completed, or the end of what its client has left: `records` are the requests of the run, and `findChoices` what each asked for.
 */
export function finishWatch(
  watch: ServerWatch<Snapshot>,
  records: Records,
  findChoices: FindChoices,
): Promise<Watch<Snapshot>> {
  const measured = records.filter(({ phase }) => phase === 'measured')
  const own = measured.filter(({ outcome }) => outcome === 'completed')
  const left = measured.filter(({ outcome }) => outcome === 'left').length
  return watch.finish((after, before) => {
    const choicesOf = countAs(after, findChoices)
    const least = own.reduce((sum, record) => sum + choicesOf(record).all, 0)
    const finished = (after.finished ?? 0) - (before?.finished ?? 0)
    if (after.aborted === undefined) return finished >= least
    const aborted = after.aborted - (before?.aborted ?? 0)
    return finished >= least && finished + aborted >= least + left
  })
}
