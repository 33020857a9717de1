import { fileURLToPath } from 'node:url'

import { addMapping, GenMapping, setSourceContent, toEncodedMap } from '@jridgewell/gen-mapping'

import { mostInFlight } from '../bench-spec/in-flight.ts'
import { findLongestStay } from '../bench-spec/longest-stay.ts'
import { cleanLine } from '../bench-spec/plain-text.ts'
import type { Position } from '../bench-spec/slo.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'

export interface CompiledSpec {
  code: string
  map: string
}

/**
 * A spec as a test module, or the cells of a matrix: for each a suite, a `load` test that runs it, one
 * test per SLO, or one for the verdict of a spec without any. The calls are
 * literal, because `vitest list` and editors collect tests without running the module; every line
 * is mapped to the line of the spec that it stands for. Nothing of the spec but its titles goes in:
 * the module may be cached on disk.
 */
export function compileSpecs(
  specs: readonly BenchSpec[],
  file: string,
  source: string,
): CompiledSpec {
  // By absolute path: the package may be linked, or not be visible from where the spec lies.
  const runtime = locate('./suite')
  const map = new GenMapping({ file })
  setSourceContent(map, file, source)
  const lines: string[] = []

  function emit(line: string, position?: Pick<Position, 'line' | 'column'>): void {
    lines.push(line)
    if (position === undefined) return
    const original = { line: position.line, column: position.column - 1 }
    const indent = line.length - line.trimStart().length
    // Both the start of the statement and the call inside of it, whichever a stack names.
    for (const column of [0, indent, Math.max(indent, line.indexOf('suites['))]) {
      addMapping(map, { source: file, original, generated: { line: lines.length, column } })
    }
  }

  function emitSuite(spec: BenchSpec, suite: string): void {
    const optionsFor = (role: 'load' | 'slo'): string =>
      JSON.stringify({
        timeout: timeLimit(spec),
        retry: 0,
        repeats: 0,
        meta: { slogate: { role } },
      })
    emit(`describe(${JSON.stringify(cleanLine(spec.name))}, () => {`, top)
    emit(`  test('load', ${optionsFor('load')}, (context) => ${suite}.load(context))`, top)
    spec.slos.forEach((slo, index) => {
      const title = JSON.stringify(cleanLine(slo.id))
      emit(
        `  test(${title}, ${optionsFor('slo')}, (context) => ${suite}.check(context, ${index}))`,
        slo.position,
      )
    })
    if (spec.slos.length === 0) {
      emit(`  test('verdict', ${optionsFor('slo')}, (context) => ${suite}.conclude(context))`, top)
    }
    emit(`})`)
  }

  emit(`import { describe, expect, test } from 'vitest'`)
  emit(`import { standBy } from ${JSON.stringify(locate('../engine/load-process'))}`)
  // A spec that another test imports as data must not register its suite there, nor send anything.
  emit(`const isOwn = expect.getState().testPath === import.meta.filename`)
  // It starts while this process loads the rest.
  emit(`if (isOwn) standBy()`)
  emit(`const { openSuites } = await import(${JSON.stringify(runtime)})`)
  const slos = JSON.stringify(specs.map((spec) => spec.slos.map((slo) => slo.id)))
  emit(`const suites = openSuites(${JSON.stringify(file)}, ${slos})`)
  emit(`if (isOwn) {`)
  specs.forEach((spec, index) => emitSuite(spec, `suites[${index}]`))
  emit(`}`)
  const isMatrix = specs.some(({ cell }) => cell !== undefined)
  emit(`export default ${isMatrix ? 'suites.map(({ spec }) => spec)' : 'suites[0].spec'}`)
  return { code: lines.join('\n'), map: JSON.stringify(toEncodedMap(map)) }
}

/** What is said of a whole spec stands on its first line. */
const top = { line: 1, column: 1 }

/** Of a module of ours, `.ts` in this repository, `.js` in the package. */
function locate(module: string): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  return fileURLToPath(new URL(module + extension, import.meta.url))
}

/**
 * ms a test may take: whichever test comes first drives the whole run. By requests it is as long as
 * every request taking its full timeout, one wave after the other, and every conversation being the
 * longest.
 */
export function timeLimit(spec: BenchSpec): number {
  const { load, timeouts, gate, baseline } = spec
  const stay = findLongestStay(spec)
  const perStay = stay.requests * (timeouts.connect + timeouts.total) + stay.thinking
  const alternates = baseline?.kind === 'interleaved'
  // Where targets alternate every round ends in a wave that is not full.
  const partial = alternates ? load.rounds + 1 : 1
  // An extra round waits for one wave, and is itself as long as the others.
  const longer = 1 + gate.maxExtraRounds / load.rounds
  const stays = load.warmup + longer * (load.sessions ?? load.requests ?? 0)
  const waves = Math.ceil(stays / mostInFlight(load)) + partial + 2 * gate.maxExtraRounds
  const dispatching =
    load.requests === undefined
      ? longer * (load.duration ?? 0)
      : load.kind === 'open'
        ? (1000 * stays) / load.rate
        : 0
  const targets = alternates ? 2 : 1
  return Math.min(maxTimer, targets * (dispatching + waves * perStay) + 60_000)
}

/** Longest delay a timer takes. */
const maxTimer = 2 ** 31 - 1
