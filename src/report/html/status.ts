import type { SloDocument } from '../../results/results.ts'
import { type Markup, markup } from './markup.ts'

export type Status = SloDocument['status']

export const signs: Readonly<Record<Status, string>> = {
  PASS: '✓',
  FAIL: '✗',
  INCONCLUSIVE: '?',
  ERROR: '!',
}

/** A verdict as sign, word and colour. */
export function renderStatus(status: Status): Markup {
  return markup`<span class="status ${status.toLowerCase()}"><span class="sign" aria-hidden="true">${signs[status]}</span> ${status}</span>`
}
