import { relative, resolve } from 'node:path'

import { keepKnown } from '../bench-spec/known.ts'
import { cleanLine } from '../bench-spec/plain-text.ts'
import { listRemarks, type Outcome, type Place } from './outcome.ts'

/** What a job shows beside its log, and on a line of the changed files where it has a place. */
export interface Annotation {
  level: 'error' | 'warning'
  title: string
  message: string
  place?: Place
}

/** UTF-16 units; GitHub cuts a message at 4096. */
const longest = 3500

/** The one annotation of an outcome; `undefined` when all is well. Without its place unless `placed`. */
export function annotate(
  outcome: Outcome,
  { title, placed }: { title: string; placed: boolean },
): Annotation | undefined {
  const remarks = listRemarks(outcome).map(cleanLine)
  if (remarks.length === 0 && outcome.exitCode === 0) return undefined
  const place = placed ? findPlace(outcome) : undefined
  return keepKnown<Annotation>({
    level: outcome.exitCode === 0 ? 'warning' : 'error',
    title: cleanLine(`${title}: ${outcome.status}`),
    message: cut(remarks),
    place,
  })
}

function cut(remarks: readonly string[]): string {
  let left = longest
  const kept = remarks
    .map((remark) => (remark.length > longest / 2 ? `${remark.slice(0, longest / 2)}…` : remark))
    .filter((remark) => (left -= remark.length + 1) >= 0)
  const rest = remarks.length - kept.length
  return [...kept, ...(rest === 0 ? [] : [`… and ${rest} more`])].join('\n')
}

/** Of the first thing that blocks, else of the first that does not hold. */
function findPlace({ problems, results }: Outcome): Place | undefined {
  const places = results.flatMap(({ spec, verdict }) =>
    verdict.slos
      .filter(({ status }) => status !== 'PASS')
      .toSorted((a, b) => Number(b.level === 'error') - Number(a.level === 'error'))
      .map(({ line, column }) => toPlace(spec.file, line, column)),
  )
  return [...problems.map(({ place }) => place), ...places].find((place) => place !== undefined)
}

function toPlace(
  file: string | null,
  line: number | null,
  column: number | null,
): Place | undefined {
  if (file === null) return undefined
  return keepKnown<Place>({ file, line: line ?? undefined, column: column ?? undefined })
}

/** GitHub finds files by their paths from the workspace. */
export function fromWorkspace(file: string, workspace: string | undefined, cwd: string): string {
  const path = resolve(cwd, file)
  if (workspace === undefined || workspace === '') return path
  const inside = relative(workspace, path)
  return inside.startsWith('..') ? path : inside.replaceAll('\\', '/')
}
