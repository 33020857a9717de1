import { renderEditorSchema } from '../bench-spec/editor-schema.ts'
import type { Command } from './command.ts'

export const schema: Command = {
  summary: 'print the JSON Schema of a bench spec',
  help: `Usage: slogate schema > bench.schema.json

Prints the draft-07 JSON Schema of a bench spec. The package also holds it as
schema/bench.schema.json, for the comment that makes an editor check a spec:

  # yaml-language-server: $schema=../node_modules/slogate/schema/bench.schema.json
`,
  async run(_args, { stdout }) {
    stdout.write(renderEditorSchema())
    return 0
  },
}
