import type {
  DiagnosticDocument,
  EndDocument,
  Results,
  ServerFindingDocument,
  SloDocument,
} from './results-document.ts'

/** A part of a document without its sentence. */
export type Untold<Document, Sentence extends string = 'why'> = Document extends unknown
  ? Omit<Document, Sentence>
  : never

/** What stands in `results.json` of a self-check, but its sentence. */
export type DiagnosticFacts = Untold<DiagnosticDocument, 'message'>

type Verdict = Results['verdict']

/**
 * The sentences that stand in a document beside its codes. `report` makes them of nothing else than
 * these codes, so that a document that was read back is told in the same words. Texts of a target in
 * them are as they came.
 */
export interface Sentences {
  slo(slo: Omit<SloDocument, 'why'>, end: EndDocument): string
  verdict(verdict: Pick<Verdict, 'status' | 'reason'>, end: EndDocument): string
  end(end: Exclude<Untold<EndDocument>, { kind: 'finished' }>): string
  diagnostic(facts: DiagnosticFacts): string
  server(finding: ServerFindingDocument): string
}
