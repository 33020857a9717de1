import type { DiagnosticDocument, ServerFindingDocument } from './results-document.ts'

type WithoutMessage<Document> = Document extends unknown ? Omit<Document, 'message'> : never

/** What stands in `results.json` of a self-check, but its sentence. */
export type DiagnosticFacts = WithoutMessage<DiagnosticDocument>

/** Makes the sentences that stand beside the facts; texts of a target in them are as they came. */
export interface Sentences {
  diagnostic(facts: DiagnosticFacts): string
  server(finding: ServerFindingDocument): string
}
