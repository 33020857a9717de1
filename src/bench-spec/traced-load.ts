import type { BenchDocument } from './bench-document.ts'
import { fastest, readArrivals } from './flow.ts'
import type { Report } from './issue.ts'
import { keepKnown } from './known.ts'
import { checkOpenFiles, countConnections } from './open-files.ts'
import { readProcesses } from './process-count.ts'
import type { OpenLoad, Target } from './spec.ts'
import { usesColumn } from './template.ts'
import type { Trace } from './trace.ts'
import { countWarmup, defaultRounds, longest, readManner, type LoadScene } from './workload.ts'

/** Keys that a trace says itself, or leaves no room for, and what to write in their place. */
const replaced = {
  rate: 'data_source: { speed: 2x } sends it faster',
  arrival: 'its requests come as they came',
  concurrency: 'max_concurrency bounds how many are in flight',
  stages: 'data_source: { window: { from: 60s, to: 120s } } replays a part of it',
  requests: 'data_source: { limit: 300 } replays its first ones',
  total_requests: 'data_source: { limit: 300 } replays its first ones',
  duration: 'data_source: { window: { to: 60s } } replays its first part',
} as const

/**
 * The load of a trace: an open loop whose requests are due when it says, without a warm-up unless the
 * spec asks for one, which comes at its mean rate. `trace`: `undefined` where it cannot be used.
 */
export function readTracedLoad(
  document: Partial<BenchDocument>,
  trace: Trace = { format: 'mooncake', instants: [0], speed: 1, prompts: [] },
  report: Report,
  { mock, alternates, openFiles = Infinity, cores = 1 }: LoadScene,
): OpenLoad {
  refuseKeys(document, report)
  if (alternates) {
    const message =
      'cannot be replayed with a baseline whose rounds alternate, each of which waits for the one before. Compare with the results of an earlier run (baseline: { file: … }).'
    report(['data_source', 'type'], message)
  }
  const { prompts: _, ...timing } = trace
  const { instants } = timing
  const requests = instants.length
  const span = instants.at(-1) ?? 0
  const rate = span === 0 ? requests : (1000 * Math.max(1, requests - 1)) / span
  checkSpan(span, rate, report)
  const { rounds = defaultRounds(requests) } = document
  if (rounds > requests) {
    report(['rounds'], `must be at most the number of requests, ${requests}, got ${rounds}.`)
  }
  const flow = readArrivals(
    { ...document, arrival: 'constant' },
    rate,
    countConnections(openFiles, 1),
    report,
  )
  const inFlight = flow.maxConcurrency
  const warmup = countWarmup(document.warmup) ?? 0
  const processes = readProcesses(document, report, {
    inFlight,
    expected: Math.min(inFlight, Math.ceil(rate * 5)),
    requests,
    alternates,
    cores,
  })
  checkOpenFiles(
    { inFlight, requests, warmup, processes },
    { path: ['max_concurrency'], limit: openFiles, alternates, mock },
    report,
  )
  return keepKnown<OpenLoad>({
    ...flow,
    arrival: { kind: 'trace', ...timing },
    requests,
    warmup,
    rounds,
    processes: processes > 1 ? processes : undefined,
    ...readManner(document, report),
  })
}

function refuseKeys(document: Partial<BenchDocument>, report: Report): void {
  for (const [key, advice] of Object.entries(replaced)) {
    if (document[key as keyof typeof replaced] === undefined) continue
    report(
      [key],
      `cannot be had together with a trace, which says when what is sent. Remove it: ${advice}.`,
    )
  }
  if ((document.gate?.max_extra_rounds ?? 0) > 0) {
    const message = 'are not possible with a trace, which has its end. Replay more of it.'
    report(['gate', 'max_extra_rounds'], message)
  }
}

function checkSpan(span: number, rate: number, report: Report): void {
  if (rate > fastest) {
    const message = `makes ${Math.round(rate)} requests per second on average, and at most ${fastest} are sent. Lower it.`
    report(['data_source', 'speed'], message)
  }
  if (span > longest) {
    const days = Math.ceil(span / 86_400_000)
    const message = `makes a run of ${days} days, and at most 24 are possible. Raise it, or choose a window.`
    report(['data_source', 'speed'], message)
  }
}

/** What of a trace a request leaves out, although it is sent as one of it. */
export function findTraceDoubts(target: Target): string[] {
  const parts = [
    ['prompt', 'prompts', '{{prompt}} in a message of the body'],
    ['output_tokens', 'lengths of answers', 'max_tokens: "{{output_tokens}}" in the body'],
  ] as const
  return parts
    .filter(([column]) => !usesColumn(target, column))
    .map(([column, what, example]) => {
      return `data_source: {{${column}}} is not used, so that the ${what} are not those of the trace. Write for example ${example}.`
    })
}
