import { join, relative, resolve } from 'node:path'

import { keepKnown } from '../bench-spec/known.ts'
import { cleanLine } from '../bench-spec/plain-text.ts'
import { detectStyle } from '../report/console-style.ts'
import { renderJson } from '../report/escaping.ts'
import { renderSending } from '../report/plan-text.ts'
import { nameRun } from '../report/progress-text.ts'
import type { ShownRun } from '../report/screen.ts'
import type { Locale } from '../report/seed-words.ts'
import { type CheckedSpec, checkSpecs, loadSpecs } from '../run/checked-spec.ts'
import { appendHistory, checkHistory } from '../run/history-file.ts'
import { planHere } from '../run/local-plan.ts'
import { type MatrixFolder, openMatrixFolder } from '../run/matrix-folder.ts'
import { makeFolder } from '../run/output-file.ts'
import { folderOfCell, foldersOfFiles } from '../run/spec-folder.ts'
import { exitCodeMeanings, exitCodes, toSignalCode } from '../verdict/exit-code.ts'
import { worstExitCode } from '../verdict/policy.ts'
import { UsageError } from './arguments.ts'
import { type Command, defineCommand } from './command.ts'
import {
  arrival,
  baseline,
  body,
  concurrency,
  config,
  junit,
  keep,
  matrix,
  maxConcurrency,
  out,
  policy,
  precedence,
  processes,
  quiet,
  rate,
  requests,
  toOverrides,
  url,
  warmup,
} from './shared-options.ts'
import { runOne } from './single-run.ts'
import { choice, text, wholeNumber } from './value-kind.ts'

/** Of a target that is given alone. */
const folderWithoutSpec = 'run'

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
    rate,
    arrival,
    'max-concurrency': maxConcurrency,
    warmup,
    processes,
    matrix,
    baseline,
    policy,
    out,
    keep,
    junit,
    history: {
      value: text('FILE', 'files'),
      description: 'append a row per run to this `.csv`, `.ndjson` or `.jsonl` file',
    },
    'dry-run': {
      description: 'send nothing: print what would be sent, with `--json` as JSON',
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
    'Written per spec: `report.html`, `results.json`, `requests.ndjson.gz`, `junit.xml`, `summary.md`, `test_results.json`, `exports/`, on demand `debug_events.ndjson`; for all of them together: `junit.xml`, `summary.md`, `exports/`. The folder is the path of the spec (`bench/chat.bench.yaml` → `DIR/bench/chat`, a file above the working directory → `DIR/@up/…`, `-u` alone → `DIR/run`), with its ending where another spec differs in nothing else. Each cell of a matrix has a folder below it (`concurrency=8`), and `matrix.html` and `matrix.json` stand beside those. It has the latest run; the one before moves into `earlier/<when it was started>/` below it before anything is sent, also one that was killed. Of two runs at the same time the later one has the place, and the other ends where it was moved to. Also after a failure and after Ctrl-C; `requests.ndjson.gz` is written while requests end, and is left by a run that is killed. What cannot be printed, as into a pipe that is closed, stops no run.',
  ],
  exitCodes: exitCodeMeanings,
  examples: [
    'slogate run -c bench/chat.bench.yaml --policy release',
    'slogate run -u http://127.0.0.1:8000/stream/raw -n 50 -p 10',
  ],
  async run({ values, operands }, context) {
    const { env, cwd } = context
    const { json, quiet, junit, keep, 'debug-events': recorded } = values
    const files = [...values.config, ...operands]
    const overrides = toOverrides(values, cwd)
    const { url, ...others } = overrides
    const absolute = files.map((file) => resolve(cwd, file))
    const history = findHistory(values.history, cwd)
    const locale = chooseLocale(values)
    const bySpec: { title: string; specs: CheckedSpec[] }[] = files.map((file) => ({
      title: file,
      specs: loadSpecs(file, { env, cwd, overrides }),
    }))
    if (files.length === 0) {
      if (url === undefined) throw new UsageError('needs a spec (-c FILE) or a target (-u URL)')
      // What is asked for by flags alone is sent to the letter.
      const document = keepKnown({ url, body: values.body, warmup: 0 })
      bySpec.push({
        title: url,
        specs: checkSpecs(document, {
          env,
          baseDir: cwd,
          name: folderWithoutSpec,
          overrides: others,
        }),
      })
    } else if (values.body !== undefined) {
      throw new UsageError('--body is for a target without a spec, which has its own')
    }

    const out = resolve(cwd, values.out)
    const shown: ShownRun[] = []
    const unwritten: string[] = []
    const tell = (problem: string): unknown => context.stderr.write(`slogate run: ${problem}\n`)
    const folders = files.length === 0 ? [folderWithoutSpec] : foldersOfFiles(absolute, cwd)
    const planned = bySpec.flatMap(({ title, specs }, index) =>
      specs.map((spec) => {
        const whole = folders[index] ?? ''
        const folder = folderOfCell(whole, spec)
        return { title, spec, whole, folder, plan: planHere(spec, join(out, folder)) }
      }),
    )
    if (values['dry-run']) {
      const { renderPlanned, renderPlansAsJson } = await import('./plan.ts')
      const text = planned.map((each) => renderPlanned(each, cwd)).join('')
      context.stdout.write(json ? renderPlansAsJson(planned.map(({ plan }) => plan)) : text)
      return exitCodes.pass
    }
    for (const { folder } of planned) makeFolder(out, folder)
    const matrices = new Map<string, MatrixFolder>()
    for (const [index, { spec, whole, folder, plan }] of planned.entries()) {
      if (context.signal.aborted) break
      if (index > 0 && !json) context.stdout.write('\n')
      if (!quiet)
        context.stderr.write(`${cleanLine(`${nameRun(spec)}: sends ${renderSending(plan)}`)}\n`)
      const place = { out, name: folder, keep }
      const ran = await runOne(spec, place, context, { quiet, json, junit, locale, recorded })
      const missing = [...ran.unwritten]
      if (ran.results !== undefined) {
        shown.push({ results: ran.results, places: { path: relative(cwd, join(out, folder)) } })
        if (spec.cell !== undefined) {
          const matrix = matrices.get(whole) ?? openMatrixFolder(join(out, whole))
          matrices.set(whole, matrix)
          missing.push(...(await matrix.add(ran.results)))
        }
        const problem = history && appendHistory(history, [ran.results], env)
        if (problem !== undefined) tell(problem)
      }
      missing.forEach(tell)
      unwritten.push(...missing)
    }
    const all = shown.map(({ results }) => results)
    if (json) {
      context.stdout.write(`${renderJson(all.length === 1 ? all[0] : all)}\n`)
    }
    const { writeOverview } = await import('../run/artifacts.ts')
    const missing = all.length > 0 ? writeOverview(out, all, junit) : []
    missing.forEach(tell)
    unwritten.push(...missing)
    if (all.length > 1 && !json) {
      const { listPages, renderOverview } = await import('../report/screen.ts')
      const lines = [
        renderOverview(all, detectStyle(context.stdout, env)),
        ...listPages(shown).map((line) => ` ${line}`),
      ]
      context.stdout.write(`\n${lines.join('\n')}\n`)
    }
    const annotation = json ? 'none' : 'line'
    const { reportRuns } = await import('../github/job.ts')
    const problems = await reportRuns(all, { annotation, cwd, env })
    problems.forEach(tell)
    if (context.signal.aborted) return toSignalCode(context.signal.reason)
    const codes = all.map((results) => results.verdict.exit_code)
    return worstExitCode(unwritten.length > 0 ? [...codes, exitCodes.noData] : codes)
  },
})

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
