import { dirname, relative, resolve } from 'node:path'

import { keepKnown } from '../bench-spec/known.ts'
import type { Overrides } from '../bench-spec/overrides.ts'
import type { RelativeSlo } from '../bench-spec/slo.ts'
import { type Comparison, renderComparison } from '../report/comparison-table.ts'
import { detectStyle } from '../report/console-style.ts'
import { renderJson } from '../report/escaping.ts'
import { listPlaces } from '../report/screen.ts'
import { readResults } from '../results/findings.ts'
import type { Results } from '../results/results.ts'
import { finishRun } from '../run/artifacts.ts'
import { type BenchOptions, listNotices } from '../run/bench.ts'
import { loadSpec } from '../run/checked-spec.ts'
import { compareStored, compareTargets, limitRegression } from '../run/comparison.ts'
import { findEarlier } from '../run/earlier-runs.ts'
import { openRunFolder, showPlaces } from '../run/run-folder.ts'
import { folderOfFile } from '../run/spec-folder.ts'
import { exitCodeMeanings, exitCodes, toSignalCode } from '../verdict/exit-code.ts'
import { worstExitCode } from '../verdict/policy.ts'
import { UsageError } from './arguments.ts'
import { type Command, type CommandContext, defineCommand } from './command.ts'
import { createProgressLine } from './progress-line.ts'
import { config, keep, out, policy, quiet } from './shared-options.ts'
import type { ValueKind } from './value-kind.ts'

const regression: ValueKind<readonly RelativeSlo[]> = {
  name: 'P',
  expected: 'a percentage below 100 like 10%',
  read: (text) => {
    const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1])
    return percent < 100 ? limitRegression(percent) : undefined
  },
}

export const compare: Command = defineCommand({
  summary: 'compare two results, or two targets',
  usage: [
    'BASELINE CANDIDATE [OPTIONS]',
    'CANDIDATE [OPTIONS]',
    '-c FILE BASELINE_URL CANDIDATE_URL [OPTIONS]',
  ],
  purpose:
    'Compares two `results.json` (or the folders that hold them), one with that of the run before it, or two targets whose rounds alternate in one run of a spec. Relative SLOs of the spec are judged (`ttft p95 <= baseline + 10%`), and with `--max-regression` ttft p50 and p95, latency p95, requests_per_second and success_rate as well.',
  options: {
    config: { ...config, description: 'bench spec, for two targets' },
    'max-regression': {
      value: regression,
      description: 'how much worse those may be: `10%`; the success rate by one point',
    },
    policy,
    out: { ...out, description: 'folder for results of two targets' },
    keep,
    json: { description: 'print the comparison as JSON' },
    quiet,
  },
  operands: { needed: 'a baseline and a candidate', least: 1, most: 2, offers: 'files' },
  notes: [
    'Results of two machines or loads are not compared: INCONCLUSIVE, with what differs. Two models or servers are, with what differs too. Two models in one run: a `baseline` in the spec with a body of its own, and `slogate run`.',
  ],
  exitCodes: exitCodeMeanings,
  examples: [
    'slogate compare .vitest/slogate/bench/chat --max-regression 10%',
    'slogate compare -c chat.bench.yaml http://127.0.0.1:8000 http://127.0.0.1:8001',
  ],
  async run({ values, operands }, context) {
    const { config, policy, out, keep, quiet, 'max-regression': limits = [] } = values
    const asked = { ...nameSides(operands, config, context), limits, policy }
    const { stdout, env, signal } = context
    const { comparison, details, unwritten } =
      config === undefined
        ? compareFiles(asked, context)
        : await compareUrls({ ...asked, config, out, keep, quiet }, context)
    stdout.write(
      values.json
        ? `${renderJson(comparison)}\n`
        : `${renderComparison(comparison, { ...detectStyle(stdout, env), details })}\n`,
    )
    for (const problem of unwritten) context.stderr.write(`slogate compare: ${problem}\n`)
    if (signal.aborted) return toSignalCode(signal.reason)
    const { exit_code: code } = comparison.verdict
    return unwritten.length > 0 ? worstExitCode([code, exitCodes.noData]) : code
  },
})

interface Sides {
  baseline: string
  candidate: string
}

/** A run alone is compared with the one before it. */
function nameSides(
  [first = '', second]: readonly string[],
  config: string | undefined,
  { cwd }: CommandContext,
): Sides {
  if (second !== undefined) return { baseline: first, candidate: second }
  if (config !== undefined || first.includes('://')) {
    throw new UsageError('needs a baseline and a candidate')
  }
  const folder = first.endsWith('.json') ? dirname(first) : first
  const earlier = findEarlier(resolve(cwd, folder))
  if (earlier === undefined) {
    throw new UsageError(
      `there is no earlier run beside ${first}: needs a baseline and a candidate`,
    )
  }
  return { baseline: relative(cwd, earlier), candidate: first }
}

interface Asked extends Sides {
  limits: readonly RelativeSlo[]
  policy: Results['verdict']['policy'] | undefined
}

interface Compared {
  comparison: Comparison
  details: readonly string[]
  /** What could not be written, a sentence each. */
  unwritten: readonly string[]
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
  return { comparison: compareStored(a, b, { limits, policy, names }), details: [], unwritten: [] }
}

async function compareUrls(
  given: Asked & { config: string; out: string; keep: number; quiet: boolean },
  { cwd, env, stderr, signal }: CommandContext,
): Promise<Compared> {
  const { baseline, candidate, limits, policy, config, out, keep, quiet } = given
  for (const url of [baseline, candidate]) {
    if (!url.includes('://'))
      throw new UsageError(`with -c both must be URLs, got ${JSON.stringify(url)}`)
  }
  const overrides = keepKnown<Overrides>({ url: candidate, baseline, policy })
  const spec = loadSpec(config, { env, cwd, overrides, limits })
  const folder = openRunFolder(resolve(cwd, out), folderOfFile(resolve(cwd, config), cwd), keep)
  for (const { level, message } of listNotices(spec, { root: cwd })) {
    stderr.write(`${spec.name}: ${level}: ${message}\n`)
  }
  const line = createProgressLine(stderr)
  const { comparison, bench } = await compareTargets(
    spec,
    keepKnown<BenchOptions>({
      signal,
      root: cwd,
      log: folder.log,
      onProgress: quiet ? undefined : (progress) => line.show(spec.name, progress),
    }),
  )
  const unwritten = finishRun(folder, bench)
  line.clear()
  return { comparison, details: listPlaces(showPlaces(folder, cwd)), unwritten }
}
