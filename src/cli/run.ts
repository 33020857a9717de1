import { join, relative, resolve } from 'node:path'

import { keepKnown } from '../bench-spec/known.ts'
import { cleanLine } from '../bench-spec/plain-text.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { reportRuns } from '../github/job.ts'
import { detectStyle } from '../report/console-style.ts'
import { renderJson } from '../report/escaping.ts'
import { renderOverview } from '../report/screen.ts'
import { renderSeedReport } from '../report/seed-report.ts'
import type { Locale } from '../report/seed-words.ts'
import { renderTerminal } from '../report/terminal.ts'
import type { Results } from '../results/results.ts'
import {
  folderName,
  type JunitMode,
  openRunFolder,
  type RunFolder,
  writeOverview,
} from '../run/artifacts.ts'
import { type BenchOptions, runBench, listNotices } from '../run/bench.ts'
import { type CheckedSpec, checkSpec, loadSpec } from '../run/checked-spec.ts'
import { appendHistory, checkHistory } from '../run/history-file.ts'
import { makeFolder, OutputError } from '../run/output-file.ts'
import { recordingsName } from '../run/recording-file.ts'
import { exitCodeMeanings, exitCodes, toSignalCode } from '../verdict/exit-code.ts'
import { worstExitCode } from '../verdict/policy.ts'
import { UsageError } from './arguments.ts'
import { type Command, type CommandContext, defineCommand } from './command.ts'
import { createProgressLine } from './progress-line.ts'
import { createSeedOutput } from './seed-output.ts'
import {
  baseline,
  body,
  concurrency,
  config,
  junit,
  out,
  policy,
  precedence,
  quiet,
  requests,
  toOverrides,
  url,
} from './shared-options.ts'
import { choice, text, wholeNumber } from './value-kind.ts'

export const run: Command = defineCommand({
  summary: 'run bench specs and judge their SLOs',
  usage: ['-c FILE... [OPTIONS]', '-u URL [OPTIONS]'],
  purpose:
    'Sends the load of each spec, judges its SLOs, writes the results and shows them; after several specs a line for each.',
  options: {
    config: { ...config, repeated: true },
    url,
    body,
    requests,
    concurrency,
    baseline,
    policy,
    out,
    junit,
    history: {
      value: text('FILE', 'files'),
      description: 'append a row per run to this `.csv`, `.ndjson` or `.jsonl` file',
    },
    json: {
      description:
        'print `results.json` to stdout instead of the summary, its `::` and `##` as escapes of JSON',
    },
    'debug-events': {
      value: wholeNumber('N', 1, 1000),
      description:
        'write all that the first N measured requests sent and got to `debug_events.ndjson`, for `slogate replay`; takes time from the client',
    },
    quiet,
    reporter: {
      value: choice('NAME', ['default', 'seed']),
      default: 'default',
      description:
        '`default`: one line of progress; `seed`: lines for every request and a plain report before the summary',
    },
    locale: {
      value: choice<Locale>('LOCALE', ['zh', 'en']),
      description: 'language of the seed reporter: `zh`, which is its default, or `en`',
    },
  },
  operands: { needed: 'specs', least: 0, most: Infinity, offers: 'files' },
  notes: [
    precedence,
    'Written per spec: `report.html`, `results.json`, `requests.ndjson.gz`, `junit.xml`, `summary.md`, `test_results.json`, `exports/`, on demand `debug_events.ndjson`; for all of them together: `junit.xml`, `summary.md`, `exports/`. Also after a failure and after Ctrl-C; `requests.ndjson.gz` is written while requests end, and is left by a run that is killed. What cannot be printed, as into a pipe that is closed, stops no run.',
  ],
  exitCodes: exitCodeMeanings,
  examples: [
    'slogate run -c bench/chat.bench.yaml --policy release',
    'slogate run -u http://127.0.0.1:8000/stream/raw -n 50 -p 10',
  ],
  async run({ values, operands }, context) {
    const { env, cwd } = context
    const { json, quiet, junit, 'debug-events': recorded } = values
    const files = [...values.config, ...operands]
    const overrides = toOverrides(values, cwd)
    const { url, ...others } = overrides
    const history = findHistory(values.history, cwd)
    const locale = chooseLocale(values)
    const specs = files.map((file) => loadSpec(file, { env, cwd, overrides }))
    if (files.length === 0) {
      if (url === undefined) throw new UsageError('needs a spec (-c FILE) or a target (-u URL)')
      const document = keepKnown({ url, body: values.body })
      specs.push(checkSpec(document, { env, baseDir: cwd, name: 'run', overrides: others }))
    } else if (values.body !== undefined) {
      throw new UsageError('--body is for a target without a spec, which has its own')
    }

    const out = resolve(cwd, values.out)
    const all: Results[] = []
    const unwritten: string[] = []
    const tell = (problem: string): unknown => context.stderr.write(`slogate run: ${problem}\n`)
    const folders = nameFolders(specs)
    for (const folder of folders) makeFolder(out, folder)
    for (const [index, spec] of specs.entries()) {
      if (context.signal.aborted) break
      if (index > 0 && !json) context.stdout.write('\n')
      const folder = { out, name: folders[index] ?? spec.name }
      const ran = await runOne(spec, folder, context, { quiet, json, junit, locale, recorded })
      ran.unwritten.forEach(tell)
      unwritten.push(...ran.unwritten)
      if (ran.results === undefined) continue
      all.push(ran.results)
      const problem = history && appendHistory(history, [ran.results], env)
      if (problem !== undefined) tell(problem)
    }
    if (json) {
      context.stdout.write(`${renderJson(all.length === 1 ? all[0] : all)}\n`)
    }
    const missing = all.length > 0 ? writeOverview(out, all, junit) : []
    missing.forEach(tell)
    unwritten.push(...missing)
    if (all.length > 1 && !json) {
      context.stdout.write(`\n${renderOverview(all, detectStyle(context.stdout, env))}\n`)
    }
    const annotation = json ? 'none' : 'line'
    const problems = await reportRuns(all, { annotation, cwd, env })
    problems.forEach(tell)
    if (context.signal.aborted) return toSignalCode(context.signal.reason)
    const codes = all.map((results) => results.verdict.exit_code)
    return worstExitCode(unwritten.length > 0 ? [...codes, exitCodes.noData] : codes)
  },
})

interface RunOutput {
  quiet: boolean
  json: boolean
  junit: JunitMode
  /** Language of the seed reporter; `undefined`: the default reporter. */
  locale: Locale | undefined
  /** How many requests are recorded; `undefined`: none. */
  recorded: number | undefined
}

interface Ran {
  /** `undefined`: nothing was sent, as there was nowhere to write to. */
  results?: Results
  /** What could not be written, a sentence each. */
  unwritten: readonly string[]
}

async function runOne(
  spec: CheckedSpec,
  { out, name }: { out: string; name: string },
  { stdout, stderr, env, cwd, signal }: CommandContext,
  { quiet, json, junit, locale, recorded }: RunOutput,
): Promise<Ran> {
  let folder: RunFolder
  try {
    folder = openRunFolder(out, name)
  } catch (error) {
    if (error instanceof OutputError) return { unwritten: [error.message] }
    throw error
  }
  const line = createProgressLine(stderr)
  for (const { level, message } of listNotices(spec, { root: cwd })) {
    stderr.write(`${cleanLine(`${spec.name}: ${level}: ${message}`)}\n`)
  }
  const bench = await runBench(spec, {
    signal,
    root: cwd,
    log: folder.log,
    ...(recorded !== undefined && { recorded }),
    ...watchRun(),
  })
  const unwritten = folder.finish(bench, junit)
  line.clear()
  if (!json) {
    const details = [`results ${relative(cwd, folder.path)}`]
    if (recorded !== undefined) {
      details.push(`recorded ${relative(cwd, join(folder.path, recordingsName))}`)
    }
    if (locale !== undefined) {
      stdout.write(`${renderSeedReport(bench.results, bench.records, locale)}\n`)
    }
    stdout.write(`${renderTerminal(bench.results, { ...detectStyle(stdout, env), details })}\n`)
  }
  return { results: bench.results, unwritten }

  function watchRun(): BenchOptions {
    if (quiet) return {}
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

/** Absolute path of the history; `undefined` without one. */
function findHistory(file: string | undefined, cwd: string): string | undefined {
  if (file === undefined) return undefined
  const path = resolve(cwd, file)
  const problem = checkHistory(path)
  if (problem === undefined) return path
  throw new UsageError(`--history ${problem}`)
}

/** Language of the seed reporter; `undefined` for the default reporter. */
function chooseLocale(values: {
  reporter: 'default' | 'seed'
  locale: Locale | undefined
}): Locale | undefined {
  const { reporter, locale } = values
  if (reporter === 'seed') return locale ?? 'zh'
  if (locale === undefined) return undefined
  throw new UsageError('--locale needs --reporter seed')
}
