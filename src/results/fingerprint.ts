import { createHash } from 'node:crypto'

import { createRedactor, redactDeep } from '../bench-spec/redaction.ts'
import type { BenchSpec, Gate } from '../bench-spec/spec.ts'
import type { Difference } from '../verdict/reason.ts'
import type { Results } from './results.ts'

/** SHA-256 of what a spec sends and how, wherever to; hexadecimal. */
export function hashWorkload(spec: BenchSpec): string {
  const { target, dataset, stream, load, secrets } = spec
  const workload = {
    method: target.method,
    body: target.body ?? null,
    rows: dataset?.rows ?? null,
    order: load.shuffle === true ? load.seed : null,
    stream: stream ?? null,
    kind: load.kind,
    concurrency: load.concurrency,
  }
  // A secret is not to be guessed from a hash, and a new key is not another workload.
  const redacted = redactDeep(workload, createRedactor(secrets).redact)
  return createHash('sha256').update(JSON.stringify(redacted)).digest('hex')
}

/** What must be the same in two runs for their figures to be compared. */
export interface Fingerprint {
  environment: Results['environment']
  hermetic: boolean
  concurrency: number
  /** Whether its rounds alternated with another target's: each was then ramped up and drained. */
  alternates: boolean
  /** Names of the dialects that were read. */
  dialects: readonly string[]
  workload: string
  failures: Gate['failures']
}

export function takeFingerprint(results: Results): Fingerprint {
  return {
    environment: results.environment,
    hermetic: results.target.hermetic,
    concurrency: results.load.concurrency,
    alternates: results.baseline?.kind === 'interleaved',
    dialects: results.stream.dialects.map(({ name }) => name),
    workload: results.load.workload_sha256,
    failures: results.verdict.failures,
  }
}

/** The facts in which two runs differ; with any, their figures cannot be compared. */
export function listDifferences(baseline: Fingerprint, candidate: Fingerprint): Difference[] {
  const [a, b] = [listFacts(baseline), listFacts(candidate)]
  return Object.keys(a).flatMap((fact): Difference[] => {
    const [of, other] = [a[fact] ?? '', b[fact] ?? '']
    return of === other ? [] : [{ fact, baseline: of, candidate: other }]
  })
}

function listFacts(run: Fingerprint): Record<string, string | number> {
  const { environment, hermetic, concurrency, alternates, dialects, workload, failures } = run
  return {
    node: environment.node.replace(/^v?(\d+).*$/, '$1'),
    platform: environment.platform,
    arch: environment.arch,
    cpu: environment.cpu,
    cores: environment.cores,
    target: hermetic ? 'mock' : 'real',
    concurrency,
    rounds: alternates ? 'alternating' : 'in one go',
    dialect: dialects.toSorted().join(' and ') || 'none',
    workload: workload.slice(0, 12),
    failures,
  }
}
