import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import type { RelativeSlo } from '../bench-spec/slo.ts'
import { type Comparison, renderComparison } from '../report/comparison-table.ts'
import { detectStyle } from '../report/console-style.ts'
import { readResults } from '../results/findings.ts'
import type { Results } from '../results/results.ts'
import { folderName, prepareFolder, writeArtifacts } from '../run/artifacts.ts'
import { warningsOf } from '../run/bench.ts'
import { loadSpec } from '../run/checked-spec.ts'
import { compareStored, compareTargets, limitRegression } from '../run/comparison.ts'
import { toSignalCode } from '../verdict/exit-code.ts'
import { type Command, type CommandContext, UsageError } from './command.ts'
import { policyOf } from './policy.ts'
import { createProgressLine } from './progress-line.ts'

const help = `Usage: slogate compare BASELINE CANDIDATE [OPTIONS]
       slogate compare -c FILE BASELINE_URL CANDIDATE_URL [OPTIONS]

Compares two results.json, or two targets whose rounds alternate in one run of a
spec. Relative SLOs of the spec are judged ('ttft p95 <= baseline + 10%'), and
with --max-regression ttft p50 and p95, latency p95, requests_per_second and
success_rate as well.

Options:
  -c, --config FILE       bench spec, for two targets
      --max-regression P  how much worse those may be: 10%; the success rate by one point
      --policy POLICY     pr, release or point
      --out DIR           folder for results of two targets (default: .vitest/slogate)
      --json              print the comparison as JSON
      --quiet             print no progress

Results of two machines, workloads or settings are not compared: INCONCLUSIVE.

Exit codes: 0 pass, 1 SLO missed, 2 inconclusive where the policy blocks it,
3 bad spec or usage, 4 no data or target unreachable, 130/143 interrupted.

Examples:
  slogate compare main/results.json branch/results.json --max-regression 10%
  slogate compare -c bench/chat.bench.yaml http://127.0.0.1:8000 http://127.0.0.1:8001
`

export const compare: Command = {
  summary: 'compare two results, or two targets',
  help,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string', short: 'c' },
        'max-regression': { type: 'string' },
        policy: { type: 'string' },
        out: { type: 'string' },
        json: { type: 'boolean' },
        quiet: { type: 'boolean' },
      },
    })
    const [baseline, candidate] = positionals
    if (baseline === undefined || candidate === undefined || positionals.length > 2) {
      throw new UsageError(`needs a baseline and a candidate, got ${positionals.length} of them`)
    }
    const { config, policy } = values
    const asked = {
      baseline,
      candidate,
      limits: limitsOf(values['max-regression']),
      policy: policy === undefined ? undefined : policyOf(policy),
    }
    const { stdout, env, signal } = context
    const { comparison, details } =
      config === undefined
        ? compareFiles(asked, context)
        : await compareUrls(
            {
              ...asked,
              config,
              out: values.out ?? '.vitest/slogate',
              quiet: values.quiet === true,
            },
            context,
          )
    stdout.write(
      values.json === true
        ? `${JSON.stringify(comparison, null, 2)}\n`
        : `${renderComparison(comparison, { ...detectStyle(stdout, env), details })}\n`,
    )
    if (signal.aborted) return toSignalCode(signal.reason)
    return comparison.verdict.exit_code
  },
}

interface Asked {
  baseline: string
  candidate: string
  limits: readonly RelativeSlo[]
  policy: Results['verdict']['policy'] | undefined
}

interface Compared {
  comparison: Comparison
  details: readonly string[]
}

function compareFiles(
  { baseline, candidate, limits, policy }: Asked,
  { cwd }: CommandContext,
): Compared {
  const [a, b] = [baseline, candidate].map((file) => {
    if (file.includes('://')) {
      throw new UsageError(`${file} is a target, which takes a spec (-c FILE)`)
    }
    return readResults(file, cwd).results
  }) as [Results, Results]
  const names = { baseline, candidate }
  return { comparison: compareStored(a, b, { limits, policy, names }), details: [] }
}

async function compareUrls(
  given: Asked & { config: string; out: string; quiet: boolean },
  { cwd, env, stderr, signal }: CommandContext,
): Promise<Compared> {
  const { baseline, candidate, limits, policy, config, out, quiet } = given
  for (const url of [baseline, candidate]) {
    if (!url.includes('://')) throw new UsageError(`with -c both must be URLs, got '${url}'`)
  }
  const overrides = { url: candidate, baseline, ...(policy !== undefined && { policy }) }
  const spec = loadSpec(config, { env, cwd, overrides })
  const folder = join(resolve(cwd, out), folderName(spec.name))
  prepareFolder(folder)
  for (const warning of warningsOf(spec)) stderr.write(`${spec.name}: warning: ${warning}\n`)
  const line = createProgressLine(stderr)
  const { comparison, bench } = await compareTargets(spec, limits, {
    signal,
    root: cwd,
    ...(!quiet && { onProgress: (progress) => line.show(spec.name, progress) }),
  })
  line.clear()
  writeArtifacts(folder, bench)
  return { comparison, details: [`results ${relative(cwd, folder)}`] }
}

function limitsOf(text: string | undefined): RelativeSlo[] {
  if (text === undefined) return []
  const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1])
  if (percent < 100) return limitRegression(percent)
  throw new UsageError(`--max-regression must be a percentage below 100 like 10%, got '${text}'`)
}
