import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import type { Overrides } from '../bench-spec/overrides.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { reportRuns } from '../github/job.ts'
import { detectStyle } from '../report/console-style.ts'
import { cleanLine } from '../report/plain-text.ts'
import { renderSeedReport } from '../report/seed-report.ts'
import type { Locale } from '../report/seed-words.ts'
import { renderTerminal } from '../report/terminal.ts'
import type { Results } from '../results/results.ts'
import {
  folderName,
  type JunitMode,
  prepareFolder,
  writeArtifacts,
  writeOverview,
} from '../run/artifacts.ts'
import { type BenchOptions, runBench, warningsOf } from '../run/bench.ts'
import { checkSpec, loadSpec } from '../run/checked-spec.ts'
import { appendHistory, checkHistory } from '../run/history-file.ts'
import { toSignalCode } from '../verdict/exit-code.ts'
import { worstExitCode } from '../verdict/policy.ts'
import { type Command, type CommandContext, UsageError } from './command.ts'
import { readCount } from './count.ts'
import { junitOf } from './junit-mode.ts'
import { policyOf } from './policy.ts'
import { createProgressLine } from './progress-line.ts'
import { createSeedOutput } from './seed-output.ts'

const help = `Usage: slogate run -c FILE [-c FILE...] [OPTIONS]
       slogate run -u URL [-n N] [-p P]

Sends the load of each spec, judges its SLOs and writes the results.

Options:
  -c, --config FILE       bench spec: YAML, JSON or JSONC; may be repeated
  -u, --url URL           target; with -c it replaces the base of the spec's url,
                          and a hermetic spec then runs against this target
  -n, --requests N        measured requests
  -p, --concurrency N     requests in flight
      --baseline URL|FILE base of a second target, whose rounds alternate with those of
                          the first, or results.json of an earlier run: what SLOs like
                          'ttft p95 <= baseline + 10%' compare with
      --policy POLICY     pr, release or point
      --out DIR           folder for results (default: .vitest/slogate)
      --junit MODE        rich (default), or strict: only what strict schemas of JUnit allow
      --history FILE      append a row per run to this .csv, .ndjson or .jsonl file
      --json              print results.json to stdout instead of the summary
      --quiet             print no progress
      --reporter NAME     default: one line of progress; seed: lines for every request
                          and a plain report before the summary
      --locale LOCALE     of the seed reporter: zh (default) or en

Flags win over SLOGATE_URL, SLOGATE_BASELINE, SLOGATE_CONCURRENCY,
SLOGATE_REQUESTS, SLOGATE_POLICY and SLOGATE_OUT, these over the spec, the spec
over the defaults.

Written per spec: report.html, results.json, requests.ndjson.gz, junit.xml,
summary.md, test_results.json, exports/; for all of them together: junit.xml,
summary.md, exports/. Also after a failure and after Ctrl-C.

Exit codes: 0 pass, 1 SLO missed, 2 inconclusive where the policy blocks it,
3 bad spec or usage, 4 no data or target unreachable, 130/143 interrupted.

Examples:
  slogate run -c bench/chat.bench.yaml
  slogate run -c bench/chat.bench.yaml -u https://staging.example.com --policy release
  slogate run -c bench/chat.bench.yaml --baseline https://stable.example.com
  slogate run -u http://127.0.0.1:8000/stream/raw -n 50 -p 10
`

export const run: Command = {
  summary: 'run bench specs and judge their SLOs',
  help,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string', short: 'c', multiple: true },
        url: { type: 'string', short: 'u' },
        requests: { type: 'string', short: 'n' },
        concurrency: { type: 'string', short: 'p' },
        baseline: { type: 'string' },
        policy: { type: 'string' },
        out: { type: 'string' },
        junit: { type: 'string' },
        history: { type: 'string' },
        json: { type: 'boolean' },
        quiet: { type: 'boolean' },
        reporter: { type: 'string' },
        locale: { type: 'string' },
      },
    })
    const { env, cwd } = context
    const files = [...(values.config ?? []), ...positionals]
    const overrides: Overrides = {
      ...(values.url !== undefined && { url: values.url }),
      ...(values.requests !== undefined && { requests: readCount('--requests', values.requests) }),
      ...(values.concurrency !== undefined && {
        concurrency: readCount('--concurrency', values.concurrency),
      }),
      ...(values.policy !== undefined && { policy: policyOf(values.policy) }),
      ...(values.baseline !== undefined && { baseline: baselineOf(values.baseline, cwd) }),
    }
    const junit = junitOf(values.junit ?? 'rich')
    const history = historyOf(values.history, cwd)
    const locale = localeOf(values.reporter ?? 'default', values.locale)
    const specs = files.map((file) => loadSpec(file, { env, cwd, overrides }))
    if (files.length === 0) {
      if (values.url === undefined)
        throw new UsageError('needs a spec (-c FILE) or a target (-u URL)')
      const { url, ...others } = overrides
      specs.push(checkSpec({ url }, { env, baseDir: cwd, name: 'run', overrides: others }))
    }

    const out = resolve(cwd, values.out ?? (env.SLOGATE_OUT || '.vitest/slogate'))
    const all: Results[] = []
    const folders = nameFolders(specs)
    for (const [index, spec] of specs.entries()) {
      if (context.signal.aborted) break
      const output = { quiet: values.quiet === true, json: values.json === true, junit, locale }
      const folder = join(out, folders[index] ?? spec.name)
      const results = await runOne(spec, folder, context, output)
      all.push(results)
      const problem = history && appendHistory(history, [results], env)
      if (problem !== undefined) context.stderr.write(`slogate run: ${problem}\n`)
    }
    if (values.json === true) {
      context.stdout.write(`${JSON.stringify(all.length === 1 ? all[0] : all, null, 2)}\n`)
    }
    if (all.length > 0) writeOverview(out, all, junit)
    const annotation = values.json === true ? 'none' : 'line'
    const problems = await reportRuns(all, { annotation, cwd, env })
    for (const problem of problems) context.stderr.write(`slogate run: ${problem}\n`)
    if (context.signal.aborted) return toSignalCode(context.signal.reason)
    return worstExitCode(all.map((results) => results.verdict.exit_code))
  },
}

interface RunOutput {
  quiet: boolean
  json: boolean
  junit: JunitMode
  /** Language of the seed reporter; `undefined`: the default reporter. */
  locale: Locale | undefined
}

async function runOne(
  spec: BenchSpec,
  folder: string,
  { stdout, stderr, env, cwd, signal }: CommandContext,
  { quiet, json, junit, locale }: RunOutput,
): Promise<Results> {
  prepareFolder(folder)
  const line = createProgressLine(stderr)
  for (const warning of warningsOf(spec)) {
    stderr.write(`${cleanLine(`${spec.name}: warning: ${warning}`)}\n`)
  }
  const bench = await runBench(spec, {
    signal,
    root: cwd,
    ...(!quiet && watchRun()),
  })
  line.clear()
  if (!json) {
    const details = [`results ${relative(cwd, folder)}`]
    if (locale !== undefined) {
      stdout.write(`${renderSeedReport(bench.results, bench.records, locale)}\n`)
    }
    stdout.write(`${renderTerminal(bench.results, { ...detectStyle(stdout, env), details })}\n`)
  }
  writeArtifacts(folder, bench, junit)
  return bench.results

  function watchRun(): BenchOptions {
    if (locale === undefined) {
      return { onProgress: (progress) => line.show(spec.name, progress) }
    }
    const { requests: total } = spec.load
    return { onRecords: createSeedOutput(json ? stderr : stdout, { total, locale }).add }
  }
}

/** By the specs' names; a name that is there already gets a number. */
function nameFolders(specs: readonly BenchSpec[]): string[] {
  const names = specs.map(({ name }) => folderName(name))
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length
    return earlier === 0 ? name : `${name}-${earlier + 1}`
  })
}

/** A file is relative to the working directory of the command. */
function baselineOf(text: string, cwd: string): string {
  return text.includes('://') ? text : resolve(cwd, text)
}

/** Absolute path of the history; `undefined` without one. */
function historyOf(file: string | undefined, cwd: string): string | undefined {
  if (file === undefined) return undefined
  const path = resolve(cwd, file)
  const problem = checkHistory(path)
  if (problem === undefined) return path
  throw new UsageError(`--history ${problem}`)
}

/** Language of the seed reporter; `undefined` for the default reporter. */
function localeOf(reporter: string, locale: string | undefined): Locale | undefined {
  if (reporter !== 'default' && reporter !== 'seed') {
    throw new UsageError(`--reporter must be default or seed, got '${reporter}'`)
  }
  if (reporter === 'default') {
    if (locale !== undefined) throw new UsageError('--locale needs --reporter seed')
    return undefined
  }
  if (locale === undefined || locale === 'zh' || locale === 'en') return locale ?? 'zh'
  throw new UsageError(`--locale must be zh or en, got '${locale}'`)
}
