import type { Sentences } from '../../results/wording.ts'
import { explainDiagnostic } from './diagnostic.ts'
import { explainEnd } from './end.ts'
import { explainServerFinding } from './server-finding.ts'
import { explainSlo } from './slo.ts'
import { explainVerdict } from './verdict.ts'

/** What `results.json` says in words, beside its codes. */
export const sentences: Sentences = {
  slo: explainSlo,
  verdict: explainVerdict,
  end: explainEnd,
  diagnostic: explainDiagnostic,
  server: explainServerFinding,
}
