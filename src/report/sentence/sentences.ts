import type { Sentences } from '../../results/sentences.ts'
import { explainDiagnostic } from './diagnostic.ts'
import { explainServerFinding } from './server-finding.ts'

/** The sentences of `results.json`: those that every report renders of the same facts. */
export const sentences: Sentences = {
  diagnostic: explainDiagnostic,
  server: explainServerFinding,
}
