import { parseArgs } from 'node:util'

import { cleanLine } from '../bench-spec/plain-text.ts'
import { accountFor } from '../report/explanation/explanation.ts'
import { compareWith } from '../report/tool/comparison.ts'
import type { Tool } from '../report/tool/tool.ts'
import { tools } from '../report/tool/tools.ts'
import { readRecords, readResults } from '../results/findings.ts'
import type { Results, SloDocument } from '../results/results.ts'
import { type Command, UsageError } from './command.ts'

export const explain: Command = {
  summary: 'show the arithmetic of a verdict',
  help: `Usage: slogate explain RESULTS [SLO_ID...]
       slogate explain RESULTS --as TOOL

Prints how each verdict of a results.json (or of the folder that holds it) came
about: the formulas with the figures put in. All of it is computed anew from the
other figures of the file, and what differs is said. Without an id: every SLO.

Options:
      --as TOOL   instead, how another tool would report the same requests:
                  ${Object.keys(tools).join(', ')};
                  reads the requests.ndjson.gz beside results.json

Exit codes: 0 all figures agree, 4 some differ, 3 no results or no such SLO.

Examples:
  slogate explain .vitest/slogate/chat
  slogate explain results.json 'ttft p95 <= 800ms'
  slogate explain .vitest/slogate/chat --as vllm
`,
  async run(args, { cwd, stdout }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { as: { type: 'string' } },
    })
    const [path, ...ids] = positionals
    if (path === undefined) throw new UsageError('needs a results.json or its folder')
    const { results, file } = readResults(path, cwd)
    if (values.as !== undefined) {
      if (ids.length > 0) throw new UsageError('--as is about requests, not about SLOs')
      const tool = toolOf(values.as)
      const records = readRecords(file, cwd)
      if (records === undefined)
        throw new UsageError(`there is no requests.ndjson.gz beside ${file}`)
      stdout.write(`${compareWith(tool, results, records)}\n`)
      return 0
    }
    const explanations = choose(results, ids).map((slo) => accountFor(results, slo))
    stdout.write(`${explanations.map(({ text }) => text).join('\n\n')}\n`)
    return explanations.every(({ differences }) => differences.length === 0) ? 0 : 4
  },
}

function choose({ verdict }: Results, ids: readonly string[]): readonly SloDocument[] {
  const { slos } = verdict
  if (slos.length === 0) throw new UsageError('there is no SLO in these results')
  if (ids.length === 0) return slos
  return ids.map((id) => {
    const slo = slos.find((each) => each.id === id || each.text === id)
    if (slo !== undefined) return slo
    const known = slos.map((each) => `  ${cleanLine(each.id)}`).join('\n')
    throw new UsageError(`there is no SLO '${id}'. There are:\n${known}`)
  })
}

function toolOf(name: string): Tool {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
  if (tool !== undefined) return tool
  throw new UsageError(`--as must be one of ${Object.keys(tools).join(', ')}, got '${name}'`)
}
