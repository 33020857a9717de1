import { describeObject, type JsonSchema } from './json-schema.ts'

/** Keys of a load that a matrix may give several values, of those that a document has. */
const loadKeys = [
  'concurrency',
  'rate',
  'arrival',
  'max_concurrency',
  'requests',
  'sessions',
  'duration',
  'warmup',
  'rounds',
  'seed',
  'keep_alive',
  'resend',
]

/** The schema of a document with a `matrix` beside its keys, whose values are described as the keys are. */
export function addMatrix(document: JsonSchema): JsonSchema {
  const { properties = {} } = document
  const lists = loadKeys.flatMap((key) => {
    const property = properties[key]
    return property === undefined ? [] : [[key, describeList(key, property)] as const]
  })
  const matrix = describeObject(Object.fromEntries(lists), {
    description:
      'One or two keys of the load with several values each: the spec is run once for each of them, or for each pair.',
    examples: [{ concurrency: [1, 8, 32] }],
  })
  return { ...document, properties: { ...properties, matrix } }
}

function describeList(
  key: string,
  { description, examples = [], ...rest }: JsonSchema,
): JsonSchema {
  // There is none of a value in a list.
  const { default: _preset, ...items } = rest
  const [example] = examples
  const values =
    typeof example === 'number'
      ? [example, example * 2]
      : typeof example === 'boolean'
        ? [true, false]
        : [example]
  return {
    description: `Values of \`${key}\`.`,
    type: 'array',
    items: description === undefined ? items : { description, ...items },
    examples: [values],
  }
}
