import { parseArgs } from 'node:util'

import { renderIssues, SpecError } from '../bench-spec/issue.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { warningsOf } from '../run/bench.ts'
import { loadSpec } from '../run/checked-spec.ts'
import { type Command, UsageError } from './command.ts'

export const validate: Command = {
  summary: 'check bench specs without sending anything',
  help: `Usage: slogate validate FILE...

Checks each file whole: syntax, keys, SLOs, environment variables, data source,
placeholders, and whether every SLO can be decided with the requests asked for.
Sends nothing. Exit code 0 when all are valid (warnings allowed), 3 otherwise.

Example:
  slogate validate bench/*.bench.yaml
`,
  async run(args, { env, cwd, stdout, stderr }) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
    if (positionals.length === 0) throw new UsageError('needs at least one file')
    let valid = true
    for (const file of positionals) {
      try {
        const spec = loadSpec(file, { env, cwd })
        stdout.write(`${file}: valid, ${describe(spec)}\n`)
        for (const warning of warningsOf(spec)) stdout.write(`  warning: ${warning}\n`)
      } catch (error) {
        if (!(error instanceof SpecError)) throw error
        valid = false
        stderr.write(`${renderIssues(error)}\n`)
      }
    }
    return valid ? 0 : 3
  },
}

function describe(spec: BenchSpec): string {
  const { load, slos, dataset } = spec
  return [
    `${slos.length} SLO${slos.length === 1 ? '' : 's'}`,
    load.requests === undefined ? `${(load.duration ?? 0) / 1000}s` : `${load.requests} requests`,
    `concurrency ${load.concurrency}`,
    ...(dataset === undefined ? [] : [`${dataset.rows.length} rows of ${dataset.source}`]),
  ].join(', ')
}
