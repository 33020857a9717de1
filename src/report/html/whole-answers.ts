import type { Results } from '../../results/results.ts'

/** Whether the spec asked for whole documents, which have no tokens to be timed. */
export function asksForWhole({ stream }: Pick<Results, 'stream'>): boolean {
  return stream.asked === 'json'
}
