import { resolve } from 'node:path'

import { renderIssues, SpecError } from '../bench-spec/issue.ts'
import { loadSpecs } from '../run/checked-spec.ts'
import { planHere } from '../run/local-plan.ts'
import { folderOfCell, folderOfFile } from '../run/spec-folder.ts'
import { exitCodes } from '../verdict/exit-code.ts'
import { type Command, defineCommand } from './command.ts'
import { renderPlanned } from './plan.ts'
import { out } from './shared-options.ts'

export const validate: Command = defineCommand({
  summary: 'check bench specs without sending anything',
  usage: ['FILE...'],
  purpose:
    'Checks each file whole: syntax, keys, SLOs, environment variables, data source, placeholders, and whether every SLO can be decided with the requests asked for. Tells what a run would send: requests and warm-up, tokens, time and open files. Sends nothing.',
  options: { out: { ...out, description: 'folder for results: the pace of the last run is told' } },
  operands: { needed: 'at least one file', least: 1, most: Infinity, offers: 'files' },
  exitCodes: { 0: 'all are valid, warnings allowed', 3: 'one of them is not' },
  examples: [
    'slogate validate bench/chat.bench.yaml',
    'SLOGATE_REQUESTS=300 slogate validate bench/*.bench.yaml',
  ],
  async run({ values, operands }, { env, cwd, stdout, stderr }) {
    let valid = true
    for (const file of operands) {
      try {
        const specs = loadSpecs(file, { env, cwd })
        const whole = resolve(cwd, values.out, folderOfFile(resolve(cwd, file), cwd))
        for (const spec of specs) {
          const plan = planHere(spec, folderOfCell(whole, spec))
          stdout.write(renderPlanned({ title: file, spec, plan }, cwd))
        }
      } catch (error) {
        if (!(error instanceof SpecError)) throw error
        valid = false
        stderr.write(`${renderIssues(error)}\n`)
      }
    }
    return valid ? exitCodes.pass : exitCodes.misuse
  },
})
