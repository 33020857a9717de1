import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'

import { describe, expect, test } from 'vitest'

import type { BenchDocument } from '../bench-spec/bench-document.ts'
import { SpecError } from '../bench-spec/issue.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { cleanLine } from '../bench-spec/plain-text.ts'
import type { Results } from '../results/results.ts'
import { type CheckedSpec, checkSpecs } from '../run/checked-spec.ts'
import { folderName } from '../run/run-folder.ts'
import { callSite } from './call-site.ts'
import { timeLimit } from './compile.ts'
import { BenchError, createSuites, noteJudged, type Suite, type SuiteOptions } from './suite.ts'

/** A bound that knows the line on which it was written. */
export interface SloBound {
  /** Comparator and value, for example `<= 800ms`. */
  readonly text: string
  /** Stack frames, the line first. */
  readonly site: string
}

type Bound = string | SloBound

/** A bench spec in TypeScript: what a spec file says, where SLOs may also be a map of bounds. */
export type BenchDefinition = Omit<BenchDocument, 'slo'> & {
  slo?: BenchDocument['slo'] | Readonly<Record<string, Bound | Readonly<Record<string, Bound>>>>
}

/** An upper bound: `lte('800ms')`. A miss is shown on the line of this call. */
export function lte(value: string): SloBound {
  return { text: `<= ${value}`, site: callSite(lte) }
}

/** A lower bound: `gte('99%')`. A miss is shown on the line of this call. */
export function gte(value: string): SloBound {
  return { text: `>= ${value}`, site: callSite(gte) }
}

/** Tests of one's own over the finished run. */
export interface ExtraTests {
  test(name: string, check: (results: Results) => void | Promise<void>): void
}

/**
 * Declares a bench spec in a `*.bench.ts`: the same keys, the same checks and the same run as a spec
 * file; with a matrix one for each of its cells. Data files are relative to the file that calls it.
 * @throws {BenchError} named SpecError, with every issue of the definition, on the line of the call.
 */
export function defineBench(
  definition: BenchDefinition & { matrix: object },
  extra?: (extra: ExtraTests) => void,
): CheckedSpec[]
export function defineBench(
  definition: BenchDefinition,
  extra?: (extra: ExtraTests) => void,
): CheckedSpec
export function defineBench(
  definition: BenchDefinition,
  extra?: (extra: ExtraTests) => void,
): CheckedSpec | CheckedSpec[] {
  const site = callSite(defineBench)
  const file = expect.getState().testPath
  if (file === undefined) throw new Error('defineBench must be called in a test file')
  const { document, sites } = takeBounds(definition)
  const name = basename(file).replace(/\.bench\.[cm]?[jt]sx?$/, '')
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
  const specs = checkDefinition(document, { file, name, site }).map((spec): CheckedSpec => ({
    ...spec,
    file,
    sha256,
  }))
  const suites = createSuites(
    specs,
    specs.map((spec) => {
      const bench = spec.cell?.bench ?? spec.name
      return keepKnown<SuiteOptions>({
        slos: spec.slos.map((slo) => slo.id),
        sites: spec.slos.map((_, index) => sites[index] ?? site),
        folder: bench === name ? undefined : folderName(bench),
      })
    }),
  )
  for (const suite of suites) declare(suite, site, extra)
  const [spec] = specs
  return spec === undefined || spec.cell !== undefined ? specs : spec
}

function declare(
  suite: Suite,
  site: string,
  extra: ((extra: ExtraTests) => void) | undefined,
): void {
  const { spec } = suite
  const options = { timeout: timeLimit(spec), retry: 0, repeats: 0 }
  describe(cleanLine(spec.name), () => {
    test('load', { ...options, meta: { slogate: { role: 'load' } } }, (context) =>
      suite.load(context),
    )
    spec.slos.forEach((slo, index) => {
      test(cleanLine(slo.id), { ...options, meta: { slogate: { role: 'slo' } } }, (context) =>
        suite.check(context, index),
      )
    })
    if (spec.slos.length === 0) {
      test('verdict', { ...options, meta: { slogate: { role: 'slo' } } }, (context) =>
        suite.conclude(context, site),
      )
    }
    extra?.({
      test(title, check) {
        test(title, options, async (context) => {
          const results = await suite.results(context)
          noteJudged(context)
          await check(results)
        })
      },
    })
  })
}

/** Vitest would print the members of a `SpecError` a second time, and frames of this package. */
function checkDefinition(
  document: unknown,
  { file, name, site }: { file: string; name: string; site: string },
): CheckedSpec[] {
  try {
    return checkSpecs(document, { env: process.env, baseDir: dirname(file), name })
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    throw new BenchError('SpecError', error.message, { site, frame: undefined })
  }
}

/** The definition as a plain document, and where each of its SLOs was written, in their order. */
function takeBounds(definition: BenchDefinition): {
  document: unknown
  sites: readonly (string | undefined)[]
} {
  const { slo } = definition
  if (slo === undefined || Array.isArray(slo)) return { document: definition, sites: [] }
  const sites: (string | undefined)[] = []
  const writeText = (bound: Bound): string => {
    sites.push(typeof bound === 'string' ? undefined : bound.site)
    return typeof bound === 'string' ? bound : bound.text
  }
  const map = slo as Readonly<Record<string, Bound | Readonly<Record<string, Bound>>>>
  const entries = Object.entries(map).map(([metric, bounds]) => {
    if (isBound(bounds)) return [metric, writeText(bounds)]
    const texts = Object.entries(bounds).map(([stat, bound]) => [stat, writeText(bound)])
    return [metric, Object.fromEntries(texts)]
  })
  return { document: { ...definition, slo: Object.fromEntries(entries) }, sites }
}

function isBound(value: unknown): value is Bound {
  return (
    typeof value === 'string' || (typeof value === 'object' && value !== null && 'site' in value)
  )
}
