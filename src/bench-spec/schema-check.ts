import { Ajv, type ErrorObject } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'

import { isFields } from './fields.ts'
import { createIssue, type Locate, type Path, type Issue } from './issue.ts'
import type { JsonSchema } from './json-schema.ts'
import { percentPattern } from './percent.ts'
import { ratePattern } from './rate.ts'
import { benchSchema } from './schema.ts'
import { suggest } from './suggestion.ts'

/** Keys that are few enough to be listed in a message, as those of an object that is expected. */
const few = 6

/** The same, where one is unknown. */
const fewKnown = 12

/** Words that will be keys. */
const reservedKeys = ['abort']

/** Compares a document with a schema: one issue per place. `redact` is given each text that is shown. */
export type SchemaCheck = (
  document: unknown,
  locate: Locate,
  redact?: (text: string) => string,
) => Issue[]

/** The schemas are ours, so that they are checked by tests and not again in every process. */
const quickly = {
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
} as const

/** Compiles a schema, which takes some ms. */
export function createSchemaCheck(schema: JsonSchema): SchemaCheck {
  const validate = new Ajv(quickly).compile(schema)
  return (document, locate, redact = (text) => text) => {
    if (validate(document)) return []
    const seen = new Set<string>()
    return condenseUnions(validate.errors ?? []).flatMap((error) => {
      const issue = explain(error, { document, locate, redact })
      const place = JSON.stringify(issue.path)
      if (seen.has(place)) return []
      seen.add(place)
      return issue
    })
  }
}

/** What a schema of someone else may hold: the first error is told, unknown keywords say nothing. */
const leniently = { strict: false, validateFormats: false, logger: false, verbose: true } as const

/**
 * Compiles a schema that answers are compared with: draft 2020-12, or draft-06 and 07 where it says so.
 * What it makes says what is wrong with a value.
 * @throws Error for what is no such schema, or refers to another file.
 */
export function compileAnswerSchema(schema: unknown): (value: unknown) => string | undefined {
  if (typeof schema !== 'boolean' && !isFields(schema)) throw new Error('it must be an object')
  const named = isFields(schema) ? schema['$schema'] : undefined
  const isOld = typeof named === 'string' && /draft-0[67]/.test(named)
  const validate = (isOld ? new Ajv(leniently) : new Ajv2020(leniently)).compile(schema)
  return (value) => {
    if (validate(value)) return undefined
    const [error] = validate.errors ?? []
    const place = error?.instancePath === '' ? 'it' : error?.instancePath
    return `${place} ${error?.message ?? 'is wrong'}`
  }
}

/** Compares a document with the schema of a spec. */
export const checkSchema: SchemaCheck = createSchemaCheck(benchSchema)

/**
 * Of a value that fits no branch of an `anyOf`, keeps the errors of the branch of its own type, and
 * of objects that tell their kind by a constant, of its own kind; when there is none, only one error
 * that says so.
 */
function condenseUnions(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  let kept = errors
  for (const union of errors.filter(({ keyword }) => keyword === 'anyOf')) {
    if (!kept.includes(union)) continue
    const inside = kept.filter((error) => isWithin(error, union))
    const told = condense(union, inside)
    kept = kept.flatMap((error) => {
      if (error === union) return told
      return inside.includes(error) ? [] : [error]
    })
  }
  return kept
}

function condense(union: ErrorObject, inside: readonly ErrorObject[]): readonly ErrorObject[] {
  const branches = [...(union.schema as readonly JsonSchema[]).keys()]
  const ofType = branches.filter(
    (index) => !inside.some((error) => rejectsType(error, union, index)),
  )
  const otherKinds = ofType.map((index) => inside.find((error) => rejectsKind(error, union, index)))
  const [first] = otherKinds
  if (first !== undefined && ofType.length > 1 && !otherKinds.includes(undefined)) {
    return [{ ...first, parentSchema: { enum: otherKinds.map((error) => error?.schema) } }]
  }
  const branch = ofType[Math.max(0, otherKinds.indexOf(undefined))]
  if (branch === undefined) return [union]
  const prefix = `${union.schemaPath}/${branch}/`
  return inside.filter((error) => error !== union && error.schemaPath.startsWith(prefix))
}

function isWithin(error: ErrorObject, union: ErrorObject): boolean {
  const below = `${error.instancePath}/`.startsWith(`${union.instancePath}/`)
  return below && error.schemaPath.startsWith(`${union.schemaPath}/`)
}

function rejectsType(error: ErrorObject, union: ErrorObject, branch: number): boolean {
  const here = error.instancePath === union.instancePath
  return here && error.schemaPath === `${union.schemaPath}/${branch}/type`
}

function rejectsKind(error: ErrorObject, union: ErrorObject, branch: number): boolean {
  const key = error.instancePath.slice(union.instancePath.length + 1)
  return error.schemaPath === `${union.schemaPath}/${branch}/properties/${key}/const`
}

interface Checked {
  document: unknown
  locate: Locate
  redact(text: string): string
}

function explain(error: ErrorObject, { document, locate, redact }: Checked): Issue {
  const path = parsePointer(error.instancePath, document)
  const schema = error.parentSchema as JsonSchema
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params['additionalProperty'])
    const known = Object.keys(schema.properties ?? {})
    const isReserved = schema === benchSchema && reservedKeys.includes(key)
    const message = isReserved
      ? 'is not supported yet. Remove it.'
      : `unknown key.${adviseKey(key, known)}`
    return createIssue(locate, [...path, key], message, 'key')
  }
  if (error.keyword === 'required') {
    const key = String(error.params['missingProperty'])
    const example = renderExample(key, schema.properties?.[key])
    return createIssue(locate, path, `the key "${key}" is required.${example}`, 'key')
  }
  const words = schema.enum?.map(String) ?? []
  const hint = typeof error.data === 'string' ? suggest(error.data, words) : ''
  const advice = hint === '' ? renderExample(path.at(-1), schema) : hint
  const message = `must be ${renderRequirement(schema)}, got ${renderValue(error.data, redact)}.${advice}`
  return createIssue(locate, path, message)
}

function adviseKey(key: string, known: readonly string[]): string {
  const hint = suggest(key, known)
  if (hint !== '') return hint
  if (known.length <= fewKnown) return ` Known here: ${known.join(', ')}.`
  return ' Remove it, or begin its name with "x-" to keep it for yourself.'
}

function renderExample(key: Path[number] | undefined, schema: JsonSchema | undefined): string {
  const example = schema?.examples?.[0]
  if (example === undefined) return ''
  const text = JSON.stringify(example)
  return ` For example ${typeof key === 'string' ? `${key}: ` : ''}${text}.`
}

function renderRequirement(schema: JsonSchema): string {
  if (schema.enum) return `one of ${schema.enum.join(', ')}`
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf?.every(({ type }) => type === 'object')) return 'an object'
  if (schema.anyOf) return schema.anyOf.map(renderRequirement).join(' or ')
  return [schema.type ?? []]
    .flat()
    .map((type) => renderType(type, schema))
    .join(' or ')
}

function renderType(type: string, schema: JsonSchema): string {
  const { minimum, exclusiveMinimum: above, exclusiveMaximum: below } = schema
  const limits =
    above !== undefined && below !== undefined
      ? ` above ${above} and below ${below}`
      : above !== undefined
        ? ` above ${above}`
        : minimum !== undefined
          ? ` of at least ${minimum}`
          : ''
  switch (type) {
    case 'integer':
      return `a whole number${limits}`
    case 'number':
      return `a number${limits}`
    case 'string':
      if (schema.pattern === undefined) return 'text'
      if (schema.pattern === ratePattern) return 'a rate above 0 with its unit (/s, /min)'
      return schema.pattern === percentPattern
        ? 'a percentage between 0% and 100%'
        : 'text with a unit (us, ms, s, m, h)'
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'a list'
    default: {
      const keys = Object.keys(schema.properties ?? {})
      return keys.length > 0 && keys.length <= few ? `an object (${keys.join(', ')})` : 'an object'
    }
  }
}

const longestValue = 60

function renderValue(value: unknown, redact: (text: string) => string): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (value === '') return 'an empty text'
  if (value === null) return 'nothing'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return `a ${typeof value}`
  const text = JSON.stringify(redact(value))
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

function parsePointer(pointer: string, document: unknown): Path {
  let current: unknown = document
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
      const key = Array.isArray(current) ? Number(name) : name
      current = (current as Record<string | number, unknown>)[key]
      return key
    })
}
