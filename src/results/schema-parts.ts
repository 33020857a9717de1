import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { keepKnown } from '../bench-spec/known.ts'

type Properties = Readonly<Record<string, JsonSchema>>

/** Every key is always there; what is missing is `null`. */
export function record(description: string, properties: Properties): JsonSchema {
  return { description, ...object(properties) }
}

function object(properties: Properties): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  }
}

/** One of several objects, which the constant member `tag` tells apart. */
export function union(
  description: string,
  tag: string,
  members: Readonly<Record<string, Properties>>,
): JsonSchema {
  const anyOf = Object.entries(members).map(([name, properties]) =>
    object({ [tag]: constant('Which of them.', name), ...properties }),
  )
  return { description, anyOf }
}

export const text = (description: string): JsonSchema => ({ type: 'string', description })
export const number = (description: string): JsonSchema => ({ type: 'number', description })
export const count = (description: string): JsonSchema => ({
  type: 'integer',
  minimum: 0,
  description,
})
export const constant = (description: string, value: string): JsonSchema => ({
  type: 'string',
  const: value,
  description,
})
export const oneOf = (description: string, values: readonly string[]): JsonSchema => ({
  type: 'string',
  enum: values,
  description,
})
export const list = (description: string, items: JsonSchema): JsonSchema => ({
  type: 'array',
  description,
  items,
})

/** The same value, or `null`. */
export function orNull(
  schema: JsonSchema,
  description: string | undefined = schema.description,
): JsonSchema {
  return keepKnown<JsonSchema>({ anyOf: [schema, { type: 'null' }], description })
}
