import type { Illness, RunEnd } from '../engine/record.ts'
import type { Doubt } from '../metrics/doubt.ts'
import type { Dependence } from '../verdict/dependence.ts'
import type { NothingCompleted, Reason, Turn, VerdictReason } from '../verdict/reason.ts'
import { toClientReason } from './diagnostic-document.ts'
import type {
  DependenceDocument,
  DoubtDocument,
  EndDocument,
  ReasonDocument,
  TurnDocument,
  VerdictReasonDocument,
} from './results-document.ts'
import { fixed, significant } from './rounding.ts'
import type { Sentences } from './wording.ts'

export function toReason(reason: Reason): ReasonDocument {
  switch (reason.kind) {
    case 'exceedances': {
      const { kind, failed, requests, withoutValue, asked } = reason
      return { kind, failed, requests, without_value: withoutValue, asked: asked ?? null }
    }
    case 'ratio':
      return { kind: reason.kind, asked: reason.asked ?? null }
    case 'nothing-completed':
      return toNothing(reason)
    case 'left-out': {
      const { kind, leftOut, pairs, most } = reason
      return { kind, left_out: leftOut, pairs, most }
    }
    case 'failures': {
      const { difference, low, high, allowed } = reason
      return {
        ...reason,
        difference: significant(difference),
        low: significant(low),
        high: significant(high),
        allowed: significant(allowed),
      }
    }
    default:
      return reason
  }
}

export function toDependence(dependence: Dependence): DependenceDocument {
  switch (dependence.kind) {
    case 'none':
      return dependence
    case 'groups': {
      const { kind, of, groups, designEffect, at } = dependence
      return { kind, of, groups, design_effect: significant(designEffect), at }
    }
    case 'bursts':
      return { ...dependence, length: significant(dependence.length) }
  }
}

export function toVerdictReason(reason: VerdictReason): VerdictReasonDocument {
  if (reason.kind === 'nothing-completed') return toNothing(reason)
  return reason.kind === 'slos' ? { ...reason, slos: [...reason.slos] } : reason
}

function toNothing(
  nothing: NothingCompleted,
): Extract<ReasonDocument, { kind: 'nothing-completed' }> {
  const { kind, target, total, failed, most } = nothing
  return {
    kind,
    target,
    total,
    failed,
    most: most ? { ...most, status: most.status ?? null } : null,
  }
}

export function toTurn(turn: Turn): TurnDocument {
  switch (turn.kind) {
    case 'certain':
      return { ...turn, p: significant(turn.p) }
    case 'doubt':
      return { ...turn, doubt: toDoubt(turn.doubt) }
    case 'not-comparable':
      return { ...turn, differences: [...turn.differences] }
    default:
      return turn
  }
}

function toDoubt(doubt: Doubt): DoubtDocument {
  const { kind, target } = doubt
  switch (kind) {
    case 'not-streamed':
      return { kind, target, held_back: doubt.heldBack, requests: doubt.requests }
    case 'estimated-tokens':
      return { kind, target, estimated: doubt.estimated, requests: doubt.requests }
    case 'client-late':
      return { kind, target, delay_p99_ms: fixed(doubt.delay), ...toExplained(doubt) }
    case 'sent-late':
      return { kind, target, delay_p99_ms: fixed(doubt.delay), ...toExplained(doubt) }
    case 'client-limited':
      return { kind, target, reasons: doubt.reasons.map(toClientReason) }
    case 'calibrated-error':
      return {
        kind,
        target,
        stat: doubt.stat,
        error_ms: fixed(doubt.error),
        requests: doubt.requests,
        ...toExplained(doubt),
      }
    case 'load-not-held': {
      const { concurrency, peakInFlight: peak, meanInFlight } = doubt
      const mean = significant(meanInFlight)
      const stage = doubt.stage ?? null
      return { kind, target, stage, concurrency, peak_in_flight: peak, mean_in_flight: mean }
    }
    case 'rate-not-sent': {
      const [due_per_second, sent_per_second] = [significant(doubt.due), significant(doubt.sent)]
      return { kind, target, due_per_second, sent_per_second, held_back: doubt.heldBack }
    }
    case 'prompts-repeat': {
      const { repeated, requests, share } = doubt
      return { kind, target, repeated, requests, share: significant(share) }
    }
    case 'prompts-cached':
      return { kind, target, cached: doubt.cached, tokens: doubt.tokens }
    default:
      return {
        kind,
        target,
        delay_p50_ms: fixed(doubt.delay),
        in_flight_p50_ms: fixed(doubt.inFlight),
      }
  }
}

function toExplained({ reach, margin }: { reach: number; margin: number }) {
  return { reach: significant(reach), margin: significant(margin) }
}

export function toEnd(end: RunEnd, sentences: Sentences): EndDocument {
  switch (end.kind) {
    case 'finished':
      return end
    case 'unhealthy': {
      const told = { kind: end.kind, illness: toIllness(end.illness) }
      return { ...told, why: sentences.end(told) }
    }
    case 'exhausted': {
      const told = { ...end, limit: end.limit ?? null }
      return { ...told, why: sentences.end(told) }
    }
    default:
      return { ...end, why: sentences.end(end) }
  }
}

function toIllness(illness: Illness): Extract<EndDocument, { kind: 'unhealthy' }>['illness'] {
  return illness.kind === 'errors' ? { ...illness, limit: significant(illness.limit) } : illness
}
