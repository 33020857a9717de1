import { canHide } from '../bench-spec/environment.ts'
import type { Secret } from '../bench-spec/spec.ts'

const marked = new Set<string>()

/**
 * Marks a text as secret and returns it: whatever spec this process checks afterwards, it is replaced
 * in every log, report and error. One below 6 characters is left, as it would garble them.
 */
export function secret(value: string): string {
  if (canHide(value)) marked.add(value)
  return value
}

/** What was marked so far. */
export function listMarked(): Secret[] {
  return [...marked].map((value) => ({ value, label: '[secret]' }))
}
