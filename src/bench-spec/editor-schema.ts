import type { JsonSchema } from './json-schema.ts'
import { keepKnown } from './known.ts'
import { benchSchema } from './schema.ts'

/**
 * The schema for editors, as JSON text. Wherever a number, a truth value or one of several words is
 * required it takes `${VAR}` as well, which a file may hold until it is loaded.
 */
export function renderEditorSchema(): string {
  return `${JSON.stringify(allowVariables(benchSchema), undefined, 2)}\n`
}

const variable: JsonSchema = { type: 'string', pattern: '\\$\\{' }

function allowVariables(schema: JsonSchema): JsonSchema {
  const { anyOf, items, properties } = schema
  if (anyOf || items || properties) {
    return keepKnown<JsonSchema>({
      ...schema,
      anyOf: anyOf?.map(allowVariables),
      items: items && allowVariables(items),
      properties: properties && allowVariablesIn(properties),
    })
  }
  if (takesAnyText(schema) || schema.type === 'object') return schema
  const { description, default: preset, examples, ...rule } = schema
  return keepKnown<JsonSchema>({
    description,
    default: preset,
    examples,
    anyOf: [rule, variable],
  })
}

function allowVariablesIn(
  properties: Readonly<Record<string, JsonSchema>>,
): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, allowVariables(schema)]),
  )
}

function takesAnyText({ type, enum: words, const: word, pattern }: JsonSchema): boolean {
  return (type === undefined || type === 'string') && !words && word === undefined && !pattern
}
