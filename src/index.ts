import { requireNode } from './version.ts'

export {
  type BenchOptions,
  type BenchRun,
  runBench,
  listNotices,
  type Notice,
} from './run/bench.ts'
export { writeArtifacts } from './run/artifacts.ts'
export type { RequestLog } from './run/request-file.ts'
export type { Progress } from './report/progress-text.ts'
export type { Records, RequestRecord } from './engine/record.ts'
export type { Results } from './results/results.ts'
export { SpecError } from './bench-spec/issue.ts'
export { DocumentError } from './results/document-error.ts'
export { checkSpec, checkSpecs, loadSpec, loadSpecs } from './run/checked-spec.ts'
export { secret } from './run/marked-secrets.ts'
export type { BenchDocument } from './bench-spec/bench-document.ts'
export type { CheckedSpec as BenchSpec } from './run/checked-spec.ts'

requireNode()
