import type { Dialect } from '../dialect/dialect.ts'
import type { PlanEvent } from '../plan/plan.ts'

/** The event with its JSON rewritten; the same event when it has none or when that stays the same. */
export function rewriteJson(
  event: PlanEvent,
  { textKeys }: Dialect,
  rewrite: (json: string) => string,
): PlanEvent {
  // Plain text may look like JSON.
  if (textKeys.length === 0) return event
  const parts = /^([^{]*)(\{.*\})([^}]*)$/s.exec(event.bytes.toString('utf8'))
  if (parts === null) return event
  const [, before = '', json = '', after = ''] = parts
  const rewritten = rewrite(json)
  if (rewritten === json) return event
  return { ...event, bytes: Buffer.from(`${before}${rewritten}${after}`) }
}

/** The event with values of its JSON replaced, wherever they stand; `undefined` removes one. */
export function reviseJson(
  event: PlanEvent,
  dialect: Dialect,
  revise: (key: string, value: unknown) => unknown,
): PlanEvent {
  return rewriteJson(event, dialect, (json) => JSON.stringify(JSON.parse(json, revise)))
}

/** The event with all text of the answer taken out of it. */
export function emptyText(event: PlanEvent, dialect: Dialect): PlanEvent {
  return reviseJson(event, dialect, (key, value) =>
    typeof value === 'string' && dialect.textKeys.includes(key) ? '' : value,
  )
}
