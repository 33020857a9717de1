import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Plugin } from 'vitest/config'
import type { TestProject, Vitest } from 'vitest/node'

import { specFile, specGlob } from '../bench-spec/file-name.ts'
import { renderFrame, SpecError } from '../bench-spec/issue.ts'
import { listKinds } from '../bench-spec/kinds.ts'
import { cleanLines } from '../bench-spec/plain-text.ts'
import type { JunitMode } from '../run/artifacts.ts'
import { loadSpecs } from '../run/checked-spec.ts'
import { keepCompiledCode } from '../run/code-cache.ts'
import { keepVariable, keptRuns } from '../run/earlier-runs.ts'
import { checkHistory } from '../run/history-file.ts'
import { version } from '../version.ts'
import { compileSpecs } from './compile.ts'
import type { SlogateContext } from './meta.ts'
import { createReporter, isReporter } from './reporter.ts'

export interface SlogateOptions {
  /**
   * Globs of the spec files; their names end in .bench.yaml, .yml, .json or .jsonc.
   * @default ['**\/*.bench.{yaml,yml,json,jsonc}']
   */
  include?: string[]
  /**
   * Folder for results, relative to vitest's root; the variable SLOGATE_OUT goes before it.
   * @default '.vitest/slogate'
   */
  out?: string
  /**
   * How many earlier runs of each spec are kept beside the latest, in `earlier/` of its folder; the
   * variable SLOGATE_KEEP goes before it.
   * @default 20
   */
  keep?: number
  /**
   * `strict` writes a junit.xml that strict schemas accept; `rich` adds properties of test cases.
   * @default 'rich'
   */
  junit?: JunitMode
  /**
   * File to which a row per run is appended, relative to vitest's root: .csv, .ndjson or .jsonl.
   */
  history?: string
  /**
   * Whether vitest's own benchmark tables are filled too: `ttft`, `latency` and `chunk_gap` of each
   * spec under its fixed columns, on the screen and in its json and junit reports.
   * @default false
   */
  benchTable?: boolean
  /**
   * Whether watch mode may send load to targets other than the bundled mock.
   * @default false
   */
  watch?: boolean
}

/** Vitest plugin: bench specs are test files, their SLOs are tests. */
export function slogate(options: SlogateOptions = {}): Plugin {
  const include = options.include ?? [specGlob]
  refuseOtherNames(include)
  /** What file names in errors are relative to. */
  let cwd = process.cwd()
  return {
    // Part of the key of vitest's module cache, which would otherwise outlive an upgrade or a move.
    name: `slogate@${version}+${hash(JSON.stringify([options, import.meta.url]))}`,
    enforce: 'pre',

    configureVitest({ project, vitest }) {
      if (!project.config.benchmark.enabled) return
      refuseNativeLoader(project)
      keepCompiledCode()
      // Ctrl-C must reach the run, and what shares a process with it is measured along with it.
      project.config.pool = 'forks'
      // A new list: the default one is shared with projects that do not have the plugin.
      project.config.include = [...project.config.include, ...include]
      const { root } = vitest.config
      cwd = root
      const out = resolve(root, process.env['SLOGATE_OUT'] || (options.out ?? '.vitest/slogate'))
      const { junit = 'rich', benchTable = false } = options
      const context: SlogateContext = {
        root,
        out,
        keep: readKeep(options),
        junit,
        benchTable,
        main: process.pid,
        ...resolveHistory(root, options),
        ...holdFor(vitest, options),
      }
      project.provide('slogate', context)
      // One serves all projects, however many instances of the plugin they have.
      if (vitest.config.reporters.some(isReporter)) return
      vitest.config.reporters.push(createReporter(out, junit))
    },

    load: {
      filter: { id: specFile },
      handler(id) {
        const source = readFileSync(id, 'utf8')
        try {
          const specs = loadSpecs(id, { env: process.env, cwd })
          for (const { dataset } of specs.flatMap((spec) => listKinds(spec)))
            if (dataset?.path !== undefined) this.addWatchFile(dataset.path)
          // Vite would hand .json to its own plugin if it were not told that this is a script.
          return { ...compileSpecs(specs, id, source), moduleType: 'js' }
        } catch (error) {
          if (!(error instanceof SpecError)) throw error
          return this.error(describeError(error, id))
        }
      },
    },
  }
}

/** With a frame of our own: the one that Vite draws would show a secret that stands near the issue. */
function describeError({ message, issues, text }: SpecError, file: string): RollupError {
  const { position } = issues[0] ?? {}
  const told = cleanLines(message)
  if (position === undefined || text === undefined) return { message: told, id: file }
  const { line, column } = position
  const frame = cleanLines(renderFrame(text, position))
  return { message: told, id: file, loc: { file, line, column: column - 1 }, frame }
}

interface RollupError {
  message: string
  id: string
  loc?: { file: string; line: number; column: number }
  frame?: string
}

function refuseOtherNames(include: readonly string[]): void {
  const wrong = include.find((glob) => !glob.includes('.bench.'))
  if (wrong === undefined) return
  throw new Error(
    `slogate: include takes globs of files whose names end in .bench.yaml, .yml, .json or .jsonc, got ${JSON.stringify(wrong)}.`,
  )
}

function refuseNativeLoader(project: TestProject): void {
  if (project.config.experimental.viteModuleRunner !== false) return
  throw new Error(
    'slogate: experimental.viteModuleRunner is false, and bench specs can only be loaded through Vite. Remove the option, or put the specs into a project without it.',
  )
}

function holdFor(vitest: Vitest, options: SlogateOptions): { hold?: string } {
  if (!vitest.config.watch || options.watch === true) return {}
  return {
    hold: 'watch mode sends no load to a target that is not the mock: use --run, or slogate({ watch: true })',
  }
}

function readKeep({ keep = keptRuns }: SlogateOptions): number {
  const text = process.env[keepVariable] || String(keep)
  if (/^\d+$/.test(text)) return Number(text)
  const name = process.env[keepVariable] ? keepVariable : 'keep'
  throw new Error(`slogate: ${name} must be a whole number from 0 on, got ${JSON.stringify(text)}.`)
}

function resolveHistory(root: string, { history }: SlogateOptions): { history?: string } {
  if (history === undefined) return {}
  const path = resolve(root, history)
  const problem = checkHistory(path)
  if (problem !== undefined) throw new Error(`slogate: history ${problem}.`)
  return { history: path }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
