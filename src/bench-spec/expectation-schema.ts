import { describeObject, describeText, type JsonSchema } from './json-schema.ts'

const status: JsonSchema = { type: 'integer', minimum: 100, maximum: 599 }

const matches = describeText(
  'Regular expression that a text, or any other value as JSON, matches somewhere.',
  { examples: ['^chatcmpl-'] },
)

const file = (what: string): JsonSchema =>
  describeText(`File with a JSON schema that ${what} fits, relative to the spec's directory.`, {
    examples: ['answer.schema.json'],
  })

/** `expect` of a spec. */
export const expectationSchema: JsonSchema = describeObject(
  {
    status: {
      description:
        'Status, or statuses, of a proper answer. Default: any 2xx. One that is none of these takes `stream_format: json`.',
      examples: [200, [200, 201]],
      anyOf: [status, { type: 'array', items: status }],
    },
    values: {
      description: 'What stands in a whole answer (`stream_format: json`), by path.',
      type: 'array',
      examples: [[{ path: 'data.0.embedding', length: 1024 }]],
      items: describeObject(
        {
          path: describeText(
            'Dotted path, list indexes allowed; `*` stands for every element of a list. With nothing else, something has to stand there.',
            { examples: ['choices.0.finish_reason', 'results.*.relevance_score'] },
          ),
          equals: { description: 'The value, any JSON.', examples: ['stop'] },
          matches,
          length: {
            description: 'Elements of a list, or characters of a text.',
            type: 'integer',
            minimum: 0,
            examples: [1024],
          },
        },
        { required: ['path'] },
      ),
    },
    schema: file('a whole answer (`stream_format: json`)'),
    output: describeObject(
      {
        contains: describeText('Text that stands in it.', { examples: ['Rhine'] }),
        matches: describeText('Regular expression that it matches somewhere.', {
          examples: ['^(yes|no)$'],
        }),
        json: { description: 'It is JSON.', type: 'boolean', const: true, examples: [true] },
        schema: file('it, as JSON,'),
      },
      {
        description:
          'The final text: that of the answer without its reasoning, or what stands at `output_path`.',
        examples: [{ contains: 'Rhine' }, { json: true }],
      },
    ),
    tool_call: describeText('Name of a tool that the answer calls.', {
      examples: ['get_weather'],
    }),
  },
  {
    description:
      'What an answer has to be, besides complete. One that is not is a failure `unexpected_answer`.',
    examples: [{ output: { contains: 'Rhine' } }, { values: [{ path: 'data.0.embedding' }] }],
  },
)
