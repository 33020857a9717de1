import { createRedactor, redactDeep } from '../bench-spec/redaction.ts'
import { finishRun } from '../run/artifacts.ts'
import { type BenchRun, runBench } from '../run/bench.ts'
import type { CheckedSpec } from '../run/checked-spec.ts'
import { OutputError } from '../run/output-file.ts'
import type { RunFolder } from '../run/run-folder.ts'
import { toMetrics, toPercentiles } from './answer.ts'
import type { Archive } from './archive.ts'
import { toOutcome } from './outcome.ts'
import { type Parameters, type ParametersDocument, toParametersDocument } from './parameters.ts'
import { type NamedRun, Refusal, toErrorDocument } from './refusal.ts'
import { followRun, type ProgressDocument } from './standing.ts'
import type { RunDocument } from './stored-run.ts'

/** How a run ended: what is kept of it, and why it is no success; nothing is kept of one that broke off. */
export type Ending =
  | { refusal: undefined; document: RunDocument }
  | { refusal: Refusal; document: RunDocument | undefined }

/** A benchmark that is running; secrets are out of all that it tells. */
export interface ActiveRun extends NamedRun {
  /** ISO 8601, UTC. */
  startedAt: string
  parameters: ParametersDocument
  progress(): ProgressDocument
  /** Calls back with each progress, about twice a second; returns what ends that. */
  watch(onProgress: (progress: ProgressDocument) => void): () => void
  /** Nothing more is sent, and what was measured is kept. `reason`: a clause for people. */
  cancel(reason: string): void
  /** Never rejects. */
  ended: Promise<Ending>
}

/** The benchmarks of a server, of which one runs at a time. */
export interface Runs {
  current(): ActiveRun | undefined
  /**
   * @throws {Refusal} 409 while another one is running, 500 when its files cannot be written.
   */
  start(parameters: Parameters, spec: CheckedSpec): ActiveRun
  /**
   * @throws {Refusal} 409 while one is running.
   */
  checkFree(): void
}

interface RunsOptions {
  archive: Archive
  /** Folder whose calibration counts. */
  root: string
  /** Is told a sentence when a run has ended. */
  log(sentence: string): void
}

export function createRuns({ archive, root, log }: RunsOptions): Runs {
  let active: ActiveRun | undefined

  function checkFree(): void {
    if (active === undefined) return
    const { id, report_url } = active
    throw new Refusal(
      409,
      `Benchmark ${id} is running, and one runs at a time. Wait for it (GET /v1/benchmark/${id}), or cancel it (DELETE /v1/benchmark/${id}).`,
      { run: { id, report_url } },
    )
  }

  function start(parameters: Parameters, spec: CheckedSpec): ActiveRun {
    checkFree()
    const { id, folder } = openFolder(archive)
    const named: NamedRun = { id, report_url: `/reports/${id}` }
    const { redact } = createRedactor(spec.secrets)
    const shown = redactDeep(toParametersDocument(parameters), redact)
    const interrupt = new AbortController()
    const standing = followRun(parameters.requests)
    const watchers = new Set<(progress: ProgressDocument) => void>()
    const bench = runBench(spec, {
      root,
      signal: interrupt.signal,
      log: folder.log,
      onProgress: standing.see,
      onRecords(records) {
        standing.add(records)
        const progress = standing.describe()
        for (const tell of watchers) tell(progress)
      },
    })

    async function conclude(): Promise<Ending> {
      try {
        return keep(await bench, { named, folder, parameters: shown })
      } catch (error) {
        archive.discard(id)
        const message = redact(error instanceof Error ? error.message : String(error))
        log(`${id} broke off: ${message}`)
        return { document: undefined, refusal: new Refusal(500, message) }
      } finally {
        active = undefined
      }
    }

    active = {
      ...named,
      startedAt: new Date().toISOString(),
      parameters: shown,
      progress: standing.describe,
      watch(onProgress) {
        watchers.add(onProgress)
        return () => void watchers.delete(onProgress)
      },
      cancel(reason) {
        interrupt.abort(new Error(reason))
      },
      ended: conclude(),
    }
    return active
  }

  function keep(
    run: BenchRun,
    {
      named,
      folder,
      parameters,
    }: { named: NamedRun; folder: RunFolder; parameters: ParametersDocument },
  ): Ending {
    const { results } = run
    const outcome = toOutcome(results, named)
    const refusal = outcome.status === 'success' ? undefined : outcome.refusal
    const { model, datasets: dataset } = parameters
    const document: RunDocument = {
      ...named,
      status: outcome.status,
      started_at: results.started_at,
      finished_at: results.finished_at,
      parameters,
      metrics: toMetrics(results, { model, dataset }),
      percentiles: toPercentiles(results),
      error: refusal === undefined ? null : toErrorDocument(refusal).error,
    }
    for (const problem of [...finishRun(folder, run), ...add(document)]) log(problem)
    log(describeRun(document))
    return refusal === undefined ? { refusal, document } : { refusal, document }
  }

  /** What cannot be written is told; whoever waits for the figures gets them all the same. */
  function add(document: RunDocument): string[] {
    try {
      archive.add(document)
      return []
    } catch (error) {
      if (error instanceof OutputError) return [error.message]
      throw error
    }
  }

  return { current: () => active, start, checkFree }
}

function openFolder(archive: Archive): { id: string; folder: RunFolder } {
  try {
    return archive.open()
  } catch (error) {
    if (error instanceof OutputError) throw new Refusal(500, error.message)
    throw error
  }
}

function describeRun({ id, status, metrics, parameters, error }: RunDocument): string {
  const { successful_requests: done, total_requests: total, duration } = metrics
  const time = duration === null ? '' : ` in ${duration.toFixed(1)} s`
  const reason = error === null ? '' : `. ${error.message}`
  return `${id} ${status}: ${done} of ${total} requests to ${parameters.api_url} answered${time}${reason}`
}
