import type { GoodputBounds, Metric, Slo } from '../bench-spec/slo.ts'
import type { Tagging } from '../bench-spec/tagging.ts'
import type { Records } from '../engine/record.ts'
import { type Observation, observeCounted, orderCounted } from './observation.ts'

/** The records that an SLO is about, and what they tell; each is looked at once. */
export interface Scope {
  records: Records
  observe(metric: Metric): Observation | undefined
}

/** Finds the scope of an SLO: all records for one without tags. */
export type FindScope = (slo: Pick<Slo, 'tags'>) => Scope

/** `tagging` may be `undefined` where no SLO has tags. */
export function scopeRecords(
  records: Records,
  tagging: Tagging | undefined,
  goodput?: GoodputBounds,
): FindScope {
  const known = new Map<Slo['tags'], Scope>()
  return ({ tags }) => {
    const found = known.get(tags) ?? createScope(keepTagged(records, { tags }, tagging), goodput)
    known.set(tags, found)
    return found
  }
}

/**
 * The records that an SLO is about, in their order.
 * @throws Error when it has tags and nothing tells those of a record: a mistake of the caller.
 */
export function keepTagged(
  records: Records,
  { tags }: { tags?: Slo['tags'] },
  tagging: Tagging | undefined,
): Records {
  if (tags === undefined) return records
  if (tagging === undefined) throw new Error('nothing tells the tags of a record')
  return records.filter((record) => tagging.has(record, tags))
}

function createScope(records: Records, goodput: GoodputBounds | undefined): Scope {
  const observations = new Map<Metric, Observation | undefined>()
  let counted: Records | undefined
  return {
    records,
    observe(metric) {
      counted ??= orderCounted(records)
      if (!observations.has(metric))
        observations.set(metric, observeCounted(counted, metric, { goodput }))
      return observations.get(metric)
    },
  }
}
