import type { PlanEvent } from '../plan.ts'
import type { Scene } from './fault.ts'

/** The event with its JSON rewritten; the same event when it has none or when that stays the same. */
export function rewriteJson(
  event: PlanEvent,
  { dialect }: Scene,
  rewrite: (json: string) => string,
): PlanEvent {
  if (dialect === 'raw') return event
  const parts = /^((?:event: [^\n]*\n)?data: )?(\{.*\})(\n*)$/s.exec(event.bytes.toString('utf8'))
  if (parts === null) return event
  const [, before = '', json = '', after = ''] = parts
  const rewritten = rewrite(json)
  if (rewritten === json) return event
  return { ...event, bytes: Buffer.from(`${before}${rewritten}${after}`) }
}

/** The event with values of its JSON replaced, wherever they stand. */
export function reviseJson(
  event: PlanEvent,
  scene: Scene,
  revise: (key: string, value: unknown) => unknown,
): PlanEvent {
  return rewriteJson(event, scene, (json) => JSON.stringify(JSON.parse(json, revise)))
}

/** The event with all text of the answer taken out of it. */
export function emptyText(event: PlanEvent, scene: Scene): PlanEvent {
  return reviseJson(event, scene, (key, value) =>
    typeof value === 'string' && textKeys.includes(key) ? '' : value,
  )
}

const textKeys: readonly string[] = ['content', 'text', 'answer']
