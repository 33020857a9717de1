import { nameSettings } from '../bench-spec/matrix.ts'
import type { RunPlan } from '../bench-spec/run-plan.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { renderJson } from '../report/escaping.ts'
import { documentPlan } from '../report/plan-document.ts'
import { renderPlan } from '../report/plan-text.ts'
import { listNotices } from '../run/bench.ts'

/** A spec with what it would send. */
export interface Planned {
  /** As it is shown. */
  title: string
  spec: BenchSpec
  plan: RunPlan
}

/** A line for the spec, what it would send, and what is to be known of it. */
export function renderPlanned({ title, spec, plan }: Planned, root: string): string {
  const { length } = spec.slos
  const cell = spec.cell === undefined ? '' : ` [${nameSettings(spec.cell.settings)}]`
  return [
    `${title}${cell}: valid, ${length} SLO${length === 1 ? '' : 's'}`,
    ...renderPlan(plan).map((line) => `  ${line}`),
    ...listNotices(spec, { root }).map(({ level, message }) => `  ${level}: ${message}`),
    '',
  ].join('\n')
}

/** An object for one, an array for several. */
export function renderPlansAsJson(plans: readonly RunPlan[]): string {
  const [first, ...others] = plans.map(documentPlan)
  return `${renderJson(others.length === 0 ? first : [first, ...others])}\n`
}
