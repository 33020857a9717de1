import { statSync } from 'node:fs'

import * as core from '@actions/core'

import { keepKnown } from '../bench-spec/known.ts'
import type { Annotation } from './annotation.ts'

/** UTF-8 bytes of a step's summary, whoever writes them; GitHub drops one above 1 MiB. */
const summaryLimit = 900_000

/** UTF-8 bytes that are written however much is there already: the verdict and why. */
const leastSummary = 2_000

/**
 * Appends to the step's summary what `render` makes of the bytes that are left. Returns the problem
 * instead of throwing: a summary that cannot be written does not change a verdict.
 */
export async function appendSummary(
  render: (limit: number) => string,
): Promise<string | undefined> {
  try {
    const { size } = statSync(process.env['GITHUB_STEP_SUMMARY'] ?? '')
    await core.summary.addRaw(render(Math.max(summaryLimit - size, leastSummary)), true).write()
    return undefined
  } catch (error) {
    core.summary.emptyBuffer()
    return `the job summary was not written: ${describeError(error)}`
  }
}

/** Sets outputs of the step; returns the problem instead of throwing. */
export function setOutputs(outputs: Readonly<Record<string, string>>): string | undefined {
  // Without the file they would be printed, in a form that GitHub does not read any more.
  if (!process.env['GITHUB_OUTPUT']) return 'no outputs were set: GITHUB_OUTPUT is not set'
  try {
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value)
    return undefined
  } catch (error) {
    return `no outputs were set: ${describeError(error)}`
  }
}

/** Prints an annotation. `file` must be a path from the workspace. */
export function printAnnotation({ level, title, message, place }: Annotation): void {
  const print = level === 'error' ? core.error : core.warning
  print(
    message,
    keepKnown<core.AnnotationProperties>({
      title,
      file: place?.file,
      startLine: place?.line,
      startColumn: place?.column,
    }),
  )
}

export function printNotice(title: string, message: string): void {
  core.notice(message, { title })
}

/** Has the runner mask these texts in the log of the job, each line of them by itself. */
export function maskTexts(texts: readonly string[]): void {
  const lines = texts.flatMap((text) => text.split(/\r?\n/)).filter((line) => line.length > 3)
  for (const line of new Set(lines)) core.setSecret(line)
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
