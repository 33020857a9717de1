import { configDefaults } from 'vitest/config'
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'

import { specFile } from '../bench-spec/file-name.ts'
import { cleanLine, cleanOutput } from '../bench-spec/plain-text.ts'
import { renderProgress } from '../report/progress-text.ts'
import type { JunitMode } from '../run/artifacts.ts'
import type * as Ending from './ending.ts'
import { noticeArtifact, progressArtifact, type RunMeta } from './meta.ts'
import { createProgressView, type ProgressView } from './progress-view.ts'
import { interruptRuns } from './running.ts'

/** Known to every copy of this module: a config that extends another one may load it again. */
const mark = Symbol.for('slogate.reporter')

export function isReporter(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && mark in entry
}

/** Shows what the specs found, writes what covers all of them, and fails a run that judged nothing. */
export function createReporter(out: string, junit: JunitMode): Reporter {
  let vitest: Vitest
  let view: ProgressView | undefined
  /** Runs that have ended since the tests were started. */
  let ended: RunMeta[] = []
  /** Loaded while the first test runs: most of the package. */
  let ending: typeof Ending | undefined

  function onSignal(): void {
    const folders = interruptRuns(out)
    // Not there yet: then nothing has run.
    ending?.conclude([...ended, ...folders.flatMap(ending.readRun)], concluding())
  }

  /** Not into the output of a reporter that a program reads. */
  function print(text: string): void {
    if (hasTap(vitest)) vitest.logger.error(cleanOutput(text))
    else vitest.logger.log(cleanOutput(text))
  }

  async function loadEnding(): Promise<typeof Ending> {
    ending ??= await import('./ending.ts')
    return ending
  }

  function concluding(): Ending.Concluding {
    return { vitest, print, out, junit, readByProgram: hasTap(vitest) }
  }

  const reporter: Reporter = {
    onInit(context) {
      vitest = context
      expectLongTests(context)
      // Before vitest's own, which closes the window that the text is written above.
      process.prependListener('SIGINT', onSignal)
      process.prependListener('SIGTERM', onSignal)
      // Vitest knows no SIGHUP, which would end it at once.
      process.once('SIGHUP', terminate)
      // It comes twice, from the shell and from the kernel.
      process.on('SIGHUP', ignore)
      // A pipe that is closed, or a terminal, would end vitest before anything is written.
      process.stdout.on('error', ignore)
      process.stderr.on('error', ignore)
      context.onClose(() => {
        process.off('SIGINT', onSignal)
        process.off('SIGTERM', onSignal)
        process.off('SIGHUP', terminate)
        process.off('SIGHUP', ignore)
      })
    },

    onTestRunStart() {
      view ??= createProgressView(vitest, print)
      ended = []
      void loadEnding()
    },

    onTestCaseResult(test) {
      view?.end(test.id)
      ended.push(...listRuns([test]))
    },

    onTestCaseArtifactRecord(test, artifact) {
      if (artifact.type === noticeArtifact) vitest.logger.warn(cleanLine(artifact.message))
      if (artifact.type !== progressArtifact) return
      view?.show(test.id, renderProgress(artifact.name, artifact.progress))
      dropProgress(test)
    },

    async onTestRunEnd(modules) {
      view?.clear()
      const tests = modules.flatMap((module) => [...module.children.allTests()])
      const runs = listRuns(tests)
      const { conclude, reportToJob } = await loadEnding()
      conclude(runs, concluding())
      await reportToJob(runs, concluding())
      if (vitest.config.watch || !hasSpecs(modules, tests)) return
      if (tests.some((test) => test.meta().slogate?.judged)) return
      vitest.logger.error('slogate: no SLO was evaluated, and what was not measured does not pass.')
      process.exitCode = 1
    },
  }
  return Object.assign(reporter, { [mark]: true })
}

function terminate(): void {
  process.kill(process.pid, 'SIGTERM')
}

function ignore(): void {}

/**
 * Where nothing but benchmarks runs, a test that takes its time is no news: vitest would list the
 * load of every spec that passes as a slow test.
 */
function expectLongTests({ config, projects }: Vitest): void {
  if (!projects.every((project) => project.config.benchmark.enabled)) return
  if (config.slowTestThreshold !== configDefaults.slowTestThreshold) return
  config.slowTestThreshold = Infinity
}

function hasTap({ config }: Vitest): boolean {
  return config.reporters.some(
    (entry) => Array.isArray(entry) && String(entry[0]).startsWith('tap'),
  )
}

function hasSpecs(modules: readonly TestModule[], tests: readonly TestCase[]): boolean {
  return (
    modules.some((module) => specFile.test(module.moduleId)) ||
    tests.some((test) => test.meta().slogate !== undefined)
  )
}

/** Ticks are for the eye: kept, they would pile up in the blob and html reports. */
function dropProgress(test: TestCase): void {
  const { task } = test as unknown as { task?: { artifacts?: { type: string }[] } }
  if (task?.artifacts === undefined) return
  task.artifacts = task.artifacts.filter((artifact) => artifact.type !== progressArtifact)
}

function listRuns(tests: readonly TestCase[]): RunMeta[] {
  return tests.flatMap((test) => test.meta().slogate?.run ?? [])
}
