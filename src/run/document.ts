import { relative } from 'node:path'

import { keepKnown } from '../bench-spec/known.ts'
import { createRedactor, redactDeep } from '../bench-spec/redaction.ts'
import type { Machine } from '../calibration/machine.ts'
import { sentences } from '../report/sentence/sentences.ts'
import { type Results, type ResultsInput, toResults } from '../results/results.ts'
import { version } from '../version.ts'
import type { Conclusion } from './conclusion.ts'
import type { Drive } from './drive.ts'

/** What lands in `results.json`, secrets out of it. `root`: what the file of the spec is named from. */
export function documentRun(
  { spec, trust, end, tracing, startedAt, finishedAt }: Drive,
  conclusion: Conclusion,
  { machine, root }: { machine: Machine; root: string },
): Results {
  const facts = keepKnown<Omit<ResultsInput, keyof Conclusion>>({
    spec,
    trust,
    end,
    tracing,
    version,
    startedAt,
    finishedAt,
    file: spec.file === undefined ? undefined : relative(root, spec.file),
    sha256: spec.sha256,
    environment: machine,
  })
  const results = toResults({ ...conclusion, ...facts }, sentences)
  const text = JSON.stringify(redactDeep(results, createRedactor(spec.secrets).redact))
  // As they are read back, so that a report of them is the same then.
  return JSON.parse(text) as Results
}
