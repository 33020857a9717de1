import type { DiagnosticFacts } from '../../results/wording.ts'
import { formatQuantity } from '../quantity.ts'
import { explainLimits } from './client-limits.ts'
import { explainRates } from './doubt.ts'
import { explainLengths } from './lengths.ts'
import { adviseDeclaration, explainCached, explainRepeats } from './repeats.ts'
import { explainServerFinding } from './server-finding.ts'

/** A self-check as one sentence, with what can be done about it. Texts of a target are as they came. */
export function explainDiagnostic(facts: DiagnosticFacts): string {
  switch (facts.id) {
    case 'concurrency-held': {
      const held = formatQuantity(facts.full_share, 'share')
      return `Concurrency ${facts.concurrency}${inStage(facts)} was held ${held} of the time between ramp-up and drain (mean ${facts.mean_in_flight.toFixed(2)}).`
    }
    case 'concurrency-not-held':
      return facts.peak_in_flight < facts.concurrency
        ? `Concurrency ${facts.concurrency}${inStage(facts)} was never reached, ${facts.peak_in_flight} was the most: ${facts.stage === null ? 'raise requests' : 'make it longer'} or lower concurrency.`
        : `Concurrency ${facts.concurrency}${inStage(facts)} was not held, the mean between ramp-up and drain was ${facts.mean_in_flight.toFixed(2)}: the figures are those of a lighter load; ${adviseOnLoad(facts)}.`
    case 'rate-not-sent':
      return `The rate was not sent: ${explainRates(facts)}: the figures are those of a lighter load.`
    case 'requests-held-back':
      return `${facts.held_back} of ${facts.requests} requests were due when ${facts.max_concurrency} were in flight, and were sent up to ${formatQuantity(facts.longest_ms, 'ms')} late: raise max_concurrency, or take it for what the service can bear.`
    case 'inconsistent-times':
      return `The latencies add up to ${facts.implied_in_flight.toFixed(2)} requests in flight, but no more than ${facts.concurrency} were allowed (Little's law): do not trust the times of this run.`
    case 'client-busy':
    case 'client-limited':
      return explainLimits(facts)
    case 'tokens-held-back': {
      const whole =
        facts.in_one_read === 0 ? '' : ` (${facts.in_one_read} in one read: it may be no stream)`
      return `The tokens of ${facts.held_back} of ${facts.requests} answers came all at once or in bursts, not streamed as they were generated${whole}: look for a buffering proxy.`
    }
    case 'no-last-word':
      return `${facts.answers} of ${facts.requests} answers ended without a last word ([DONE], message_stop): their finish reason and a clean end of the body count as their end.`
    case 'end-unproven': {
      const advice =
        facts.names.length === 0
          ? 'set type to a format with a last word, if it is one'
          : `set completion_event to the last of its events (${facts.names.join(', ')})`
      return `${facts.answers} of ${facts.requests} answers had a clean end of the body and no other, as ${facts.dialect} allows, and one that was cut would look the same: ${advice}.`
    }
    case 'output-missing':
      return `${facts.missing} of ${facts.requests} answers held nothing at output_path "${facts.path}": ${explainMissing(facts)}.`
    case 'ttft-without-content': {
      const { event, lead_ms: lead } = facts
      const name = event === null ? 'an event' : `the event "${event}"`
      const ahead =
        lead === null ? '' : `, ${formatQuantity(lead, 'ms')} (median) before the first content`
      return `The TTFT clock stops at ${name} that carries no text of the answer${ahead}: set first_token_event to the event that does.`
    }
    case 'estimated-tokens':
      return `The server sent no token count for ${facts.basis === 'mixed' ? 'some' : 'all'} answers, so token events are counted instead and tpot is unknown there (${quote(facts.slos)}): ${adviseUsage}.`
    case 'percentile-of-few':
      return facts.slos.length === 0
        ? `p99 of ${facts.requests} requests is simply the maximum: ask for at least 100 to read it.`
        : `With ${facts.requests} requests the percentile is simply the maximum in ${quote(facts.slos)}: ask for more requests or a lower percentile.`
    case 'mixed-dialects': {
      const counts = facts.dialects.map(({ name, count }) => `${count} as ${name}`).join(', ')
      return `The answers were read as different dialects (${counts}): set stream_format.`
    }
    case 'dialect-guessed':
      return `The answers were read as ${facts.dialect}, chosen from the response: set stream_format to be sure.`
    case 'sockets-not-reused':
      return `${facts.opened} of ${facts.later} later requests had to open a new connection: let the server keep connections alive.`
    case 'server-closes-connections': {
      const sent = facts.resent === 0 ? '' : ` (${facts.resent} requests were sent once more)`
      return `The server closed its connection after ${facts.closed} of ${facts.later} answers though it announces keep-alive${sent}: set keep_alive: false, or let the server keep connections alive.`
    }
    case 'warmup-failures':
      return `${facts.failed} of ${facts.warmup} warm-up requests failed, the first with ${facts.first}${explainWarmup(facts.status)}.`
    case 'default-body':
      return `The target refuses the body {"stream": true}, which is sent where nothing says what to send, with HTTP ${facts.status}: write what it expects as body of a spec, or behind --body where there is none.`
    case 'requests-cancelled':
      return `${facts.cancelled} of ${facts.requests} requests were in flight when the run was stopped: they count nowhere.`
    case 'requests-recorded': {
      const rest =
        facts.omitted === 0 ? '' : ` (${facts.omitted} bytes more were not kept, beyond the limits)`
      return `${facts.recorded} requests were recorded, ${facts.bytes} bytes${rest}, which takes time from the client: a run to look at, not to judge by.`
    }
    case 'lengths-not-gauged':
    case 'lengths-untold':
    case 'lengths-missed':
      return explainLengths(facts)
    case 'prompts-repeat': {
      const { allowed, level } = facts
      const advice = allowed
        ? ', as the spec allows'
        : level === 'warn'
          ? `: ${adviseDeclaration}`
          : ''
      const repeats = explainRepeats(facts)
      return `${repeats.charAt(0).toUpperCase()}${repeats.slice(1)} (${facts.different} different prompts)${advice}.`
    }
    case 'prompts-cached': {
      const advice = facts.marked
        ? 'an earlier run may have sent the same: give each run a seed of its own'
        : 'an earlier run may have sent them: write cache: bust and give each run a seed of its own, or cache: allowed if that is what is meant'
      return `${explainCached(facts)}, more than repeats in this run explain: ${advice}.`
    }
    case 'server-restarted':
      return explainServerFinding({ kind: 'restarted' })
    case 'server-unread':
      return explainServerFinding(
        facts.failure === null
          ? { kind: 'not-measured' }
          : { kind: 'unread', failure: facts.failure },
      )
    case 'server-scrapes-failed':
      return `${facts.failed} of ${facts.scrapes} scrapes of the server's metrics failed, the first with ${facts.failure}.`
    case 'server-shared':
      return explainServerFinding({ ...facts, kind: 'shared' })
    case 'server-partial':
      return explainServerFinding({ ...facts, kind: 'partial' })
    case 'events-are-not-tokens':
      return `The server generated ${facts.server} tokens, its answers came in ${facts.events} token events: ${adviseUsage}.`
    case 'tokens-disagree':
      return `The server generated ${facts.server} tokens by its metrics, ${facts.usage} by the usage in its answers, in ${facts.events} token events: do not trust its counts of tokens.`
    default:
      return `The server read ${facts.server} tokens of prompts by its metrics, ${facts.usage} by the usage in its answers.`
  }
}

/** Where the path ended, in names alone. */
function explainMissing({ at, keys }: { at: string | null; keys: readonly string[] }): string {
  if (at === null) return 'no event came that should have it, set completion_event'
  const place = at === '' ? 'the payload' : `"${at}"`
  return keys.length === 0 ? `${place} holds no keys` : `${place} holds ${keys.join(', ')}`
}

/** Most of the requests failed: that is what kept slots empty, not the way to them. */
function adviseOnLoad({ failed, requests }: { failed: number; requests: number }): string {
  return failed * 2 > requests
    ? `look at the failures first, ${failed} of ${requests} requests`
    : 'look for slow connects or a busy client'
}

/** Who answers with 4xx is ready, and will not take the same later. */
function explainWarmup(status: number | null): string {
  if (status === null) return ': the target may not have been ready'
  if (status >= 400 && status < 500) return ` ${status}: the target refuses what is sent`
  return ` ${status}: the target may not have been ready`
}

const adviseUsage = 'ask for usage, for example with stream_options.include_usage'

function quote(slos: readonly string[]): string {
  return slos.map((text) => `"${text}"`).join(', ')
}

function inStage({ stage }: { stage: string | null }): string {
  return stage === null ? '' : ` of stage ${stage}`
}
