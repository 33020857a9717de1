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
    case 'several-choices':
      return `The server counts and times every choice of an answer, ${finding.choices} for the ${finding.requests} requests of this client: its times are not of whole requests.`
    case 'foreign-window':
      return `The server tells the times of its latest ${finding.window} answers alone, and finished ${finding.finished} since this run began: they are not of this run.`
    case 'impossible':
      return explainContradiction(finding)
    case 'held-back': {
      const [server, client] = [finding.server_ms, finding.client_ms].map((ms) =>
        formatQuantity(ms, 'ms'),
      )
      return `The server had the first token after ${server} in the mean, this client saw it after ${client}: it was held back on the way, as vLLM holds back a tool call until it can be read, and a buffering proxy everything.`
    }
    case 'nothing-finished':
      return 'No answer was completed between the two scrapes.'
    default:
      return 'The server does not tell how long its answers took.'
  }
}

const owners = { client: "this client's", server: "the server's" } as const

/** A part that is longer than its whole. */
function explainContradiction({
  part,
  whole,
}: Extract<ServerFindingDocument, { kind: 'impossible' }>): string {
  const lengths = [part, whole].map(({ mean_ms: ms }) => formatQuantity(ms, 'ms'))
  const longer = `${owners[part.of]} ${part.time} of ${lengths[0]} in the mean is longer than ${owners[whole.of]} ${whole.time} of ${lengths[1]}`
  const unseen =
    whole.time === 'latency' && whole.of === 'client'
      ? ', or end with tokens that this client does not see'
      : ''
  return `Where the time goes cannot be told: ${longer}, of which it would be a part, so that these times are not of the same answers${unseen}.`
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
  const ordered = Object.entries(parts).sort(([, a], [, b]) => b - a)
  const percents = shareOut(ordered.map(([, ms]) => ms / latency))
  const [largest = '', ...others] = ordered.map(([name], place) => `${name} ${percents[place]}%`)
  const takes = largest.replace(/ (?=\d)/, largest.includes(' and ') ? ' take ' : ' takes ')
  return `Of ${formatQuantity(latency, 'ms')} mean latency ${[takes, ...others].join(', ')}.`
}

/** Shares of a whole in whole percents that make 100: what is left goes where most was cut off. */
function shareOut(shares: readonly number[]): number[] {
  const whole = shares.map((share) => Math.floor(100 * share))
  const left = 100 - whole.reduce((sum, percent) => sum + percent, 0)
  const cut = shares.map((share, place) => ({ place, off: 100 * share - (whole[place] ?? 0) }))
  const raised = new Set(
    cut
      .sort((a, b) => b.off - a.off)
      .slice(0, left)
      .map(({ place }) => place),
  )
  return whole.map((percent, place) => percent + (raised.has(place) ? 1 : 0))
}
