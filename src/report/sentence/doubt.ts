import type { Unit } from '../../bench-spec/slo.ts'
import type { DoubtDocument, TurnDocument } from '../../results/results.ts'
import { formatQuantity } from '../quantity.ts'
import { nameClientReasons } from './client-reasons.ts'
import { adviseDeclaration, explainCached, explainRepeats } from './repeats.ts'

/** What is doubted: a status, and the unit of its figure. */
interface Doubted {
  from: TurnDocument['from']
  unit: Unit
}

/** Why a figure cannot be believed, to stand after a colon. */
export function explainDoubt(doubt: DoubtDocument, doubted: Doubted): string {
  const found = explainCause(doubt, doubted)
  return doubt.target === 'baseline' ? `the baseline: ${found}` : found
}

function explainCause(doubt: DoubtDocument, doubted: Doubted): string {
  switch (doubt.kind) {
    case 'not-streamed':
      return `not streamed as it was generated: look for a buffering proxy (the tokens of ${doubt.held_back} of ${doubt.requests} answers came all at once or in bursts)`
    case 'estimated-tokens':
      return `estimated: the server sent no token count for ${doubt.estimated} of ${doubt.requests} answers, and token events may be more or fewer than tokens`
    case 'client-late': {
      const late = nameClientReasons([{ ...doubt, kind: 'event-loop-late' }])
      return explainError(doubt, doubted, late)
    }
    case 'sent-late': {
      const late = formatQuantity(doubt.delay_p99_ms, 'ms')
      return explainError(
        doubt,
        doubted,
        `requests left up to ${late} late (p99), not being held back`,
      )
    }
    case 'client-limited':
      return `client-limited: by how much the load process was late is not known (${nameClientReasons(doubt.reasons)})`
    case 'calibrated-error': {
      const error = formatQuantity(doubt.error_ms, 'ms')
      const from = `${doubt.stat} of ${doubt.requests} requests`
      return explainError(doubt, doubted, `its calibrated error at this load is ${error}, ${from}`)
    }
    case 'load-not-held': {
      const { concurrency, peak_in_flight: peak, mean_in_flight: mean } = doubt
      const held =
        peak < concurrency
          ? `never more than ${peak} requests were in flight`
          : `${mean.toFixed(2)} requests were in flight in the mean`
      const when = doubt.stage === null ? '' : ` in stage ${doubt.stage}`
      return `load not held${when}: ${held} where ${concurrency} were asked for, ${flattering}`
    }
    case 'rate-not-sent':
      return `rate not sent: ${explainRates(doubt)}, ${flattering}`
    case 'prompts-repeat':
      return `prompts repeat: ${explainRepeats(doubt)}, and an answer from a cache may come sooner; ${adviseDeclaration}`
    case 'prompts-cached':
      return `prompts cached: ${explainCached(doubt)}, and an answer from a cache may come sooner; ${adviseDeclaration}`
    case 'load-thinned': {
      const late = formatQuantity(doubt.delay_p50_ms, 'ms')
      const inFlight = formatQuantity(doubt.in_flight_p50_ms, 'ms')
      return `load not held: of the ${inFlight} that a request was in flight the target was idle for ${late}, by which the client was late (medians), ${flattering}`
    }
  }
}

/** `12.3/s were sent of 20/s`, and what kept them back. */
export function explainRates({
  due_per_second: due,
  sent_per_second: sent,
  held_back: heldBack,
}: {
  due_per_second: number
  sent_per_second: number
  held_back: number
}): string {
  const why =
    heldBack === 0
      ? 'the client came too late'
      : `${heldBack} requests had to wait for one in flight to end`
  return `${formatQuantity(sent, '/s')} were sent of ${formatQuantity(due, '/s')} that were due (${why})`
}

const flattering = 'and a lighter load may look better'

function explainError(
  { reach, margin }: { reach: number; margin: number },
  { from, unit }: Doubted,
  source: string,
): string {
  const distance = `${formatQuantity(margin, unit)} ${from === 'FAIL' ? 'beyond' : 'within'} the bound`
  return `client-limited: it is ${distance}, and up to ${formatQuantity(reach, unit)} may be the client's own (${source})`
}
