import { cleanLine } from '../bench-spec/plain-text.ts'
import { accountFor } from '../report/explanation/explanation.ts'
import { explainMissingRequests } from '../report/sentence/missing-requests.ts'
import { compareWith } from '../report/tool/tool-table.ts'
import type { Tool } from '../report/tool/tool.ts'
import { tools } from '../report/tool/tools.ts'
import { countRequests, readRecords, readResults } from '../results/findings.ts'
import type { Results, SloDocument } from '../results/results.ts'
import { exitCodes } from '../verdict/exit-code.ts'
import { UsageError } from './arguments.ts'
import { type Command, defineCommand } from './command.ts'
import { objectives } from './objectives.ts'
import { choice } from './value-kind.ts'

export const explain: Command = defineCommand({
  summary: 'show the arithmetic of a verdict',
  usage: ['RESULTS [SLO_ID...]', 'RESULTS --as TOOL [--goodput BOUNDS]'],
  purpose:
    'Prints how each verdict of a `results.json` (or of the folder that holds it) came about: the formulas with the figures put in. All of it is computed anew from the other figures of the file, and what differs is said. Without an id: every SLO.',
  options: {
    as: {
      value: choice('TOOL', Object.keys(tools)),
      description: `instead, how another tool would report the same requests: ${listTools()}; reads the \`requests.ndjson.gz\` beside it`,
    },
    goodput: {
      value: objectives,
      description: `what each request must keep, for the goodput of ${listTools(hasGoodput)}: \`ttft=800ms,tpot=50ms,latency=8s\``,
    },
  },
  operands: {
    needed: 'a results.json or its folder',
    least: 1,
    most: Infinity,
    offers: 'files',
  },
  exitCodes: { 0: 'every figure agrees', 3: 'no results or no such SLO', 4: 'some differ' },
  examples: [
    "slogate explain .vitest/slogate/chat/results.json 'ttft p95 <= 800ms'",
    'slogate explain .vitest/slogate/chat --as vllm',
  ],
  async run({ values, operands }, { cwd, stdout, stderr }) {
    const [path = '', ...ids] = operands
    const { results, file } = readResults(path, cwd)
    const tool = values.as === undefined ? undefined : tools[values.as]
    if (values.goodput !== undefined && tool?.goodput === undefined)
      throw new UsageError(`--goodput goes with --as and one of ${listTools(hasGoodput)}`)
    if (tool !== undefined) {
      if (ids.length > 0) throw new UsageError('--as is about requests, not about SLOs')
      const records = readRecords(results, { file, cwd })
      if (records === undefined)
        throw new UsageError(`there is no requests.ndjson.gz beside ${file}`)
      if (records.length < countRequests(results)) {
        const missing = explainMissingRequests(records.length, countRequests(results))
        stderr.write(`slogate explain: ${missing}\n`)
      }
      stdout.write(`${compareWith(tool, results, records, values.goodput)}\n`)
      return exitCodes.pass
    }
    const explanations = choose(results, ids).map((slo) => accountFor(results, slo))
    stdout.write(`${explanations.map(({ text }) => text).join('\n\n')}\n`)
    const agrees = explanations.every(({ differences }) => differences.length === 0)
    return agrees ? exitCodes.pass : exitCodes.noData
  },
})

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

function hasGoodput({ goodput }: Tool): boolean {
  return goodput !== undefined
}

function listTools(isMeant: (tool: Tool) => boolean = () => true): string {
  return Object.entries(tools)
    .flatMap(([name, tool]) => (isMeant(tool) ? [`\`${name}\``] : []))
    .join(', ')
}
