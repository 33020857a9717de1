import type { ServerFindingDocument } from '../../results/results.ts'
import { formatQuantity } from '../quantity.ts'

/** Where the time goes, in one sentence, or why that is not known. Texts of a target are as they came. */
export function explainServerFinding(finding: ServerFindingDocument): string {
  switch (finding.kind) {
    case 'breakdown':
      return explainBreakdown(finding)
    case 'restarted':
      return "The server's counters began anew during the run: it was started again."
    case 'unread':
      return `The server's metrics could not be read: ${finding.failure}.`
    case 'not-measured':
      return 'The run ended before its measured phase, so that there is nothing to compare.'
    case 'uncounted':
      return 'The server does not tell how many answers it finished: its times may be of others too.'
    case 'shared':
      return `The server finished ${finding.server} requests, this client completed ${finding.client}: others use it too, and its times are not of this run alone.`
    case 'partial':
      return `The server finished ${finding.server} requests, this client completed ${finding.client}: its metrics are of another server, or of one of several.`
    case 'nothing-finished':
      return 'No answer was completed between the two scrapes.'
    default:
      return 'The server does not tell how long its answers took.'
  }
}

/** The client's mean latency in parts, as they stand in `results.json`. */
export type BreakdownDocument = Extract<ServerFindingDocument, { kind: 'breakdown' }>

/** `Of 141ms mean latency decode takes 64%, prefill 30%, queueing 4%, network and client 2%.` */
function explainBreakdown(breakdown: BreakdownDocument): string {
  const { latency_ms: latency, queue_ms: queue, prefill_ms: prefill } = breakdown
  const parts: Readonly<Record<string, number>> = {
    ...(queue === null || prefill === null
      ? { 'queueing and prefill': breakdown.first_token_ms }
      : { queueing: queue, prefill }),
    decode: breakdown.decode_ms,
    'network and client': breakdown.outside_ms,
  }
  const [largest = '', ...others] = Object.entries(parts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, ms]) => `${name} ${Math.max(0, Math.round((100 * ms) / latency))}%`)
  const takes = largest.replace(/ (?=\d)/, largest.includes(' and ') ? ' take ' : ' takes ')
  return `Of ${formatQuantity(latency, 'ms')} mean latency ${[takes, ...others].join(', ')}.`
}
