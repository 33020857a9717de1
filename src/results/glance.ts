import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { createSchemaCheck, type SchemaCheck } from '../bench-spec/schema-check.ts'
import { resultsSchema } from './results-schema.ts'
import type { Results } from './results.ts'

/** Of the members of `results.json`, what the next run tells of the one before it. */
const glimpsed = {
  schema_version: true,
  started_at: true,
  target: { url: true, hermetic: true },
  load: { kind: true, concurrency: true },
  summary: { wall_ms: true, requests: { total: true } },
  baseline: { kind: true },
} as const

export type Glance = Seen<Results, typeof glimpsed>

type Seen<T, P> = T extends null
  ? null
  : { readonly [K in keyof P & keyof T]: P[K] extends true ? T[K] : Seen<T[K], P[K]> }

let check: SchemaCheck | undefined

/**
 * What is told of the run in a folder before the next one begins; `undefined` where there is none
 * whose told members are as the schema says. The schema of all members takes longer to compile than a
 * small run takes.
 */
export function glance(folder: string): Glance | undefined {
  let document: unknown
  try {
    document = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'))
  } catch {
    return undefined
  }
  check ??= createSchemaCheck(pick(resultsSchema, glimpsed))
  return check(document, () => undefined).length === 0 ? (document as Glance) : undefined
}

interface Part {
  readonly [key: string]: true | Part
}

function pick(schema: JsonSchema, part: Part): JsonSchema {
  if (schema.type === 'null') return schema
  if (schema.anyOf) return { anyOf: schema.anyOf.map((branch) => pick(branch, part)) }
  // Of a union not every branch has all members.
  const properties = Object.entries(part).flatMap(([key, inner]): [string, JsonSchema][] => {
    const own = schema.properties?.[key]
    return own === undefined ? [] : [[key, inner === true ? own : pick(own, inner)]]
  })
  return {
    type: 'object',
    required: properties.map(([key]) => key),
    properties: Object.fromEntries(properties),
  }
}
