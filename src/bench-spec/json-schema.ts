export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null'

/** The part of JSON Schema draft-07 that the documents of this package are described with. */
export interface JsonSchema {
  $schema?: string
  $id?: string
  title?: string
  description?: string
  default?: unknown
  examples?: readonly unknown[]
  type?: JsonType | readonly JsonType[]
  enum?: readonly unknown[]
  const?: unknown
  anyOf?: readonly JsonSchema[]
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  exclusiveMaximum?: number
  minLength?: number
  pattern?: string
  items?: JsonSchema
  properties?: Readonly<Record<string, JsonSchema>>
  patternProperties?: Readonly<Record<string, JsonSchema>>
  additionalProperties?: boolean | JsonSchema
  required?: readonly string[]
}

/** An object with these keys, and with any `x-…` of the author's own. */
export function describeObject(
  properties: Readonly<Record<string, JsonSchema>>,
  rest: JsonSchema = {},
): JsonSchema {
  return {
    type: 'object',
    ...rest,
    properties,
    patternProperties: { '^x-': { description: 'Free for notes; never read.' } },
    additionalProperties: false,
  }
}

/** Text that is not empty. */
export function describeText(description: string, rest: JsonSchema = {}): JsonSchema {
  return { description, type: 'string', minLength: 1, ...rest }
}

/** Schemas that may describe the value at `path`: one per branch of an `anyOf` on the way. */
export function findSchemas(schema: JsonSchema, path: readonly (string | number)[]): JsonSchema[] {
  if (schema.anyOf) return schema.anyOf.flatMap((branch) => findSchemas(branch, path))
  const [step, ...rest] = path
  if (step === undefined) return [schema]
  const next = typeof step === 'number' ? schema.items : findProperty(schema, step)
  return next ? findSchemas(next, rest) : []
}

function findProperty(schema: JsonSchema, name: string): JsonSchema | undefined {
  const { properties = {}, additionalProperties } = schema
  if (Object.hasOwn(properties, name)) return properties[name]
  return typeof additionalProperties === 'object' ? additionalProperties : undefined
}
