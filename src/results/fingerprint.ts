import type { Gate } from '../bench-spec/spec.ts'
import type { Difference } from '../verdict/reason.ts'
import type { WorkloadDocument } from './results-document.ts'
import type { FlowDocument, Results } from './results.ts'
import { toSnake } from './workload.ts'

/** What two runs are held against each other by. */
export interface Fingerprint {
  environment: Results['environment']
  hermetic: boolean
  url: string
  load: FlowDocument & Pick<Results['load'], 'requests' | 'duration_ms' | 'warmup'>
  /** Whether its rounds alternated with another target's: each was then ramped up and drained. */
  alternates: boolean
  /** Names of the dialects that were read. */
  dialects: readonly string[]
  /** File of the rows, as the spec names it. */
  source: string | undefined
  workload: readonly WorkloadDocument[]
  failures: Gate['failures']
}

export function takeFingerprint(results: Results): Fingerprint {
  return {
    environment: results.environment,
    hermetic: results.target.hermetic,
    url: results.target.url,
    load: results.load,
    alternates: results.baseline?.kind === 'interleaved',
    dialects: results.stream.dialects.map(({ name }) => name),
    source: results.dataset?.source,
    workload: results.load.workload,
    failures: results.verdict.failures,
  }
}

/** In what two runs differ. */
export interface Differences {
  /** With any of these their figures cannot be compared: another machine, or another load. */
  differences: Difference[]
  /** What may be the very thing that is compared: another model or server, a longer run. */
  contrasts: Difference[]
}

/** Members of a body that change what is answered, and not how much is asked for. */
const sampling = new Set([
  'model',
  'model_id',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'repeat_penalty',
  'user',
])

const contrasting = new Set(['url', 'requests', 'duration', 'warmup', 'data_source'])

export function compareFingerprints(baseline: Fingerprint, candidate: Fingerprint): Differences {
  const [a, b] = [listFacts(baseline, candidate), listFacts(candidate, baseline)]
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  const found: Differences = { differences: [], contrasts: [] }
  for (const name of names) {
    const [of, other] = [a[name] ?? missing, b[name] ?? missing]
    if (of.key === other.key) continue
    const isSame = of.shown === other.shown
    const fact = name.replace(/^(mix\[.*?\]\.)?body\./, '$1')
    found[isContrast(name) ? 'contrasts' : 'differences'].push({
      fact,
      baseline: of.shown,
      candidate: isSame ? `other ${other.shown}` : other.shown,
    })
  }
  return found
}

function isContrast(written: string): boolean {
  // Of a kind of a mix as of the one kind of a spec without one.
  const name = written.replace(/^mix\[.*?\]\./, '')
  if (!name.startsWith('body')) return contrasting.has(name)
  return sampling.has(toSnake(name.split('.').at(-1) ?? ''))
}

interface Fact {
  /** Equal in two runs in which the fact is the same. */
  key: string | number
  shown: string | number
}

const missing: Fact = { key: '', shown: 'not given' }

function listFacts(run: Fingerprint, beside: Fingerprint): Record<string, Fact> {
  const { environment, hermetic, load, alternates, dialects, failures } = run
  const known = {
    node: environment.node.replace(/^v?(\d+).*$/, '$1'),
    platform: environment.platform,
    arch: environment.arch,
    cpu: environment.cpu,
    cores: environment.cores,
    target: hermetic ? 'mock' : 'real',
    // A mock has another port each time.
    url: hermetic || beside.hermetic ? undefined : run.url,
    ...listFlow(load),
    requests: load.requests ?? undefined,
    duration: load.duration_ms === null ? undefined : `${load.duration_ms}ms`,
    warmup: load.warmup,
    rounds: alternates ? 'alternating' : 'in one go',
    dialect: dialects.toSorted().join(' and ') || 'none',
    data_source: run.source,
    failures,
  }
  const facts = Object.entries(known).flatMap(([name, given]): [string, Fact][] =>
    given === undefined ? [] : [[name, { key: given, shown: given }]],
  )
  return Object.fromEntries([...facts, ...run.workload.map((fact) => [fact.name, toFact(fact)])])
}

function listFlow(load: FlowDocument): Record<string, string | number> {
  if (load.kind === 'closed') return { concurrency: load.concurrency }
  const { rate_per_second: rate, burstiness, trace, max_concurrency } = load
  const arrival =
    trace === null ? (burstiness ?? 'constant') : `${trace.format} trace ${trace.speed}x`
  return { rate: `${rate}/s`, arrival, max_concurrency }
}

function toFact(fact: WorkloadDocument): Fact {
  if (fact.kind === 'value') return { key: fact.value, shown: fact.value }
  return { key: fact.sha256, shown: `${fact.size} ${fact.unit}` }
}
