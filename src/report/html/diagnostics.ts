import type { DiagnosticDocument, Results } from '../../results/results.ts'
import { explainDiagnostic } from '../sentence/diagnostic.ts'
import { type Markup, markup } from './markup.ts'

/** What a reader must know before believing the figures, warnings first. */
export function renderDiagnostics({ diagnostics }: Results): Markup {
  if (diagnostics.length === 0) return markup`<p>The self-checks found nothing.</p>`
  const ordered = diagnostics.toSorted((a, b) => rank(a) - rank(b))
  const items = ordered.map((diagnostic) => {
    const { id, level } = diagnostic
    return markup`<li class="${level}"><span class="sign" aria-hidden="true">${level === 'warn' ? '▲' : 'i'}</span><span><strong>${level === 'warn' ? 'warning' : 'note'}: ${id}</strong> <bdi>${explainDiagnostic(diagnostic)}</bdi></span></li>`
  })
  return markup`<ul class="diagnostics">${items}</ul>`
}

function rank({ level }: DiagnosticDocument): number {
  return level === 'warn' ? 0 : 1
}
