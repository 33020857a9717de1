import type { Records } from '../engine/record.ts'
import type { Results } from '../results/results.ts'
import type { MetricsDocument, PercentilesDocument } from './answer.ts'
import type { ParametersDocument } from './parameters.ts'
import type { ErrorDocument } from './refusal.ts'

/** What is kept of a benchmark that has ended, as `benchmark.json`. Secrets are out of it. */
export interface RunDocument {
  id: string
  status: 'success' | 'failed' | 'cancelled'
  report_url: string
  /** ISO 8601, UTC. */
  started_at: string
  finished_at: string
  parameters: ParametersDocument
  /** Of what was measured, also when the run failed or was cancelled. */
  metrics: MetricsDocument
  percentiles: PercentilesDocument
  /** Why it is no success; `null` for one. */
  error: ErrorDocument['error'] | null
}

/** A benchmark that has ended, with all that was kept of it. */
export interface StoredRun {
  document: RunDocument
  results: Results
  /** Every request; `undefined` when their file is not there any more. */
  records?: Records
}
