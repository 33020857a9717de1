import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { count, number, oneOf, orNull, record } from './schema-parts.ts'

const fitSchema = (description: string): JsonSchema =>
  record(description, {
    requests: count('Completed measured requests.'),
    told: count('Those of them whose answers said.'),
    asked: number('Mean of those told, of all where none was.'),
    got: orNull(number('Mean as the server counted; `null`: no answer said.')),
    error_p50: orNull(number('|got − asked| ÷ asked of a request, nearest rank.')),
    error_p95: orNull(number('The same.')),
  })

/** How made-up prompts came out, within `results.json`. */
export const syntheticSchema: JsonSchema = orNull(
  record(
    'How made-up prompts, those of a trace too, came out, in tokens; `null`: the rows are those of a file.',
    {
      shared_prefix: count('That all prompts of a group begin with; 0: none, or as a trace says.'),
      groups: count('How many different prefixes there were.'),
      gauge: oneOf('Whether the server told how many tokens a word is, or that was assumed.', [
        'told',
        'assumed',
      ]),
      tokens_per_word: number('That prompts were written by.'),
      overhead: number('Tokens of what stands around a prompt, by which it was written shorter.'),
      input: fitSchema('Tokens of prompts.'),
      output: orNull(fitSchema('Tokens of answers; `null`: no length was asked for.')),
    },
  ),
)
