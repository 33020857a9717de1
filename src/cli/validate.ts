import { renderIssues, SpecError } from '../bench-spec/issue.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { listNotices } from '../run/bench.ts'
import { loadSpec } from '../run/checked-spec.ts'
import { exitCodes } from '../verdict/exit-code.ts'
import { type Command, defineCommand } from './command.ts'

export const validate: Command = defineCommand({
  summary: 'check bench specs without sending anything',
  usage: ['FILE...'],
  purpose:
    'Checks each file whole: syntax, keys, SLOs, environment variables, data source, placeholders, and whether every SLO can be decided with the requests asked for. Sends nothing.',
  options: {},
  operands: { needed: 'at least one file', least: 1, most: Infinity, offers: 'files' },
  exitCodes: { 0: 'all are valid, warnings allowed', 3: 'one of them is not' },
  examples: [
    'slogate validate bench/chat.bench.yaml',
    'SLOGATE_REQUESTS=300 slogate validate bench/*.bench.yaml',
  ],
  async run({ operands }, { env, cwd, stdout, stderr }) {
    let valid = true
    for (const file of operands) {
      try {
        const spec = loadSpec(file, { env, cwd })
        stdout.write(`${file}: valid, ${describe(spec)}\n`)
        for (const { level, message } of listNotices(spec, { root: cwd })) {
          stdout.write(`  ${level}: ${message}\n`)
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

function describe(spec: BenchSpec): string {
  const { load, slos, dataset } = spec
  return [
    `${slos.length} SLO${slos.length === 1 ? '' : 's'}`,
    load.requests === undefined ? `${(load.duration ?? 0) / 1000}s` : `${load.requests} requests`,
    `concurrency ${load.concurrency}`,
    ...(dataset === undefined ? [] : [`${dataset.rows.length} rows of ${dataset.source}`]),
  ].join(', ')
}
