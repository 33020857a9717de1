import { keepKnown } from '../bench-spec/known.ts'
import type { Results } from '../results/results.ts'
import { annotate, type Annotation, fromWorkspace } from './annotation.ts'
import { renderSummary } from './job-summary.ts'
import { type Outcome, settle } from './outcome.ts'

export interface JobOptions {
  title: string
  /**
   * On the line of what blocks; on the job alone where vitest has annotated the lines; none where
   * a program reads stdout.
   */
  annotation: 'line' | 'job' | 'none'
  /** That file names are relative to. */
  cwd: string
  env: Readonly<Record<string, string | undefined>>
}

/**
 * Tells the step of a GitHub job what its runs came to; does nothing elsewhere, and nothing without
 * a summary file: then another process reports. Resolves to what could not be written.
 */
export async function reportRuns(
  results: readonly Results[],
  options: Omit<JobOptions, 'title'>,
): Promise<string[]> {
  const { GITHUB_ACTIONS: actions, GITHUB_STEP_SUMMARY: file } = options.env
  if (actions !== 'true' || file === undefined || file === '' || results.length === 0) return []
  return reportOutcome(settle(results), { ...options, title: 'slogate' })
}

/** Writes the summary and the annotation of an outcome. Resolves to what could not be written. */
export async function reportOutcome(outcome: Outcome, options: JobOptions): Promise<string[]> {
  const { title, cwd, env } = options
  // 70 ms of loading, which only a job has to wait for.
  const { appendSummary, printAnnotation } = await import('./workflow-commands.ts')
  const problem = await appendSummary((limit) => renderSummary(outcome, { title, limit }))
  const annotation = annotate(outcome, { title, placed: options.annotation === 'line' })
  if (annotation !== undefined && options.annotation !== 'none') {
    const { place } = annotation
    const file = place && fromWorkspace(place.file, env.GITHUB_WORKSPACE, cwd)
    printAnnotation(
      keepKnown<Annotation>({
        ...annotation,
        place: place && file ? { ...place, file } : undefined,
      }),
    )
  }
  return problem === undefined ? [] : [problem]
}
