import type { IncomingHttpHeaders } from 'node:http'

import type { Fault } from '../fault/fault-option.ts'
import { type Chooser, createChooser } from '../fault/selection.ts'
import { type Options, parseOptions } from '../options/options.ts'
import { expandScenario } from '../options/scenario.ts'
import { type Fields, isFields } from '../plan/fields.ts'
import { keepKnown } from '../plan/known.ts'
import { Refusal } from '../plan/refusal.ts'
import { createPlanner, type Planner } from './planner.ts'

/** What decides on the answer of one request; the queue and the profile are the server's. */
export interface Recipe {
  planner: Planner
  chooser: Chooser<Fault>
}

export interface Overrides {
  /**
   * The server's own recipe, or that of the request's `x-mock-*` headers.
   *
   * @throws Refusal 400 for headers that cannot be read, or that are not allowed.
   */
  find(headers: IncomingHttpHeaders): Recipe
  /** Forgets every count of `when`. */
  reset(): void
}

/** Different sets of headers whose counts of `when` are kept. */
const capacity = 100

const headerNames = ['fault', 'status', 'ttft-ms', 'itl-ms', 'tokens', 'scenario'] as const

export function createOverrides(options: Options, written: Fields): Overrides {
  const own = createRecipe(options)
  const recipes = new Map<string, Recipe>()

  function find(headers: IncomingHttpHeaders): Recipe {
    const found = headerNames.flatMap((name) => {
      const value = headers[`x-mock-${name}`]
      return typeof value === 'string' ? [[name, value] as const] : []
    })
    if (found.length === 0) return own
    if (!options.allowOverrides) {
      const advice = 'Start the mock with allow_overrides: true'
      throw new Refusal(400, `x-mock-${found[0]![0]} is not allowed here. ${advice}`)
    }
    const key = JSON.stringify(found)
    const known = recipes.get(key)
    if (known !== undefined) return known
    const recipe = createRecipe(override(options, written, Object.fromEntries(found)))
    if (recipes.size === capacity) recipes.delete(recipes.keys().next().value!)
    recipes.set(key, recipe)
    return recipe
  }

  return {
    find,
    reset() {
      own.chooser.reset()
      recipes.clear()
    },
  }
}

function createRecipe(options: Options): Recipe {
  return {
    planner: createPlanner(options),
    chooser: createChooser(options.faults, options.seed),
  }
}

/** A header goes before the scenario of another header, and both before the server's options. */
function override(
  own: Options,
  written: Fields,
  headers: Readonly<Partial<Record<(typeof headerNames)[number], string>>>,
): Options {
  const { fault, status, scenario } = headers
  const faults = [
    ...(fault === undefined ? [] : [readFault(fault)]),
    ...(status === undefined ? [] : [{ kind: 'http-error', status: Number(status) }]),
  ]
  const layer = keepKnown<Fields>({
    scenario,
    ttft: toNumber(headers['ttft-ms']),
    itl: toNumber(headers['itl-ms']),
    tokens: toNumber(headers.tokens),
    faults: faults.length > 0 ? faults : undefined,
  })
  const parsed = parseOptions(
    { ...written, ...expandScenario(layer) },
    (message) => new Refusal(400, message),
  )
  // All requests share one batch.
  if (JSON.stringify(parsed.tier) !== JSON.stringify(own.tier)) {
    throw new Refusal(400, `${scenario} needs a server with its own latency`)
  }
  return parsed
}

/** Not a number: `NaN`, which no option accepts. */
function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}

/** The name of a kind, or a fault as JSON. */
function readFault(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return { kind: text }
  try {
    const fault: unknown = JSON.parse(text)
    if (isFields(fault)) return fault
  } catch {
    // Told below.
  }
  throw new Refusal(400, 'x-mock-fault is not the name of a fault and not valid JSON')
}
