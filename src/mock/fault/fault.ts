import type { Profile } from '../answer/profile.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Plan } from '../plan/plan.ts'
import type { Knobs } from './knobs.ts'

/** What a fault may know besides the plan. */
export interface Scene {
  dialect: Dialect
  profile: Profile
  /** See `Answer`. */
  ref: string
}

/** Turns a plan into the plan of the same answer gone wrong; the same plan when it has no place in it. */
export type Transform = (plan: Plan, scene: Scene) => Plan

export interface FaultKind {
  /** Whether even an answer that ends cleanly is broken by it; otherwise it is odd, but good. */
  breaks: boolean
  /** Reads its knobs, all of them. */
  prepare(knobs: Knobs): Transform
}
