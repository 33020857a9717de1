import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { inject, recordArtifact, type TestContext } from 'vitest'

import { renderFrame } from '../bench-spec/issue.ts'
import { cleanLine, cleanLines } from '../bench-spec/plain-text.ts'
import { maskSecrets } from '../bench-spec/redaction.ts'
import type { Position } from '../bench-spec/slo.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { nameRun } from '../report/progress-text.ts'
import { explainSlo } from '../report/sentence/slo.ts'
import { explainVerdict } from '../report/sentence/verdict.ts'
import type { Results, SloDocument } from '../results/results.ts'
import { type BenchRun, runBench, listNotices } from '../run/bench.ts'
import { type CheckedSpec, loadSpecs } from '../run/checked-spec.ts'
import { appendHistory } from '../run/history-file.ts'
import { type MatrixFolder, openMatrixFolder } from '../run/matrix-folder.ts'
import { OutputError } from '../run/output-file.ts'
import { folderName, openRunFolder } from '../run/run-folder.ts'
import { folderOfCell, folderOfFile } from '../run/spec-folder.ts'
import { endingSignals } from '../verdict/exit-code.ts'
import { baselineData } from './bench-table.ts'
import { callSite } from './call-site.ts'
import { noticeArtifact, progressArtifact, type SlogateContext } from './meta.ts'
import { announceRun } from './running.ts'

export interface SuiteOptions {
  /** Ids of the SLOs that tests were made for, in their order. */
  slos: readonly string[]
  /** Stack frames to show for each of them; default: the line of its test. */
  sites?: readonly string[]
  /** Below the folder of the spec's file. */
  folder?: string
}

/** Runs a spec once, whichever of its tests comes first. */
export interface Suite {
  load(context: TestContext): Promise<void>
  check(context: TestContext, index: number): Promise<void>
  /**
   * Of a spec without SLOs: its verdict is undecided, and the policy says whether that blocks. `site`:
   * stack frames to show; default: the line of the test.
   */
  conclude(context: TestContext, site?: string): Promise<void>
  results(context: TestContext): Promise<Results>
  /** The spec as loaded. */
  readonly spec: CheckedSpec
}

/** An SLO that was missed or that could not be judged where that blocks, a run that measured nothing, or a definition that cannot be run. */
export class BenchError extends Error {
  override readonly name: string
  /** Printed by vitest in place of the frame that it would draw of the line itself. */
  declare readonly frame?: string
  constructor(
    name: 'SLOViolation' | 'SLOInconclusive' | 'SLOError' | 'LoadError' | 'SpecError',
    text: string,
    { site, frame }: Place,
  ) {
    const message = cleanLines(text)
    super(message)
    this.name = name
    this.stack = `${name}: ${message}\n${site}`
    if (frame !== undefined) this.frame = cleanLines(frame)
  }
}

/** The line that a person wrote, not the code that found something out. */
interface Place {
  /** Stack frames. */
  site: string
  /** `undefined`: vitest may show the line and its neighbours as they stand in the file. */
  frame: string | undefined
}

/** What a compiled spec file starts with; `slos`: as in the options, of each of its specs. */
export function openSuites(file: string, slos: readonly SuiteOptions['slos'][]): Suite[] {
  const specs = loadSpecs(file, { env: process.env })
  return createSuites(
    specs,
    specs.map((_, index) => ({ slos: slos[index] ?? [] })),
  )
}

/** A suite for each spec: for one, or for all cells of a matrix. */
export function createSuites(
  specs: readonly CheckedSpec[],
  options: readonly SuiteOptions[],
): Suite[] {
  const matrix: SharedFolder = {}
  return specs.map((spec, index) => createSuite(spec, options[index] ?? { slos: [] }, matrix))
}

/** The folder of a matrix, once one of its cells was run. */
interface SharedFolder {
  opened?: MatrixFolder
}

function createSuite(spec: CheckedSpec, options: SuiteOptions, matrix: SharedFolder): Suite {
  let running: Promise<WrittenRun> | undefined
  /** Why the `load` test failed, if it did: its SLO tests then need not say it again. */
  let loadProblem: string | undefined

  async function run(context: TestContext, site: string): Promise<WrittenRun> {
    running ??= runSpec(spec, context, options.folder, matrix)
    try {
      return await running
    } catch (error) {
      if (!(error instanceof OutputError)) throw error
      throw new BenchError('LoadError', error.message, { site, frame: undefined })
    }
  }

  async function load(context: TestContext, site: string): Promise<void> {
    const bench = await run(context, site)
    const { summary, end, verdict } = bench.results
    if (given().benchTable) await fillTable(context, bench)
    const whole = end.kind === 'finished' || end.kind === 'curtailed'
    const frame = maskedFrame(spec, top)
    if (summary.requests.completed === 0 || !whole) {
      loadProblem = cleanLine(explainVerdict(verdict, end))
      throw new BenchError('LoadError', loadProblem, { site, frame })
    }
    if (bench.unwritten.length === 0) return
    throw new BenchError('LoadError', bench.unwritten.join('\n'), { site, frame })
  }

  async function check(context: TestContext, index: number, site: string): Promise<void> {
    const { results } = await run(context, site)
    const verdict = results.verdict.slos.find(({ id }) => id === options.slos[index])
    if (verdict === undefined) {
      throw new Error(
        `${spec.name} has no SLO '${options.slos[index]}' any more: its tests were made with another environment. Run again with VITEST_FS_MODULE_CACHE=false.`,
      )
    }
    noteJudged(context)
    const { policy } = results.verdict
    const frame = maskedFrame(spec, spec.slos[index]?.position)
    const why = cleanLine(explainSlo(verdict, results.end))
    decide(context, verdict, { why, policy, loadProblem, site, frame })
  }

  async function conclude(context: TestContext, site: string): Promise<void> {
    const { verdict, end } = (await run(context, site)).results
    noteJudged(context)
    const why = cleanLine(explainVerdict(verdict, end))
    const place = { site, frame: maskedFrame(spec, top) }
    decide(
      context,
      { ...verdict, level: 'error' },
      { why, policy: verdict.policy, loadProblem, ...place },
    )
  }

  return {
    spec,
    load(context) {
      return load(context, callSite(this.load))
    },
    check(context, index) {
      return check(context, index, options.sites?.[index] ?? callSite(this.check))
    },
    conclude(context, site) {
      return conclude(context, site ?? callSite(this.conclude))
    },
    async results(context) {
      return (await run(context, callSite(this.results))).results
    },
  }
}

/** What is said of the whole spec stands on its first line. */
const top: Position = { line: 1, column: 1, offset: 0, length: 0 }

/** Whatever the verdict: there is one. */
export function noteJudged({ task }: TestContext): void {
  task.meta.slogate = { role: 'slo', ...task.meta.slogate, judged: true }
}

/** Turns one verdict into the state of one test. */
function decide(
  context: TestContext,
  { status, level }: Pick<SloDocument, 'status' | 'level'>,
  given: Place & { why: string; policy: string; loadProblem: string | undefined },
): void {
  const { why } = given
  if (status === 'PASS') return
  if (status === 'ERROR' && given.loadProblem !== undefined) {
    context.skip(`load failed: ${given.loadProblem}`)
  }
  if (level !== 'error') context.skip(`${status} at level ${level}: ${why}`)
  if (status === 'INCONCLUSIVE' && given.policy !== 'release') context.skip(`INCONCLUSIVE: ${why}`)
  throw new BenchError(errorNames[status], why, given)
}

/** A line of the spec and its neighbours with the secrets masked; `undefined` when there is none to mask. */
function maskedFrame(spec: BenchSpec, position: Position | undefined): string | undefined {
  if (spec.file === undefined || position === undefined) return undefined
  const text = readFileSync(spec.file, 'utf8')
  const masked = maskSecrets(text, spec.secrets)
  if (masked === text) return undefined
  const shown = relative(given().root, spec.file)
  return ` ❯ ${shown}:${position.line}:${position.column}\n${renderFrame(masked, position)}`
}

const errorNames = {
  FAIL: 'SLOViolation',
  INCONCLUSIVE: 'SLOInconclusive',
  ERROR: 'SLOError',
} as const

interface WrittenRun extends BenchRun {
  /** What could not be written, a sentence each. */
  unwritten: readonly string[]
}

async function runSpec(
  spec: CheckedSpec,
  context: TestContext,
  ownFolder: string | undefined,
  matrix: SharedFolder,
): Promise<WrittenRun> {
  const { root, out, keep, junit, history, main, hold } = given()
  if (hold !== undefined && !isHermetic(spec)) {
    await recordArtifact(context.task, { type: noticeArtifact, message: `${spec.name}: ${hold}` })
    context.skip(hold)
  }
  const whole = chooseFolder(spec, root, context, ownFolder, matrix)
  const folder = openRunFolder(out, folderOfCell(whole, spec), keep)
  const interrupt = new AbortController()
  const onSignal = (name: string): void => interrupt.abort(name)
  for (const name of endingSignals) process.on(name, onSignal)
  const withdraw = announceRun(out, main, folder.path)
  try {
    for (const notice of listNotices(spec, { root })) {
      const message = `${spec.name}: ${notice.level}: ${notice.message}`
      void recordArtifact(context.task, { type: noticeArtifact, message })
    }
    const running = runBench(spec, {
      root,
      log: folder.log,
      signal: AbortSignal.any([context.signal, interrupt.signal]),
      onProgress(progress) {
        void recordArtifact(context.task, {
          type: progressArtifact,
          name: nameRun(spec),
          progress,
        })
      },
    })
    // Loaded while the load runs.
    const [run, { finishRun }] = await Promise.all([running, import('../run/artifacts.ts')])
    const unwritten = finishRun(folder, run, junit)
    if (spec.cell !== undefined) {
      matrix.opened ??= openMatrixFolder(join(out, whole))
      unwritten.push(...(await matrix.opened.add(run.results)))
    }
    const problem = history && appendHistory(history, [run.results], process.env)
    if (problem !== undefined) {
      void recordArtifact(context.task, {
        type: noticeArtifact,
        message: `${spec.name}: ${problem}`,
      })
    }
    const { slogate } = context.task.meta
    context.task.meta.slogate = {
      role: 'load',
      ...slogate,
      run: { results: run.results, folder: folder.path, earlier: folder.earlier },
    }
    return { ...run, unwritten }
  } finally {
    withdraw()
    for (const name of endingSignals) process.off(name, onSignal)
  }
}

/** Whether no load goes anywhere but to mock servers. */
function isHermetic({ mock, baseline }: BenchSpec): boolean {
  return mock !== undefined && (baseline?.kind !== 'interleaved' || baseline.mock !== undefined)
}

/** What the plugin has provided. */
function given(): SlogateContext {
  const context = inject('slogate') as SlogateContext | undefined
  if (context !== undefined) return context
  throw new Error(
    'slogate: its plugin has provided nothing here. Add slogate() to the plugins of the vitest config, and run specs by vitest bench.',
  )
}

/** Folders that the specs of a file have taken in this run of it, each with the spec, or with the matrix whose cells share it. */
const taken = new WeakMap<object, Map<string, unknown>>()

/** Below the project's name where it has one; numbered where a file defines two specs of one name. */
function chooseFolder(
  spec: CheckedSpec,
  root: string,
  { task }: TestContext,
  ownFolder: string | undefined,
  owner: unknown,
): string {
  const project = (task.file.projectName ?? '').replace(/ ?\(?bench\)?$/, '')
  const file = folderOfFile(spec.file ?? join(root, spec.name), root)
  const path = join(project === '' ? '' : folderName(project), file, ownFolder ?? '')
  const folders = taken.get(task.file) ?? new Map<string, unknown>()
  taken.set(task.file, folders)
  let folder = path
  for (let i = 2; (folders.get(folder) ?? owner) !== owner; i++) folder = `${path}-${i}`
  folders.set(folder, owner)
  return folder
}

async function fillTable(context: TestContext, bench: BenchRun): Promise<void> {
  for (const [name, data] of baselineData(bench)) await context.bench.from(name, () => data).run()
}
