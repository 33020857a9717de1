import type { ClientReason } from '../metrics/client.ts'
import type { Diagnostic } from '../metrics/diagnostic.ts'
import type { ClientReasonDocument } from './results-document.ts'
import { fixed, orNull, significant } from './rounding.ts'
import type { DiagnosticFacts } from './wording.ts'

/** A self-check as it stands in `results.json`, but its sentence. */
export function toDiagnostic(diagnostic: Diagnostic): DiagnosticFacts {
  switch (diagnostic.id) {
    case 'concurrency-held': {
      const { stage = null, fullShare, meanInFlight, ...facts } = diagnostic
      const mean = significant(meanInFlight)
      return { ...facts, stage, full_share: significant(fullShare), mean_in_flight: mean }
    }
    case 'concurrency-not-held': {
      const { stage = null, peakInFlight, meanInFlight, ...counts } = diagnostic
      const mean = significant(meanInFlight)
      return { ...counts, stage, peak_in_flight: peakInFlight, mean_in_flight: mean }
    }
    case 'rate-not-sent': {
      const { id, level, due, sent, heldBack } = diagnostic
      const [due_per_second, sent_per_second] = [significant(due), significant(sent)]
      return { id, level, due_per_second, sent_per_second, held_back: heldBack }
    }
    case 'requests-held-back': {
      const { id, level, heldBack, maxConcurrency, requests, longest } = diagnostic
      const counts = { held_back: heldBack, max_concurrency: maxConcurrency, requests }
      return { id, level, ...counts, longest_ms: fixed(longest) }
    }
    case 'inconsistent-times': {
      const { id, level, concurrency, impliedInFlight } = diagnostic
      return { id, level, concurrency, implied_in_flight: significant(impliedInFlight) }
    }
    case 'client-busy':
    case 'client-limited':
      return {
        ...diagnostic,
        reasons: diagnostic.reasons.map(toClientReason),
        slos: diagnostic.slos.map((touched) => ({
          ...touched,
          reach: orNull(touched.reach, significant),
        })),
      }
    case 'tokens-held-back': {
      const { id, level, heldBack, inOneRead, requests } = diagnostic
      return { id, level, held_back: heldBack, in_one_read: inOneRead, requests }
    }
    case 'ttft-without-content': {
      const { id, level, event = null, lead } = diagnostic
      return { id, level, event, lead_ms: orNull(lead, fixed) }
    }
    case 'output-missing':
      return { ...diagnostic, at: diagnostic.at ?? null, keys: [...diagnostic.keys] }
    case 'warmup-failures':
      return { ...diagnostic, status: diagnostic.status ?? null }
    case 'lengths-not-gauged': {
      const { id, level, cause, failure = null } = diagnostic
      return { id, level, cause, failure }
    }
    case 'lengths-untold':
      return { ...diagnostic, sides: [...diagnostic.sides] }
    case 'lengths-missed': {
      const { asked, got, ...facts } = diagnostic
      return { ...facts, asked: significant(asked), got: significant(got) }
    }
    case 'prompts-repeat':
      return { ...diagnostic, share: significant(diagnostic.share) }
    case 'server-unread': {
      const { id, level, failure = null } = diagnostic
      return { id, level, failure }
    }
    default:
      return diagnostic
  }
}

export function toClientReason(reason: ClientReason): ClientReasonDocument {
  switch (reason.kind) {
    case 'event-loop-busy':
      return { kind: reason.kind, utilization: significant(reason.utilization) }
    case 'event-loop-late':
      return { kind: reason.kind, delay_p99_ms: fixed(reason.delay) }
    default:
      return { kind: reason.kind, share: significant(reason.share) }
  }
}
