import { renderEditorSchema } from '../bench-spec/editor-schema.ts'
import { exitCodes } from '../verdict/exit-code.ts'
import { type Command, defineCommand } from './command.ts'

export const schema: Command = defineCommand({
  summary: 'print the JSON Schema of a bench spec',
  usage: [''],
  purpose:
    'Prints the draft-07 JSON Schema of a bench spec. The package also holds it as `schema/bench.schema.json`, for the comment `# yaml-language-server: $schema=…` that makes an editor check a spec.',
  options: {},
  examples: ['slogate schema', 'slogate schema > bench.schema.json'],
  async run(_given, { stdout }) {
    stdout.write(renderEditorSchema())
    return exitCodes.pass
  },
})
