import type { Shape } from '../answer/shape.ts'
import { isFields } from '../plan/fields.ts'
import type { PlanEvent } from '../plan/plan.ts'
import { frameEvent } from './framing.ts'

/** Writes one event of Dify. */
export type Say = (
  atMs: number,
  kind: PlanEvent['kind'],
  name: string,
  rest: Record<string, unknown>,
  tokens?: number,
  reasoning?: boolean,
) => PlanEvent

/**
 * Events whose name stands in their JSON (`data`), on a line of its own (`field`, with the inner
 * `data` alone as payload where there is one), or in both places.
 */
export function createSay(
  common: Readonly<Record<string, unknown>>,
  place: Shape['dify']['eventName'],
): Say {
  return (atMs, kind, name, rest, tokens = 0, reasoning = false) => {
    const detail = { tokens, reasoning }
    if (place === 'data') return frameEvent(atMs, kind, { event: name, ...common, ...rest }, detail)
    const named = { event: name, ...detail }
    if (place === 'both') return frameEvent(atMs, kind, { event: name, ...common, ...rest }, named)
    const { data } = rest
    return frameEvent(atMs, kind, isFields(data) ? data : { ...common, ...rest }, named)
  }
}
