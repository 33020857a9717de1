import type { DiagnosticFacts } from '../../results/wording.ts'

type Left = Extract<DiagnosticFacts, { id: 'clients-left' }>
type Noticed = Extract<DiagnosticFacts, { id: 'leaving-noticed' }>

/** How many clients went away, and what that leaves to be judged. */
export function explainLeaving({ leaving, left, completed, failed, unanswered }: Left): string {
  const before = [
    ...(completed === 0 ? [] : [`${completed} had their answer before`]),
    ...(failed === 0 ? [] : [`${failed} failed before`]),
  ]
  const rest = before.length === 0 ? '' : ` (${before.join(', ')})`
  const gone =
    unanswered === 0
      ? ''
      : `, where ${unanswered} that left without one count as slower than any bound`
  return `${left} of the ${leaving} clients that were to go away did so${rest}: of these ${leaving} requests only the time to the first token counts${gone}; all other figures are of those that were to stay.`
}

/** What the server made of it, by its own metrics, of which not every server's tell of what it broke off. */
export function explainNoticed({ left, noticed, finished }: Noticed): string {
  const seen = `By its metrics the server noticed ${noticed} of ${left} clients that went away and broke off their answers`
  if (finished === 0) return `${seen}.`
  const waste = `finished ${finished} answers that nobody waited for: let it, or the proxy before it, end what a client has left`
  return noticed > 0
    ? `${seen}; it ${waste}.`
    : `${left} clients went away, and by its metrics the server ${waste}.`
}
