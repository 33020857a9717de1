import { cleanMessage } from '../bench-spec/plain-text.ts'
import { nameEnd } from '../report/sentence/end.ts'
import type { Results } from '../results/results.ts'
import { type NamedRun, Refusal } from './refusal.ts'

/** Kinds of failures of a target that was not reached. */
const unreached: ReadonlySet<string> = new Set(['connect', 'tls', 'timeout.connect'])

/** How a run came out. What it was cancelled by is the reason of its end. */
export type Outcome = { status: 'success' } | { status: 'failed' | 'cancelled'; refusal: Refusal }

/**
 * A run is a success when all of its requests were sent and at least one was answered: what failed is
 * in its figures. Secrets are out of the results, and so of the words.
 */
export function toOutcome({ end, summary }: Results, run: NamedRun): Outcome {
  const { requests, failures } = summary
  const fail = (status: 500 | 502 | 503, message: string): Outcome => ({
    status: 'failed',
    refusal: new Refusal(status, cleanMessage(message, 1000), { run }),
  })
  if (end.kind === 'interrupted') {
    const counts = `${requests.completed + requests.failed} of ${requests.total} requests that were sent had ended`
    const message = cleanMessage(`The benchmark was cancelled (${end.reason}): ${counts}.`, 1000)
    return { status: 'cancelled', refusal: new Refusal(409, message, { run }) }
  }
  const words = failures
    .slice(0, 3)
    .map(({ count, sample, kind }) => `${count} × ${sample || kind}`)
    .join('; ')
  if (requests.completed === 0 && requests.failed > 0) {
    return failures.every(({ kind }) => unreached.has(kind))
      ? fail(503, `The target cannot be reached: ${words}. Is it running at api_url?`)
      : fail(502, `All ${requests.failed} requests failed: ${words}.`)
  }
  if (end.kind === 'finished' && requests.completed > 0) return { status: 'success' }
  return fail(500, `${nameEnd(end)}: ${requests.completed} requests were answered.`)
}
