import { createRedactor } from '../bench-spec/redaction.ts'
import { type Pace, planRun, type RunPlan } from '../bench-spec/run-plan.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { readOpenFilesLimit } from '../engine/open-files.ts'
import { glance } from '../results/glance.ts'

/**
 * How fast the run in `folder` was; `undefined` where there is none that is whole, or it was of
 * another target or concurrency.
 */
function findPace(folder: string, spec: BenchSpec): Pace | undefined {
  const results = glance(folder)
  if (results === undefined) return undefined
  const { target, load, summary, baseline } = results
  const { wall_ms: wall } = summary
  if (wall === null || load.kind === 'open' || spec.load.kind === 'open') return undefined
  const { concurrency } = spec.load
  if (load.concurrency !== concurrency) return undefined
  const url = createRedactor(spec.secrets).redact(spec.target.url)
  // The port of a mock is another one each time.
  const isSame = target.hermetic ? spec.mock !== undefined : target.url === url
  if (!isSame) return undefined
  const targets = baseline?.kind === 'interleaved' ? 2 : 1
  const requests = summary.requests.total * targets
  return { requestMs: (wall * concurrency) / requests, startedAt: results.started_at }
}

/** What a spec would send here; `folder`: of its results, whose pace is told. */
export function planHere(spec: BenchSpec, folder: string): RunPlan {
  return planRun(spec, { pace: findPace(folder, spec), openFiles: readOpenFilesLimit() })
}
