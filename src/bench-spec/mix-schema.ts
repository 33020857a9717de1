import { describeObject, describeText, type JsonSchema } from './json-schema.ts'

/** Keys of a request that a kind may have of its own; without it they are those of the document. */
export const kindKeys = [
  'url',
  'method',
  'headers',
  'body',
  'stream_format',
  'data_source',
  'expect',
] as const

const differing: Readonly<Partial<Record<string, string>>> = {
  url: 'Its endpoint; a path is one at the origin of `url`. May hold {{column}}.',
  headers: 'Headers over those of the document. May hold {{column}}.',
  body: 'Its body in place of `body`, as that is written.',
}

/** The schema of a document with a `mix` beside its keys, which kinds may have of their own. */
export function addMix(document: JsonSchema): JsonSchema {
  const { properties = {} } = document
  const own = kindKeys.flatMap((key) => {
    const property = properties[key]
    return property === undefined ? [] : [[key, describeOwn(key, property)] as const]
  })
  const mix: JsonSchema = {
    description:
      'Several kinds of request in one load, each with a share of it; what a kind does not say is as outside of the mix.',
    type: 'array',
    items: describeObject(
      {
        name: describeText('Unique; the tag `kind` of an SLO.', { examples: ['chat'] }),
        weight: {
          description:
            'Its share of the requests: percents that add up to 100%, or numbers in relation to one another.',
          type: ['number', 'string'],
          examples: ['70%', 7],
        },
        ...Object.fromEntries(own),
      },
      { required: ['name', 'weight'] },
    ),
    examples: [
      [
        { name: 'chat', weight: '70%', body: { messages: '{{messages}}', stream: true } },
        { name: 'embed', weight: '30%', url: '/v1/embeddings', body: { input: '{{text}}' } },
      ],
    ],
  }
  return { ...document, properties: { ...properties, mix } }
}

function describeOwn(
  key: string,
  { description: _outer, default: _preset, ...own }: JsonSchema,
): JsonSchema {
  return { description: differing[key] ?? `Its own \`${key}\`.`, ...own }
}
