import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { Records } from '../engine/record.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { RunSummary } from './summary.ts'

/** A kind of a mix: what the spec says of its stream, and the figures of its requests. */
export interface DiagnosedKind {
  name: string
  stream?: StreamFormat | undefined
  summary: RunSummary
}

/** Requests that are read in one way. */
export interface Part {
  /** `undefined` without a mix. */
  kind: string | undefined
  records: Records
  summary: RunSummary
  stream: StreamFormat | undefined
}

/** The kinds of a mix each for itself; all requests together without one. */
export function listParts(
  records: Records,
  summary: RunSummary,
  {
    stream,
    kinds,
  }: { stream?: StreamFormat | undefined; kinds?: readonly DiagnosedKind[] | undefined },
): Part[] {
  if (kinds === undefined) return [{ kind: undefined, records, summary, stream }]
  return kinds.map(({ name, ...kind }, index) => ({
    kind: name,
    records: records.filter((record) => record.kind === index),
    summary: kind.summary,
    stream: kind.stream,
  }))
}

/** What a check finds in each part, with the name of its kind. */
export function checkParts<T extends Diagnostic>(
  parts: readonly Part[],
  check: (part: Part) => T | undefined,
): T[] {
  return parts.flatMap((part) => {
    const found = check(part)
    if (found === undefined) return []
    return part.kind === undefined ? found : { ...found, kind: part.kind }
  })
}
