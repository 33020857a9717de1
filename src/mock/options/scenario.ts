import { readFileSync, readdirSync } from 'node:fs'

import type { Fields } from '../plan/fields.ts'

/** Options of a mock by name, and what one learns from them. */
export interface Scenario {
  name: string
  /** One sentence. */
  teaches: string
  options: Fields
}

/** Beside `src/` in the repository, beside `dist/` in the package. */
const folder = new URL('../../../fixtures/scenarios/', import.meta.url)

/** Every scenario by name, read from the files of the package. */
export function listScenarios(): Scenario[] {
  return listNames().map(readScenario)
}

/** The options of a layer's scenario under those that it names itself; an unknown scenario has none. */
export function expandScenario(layer: Fields): Fields {
  const name = listNames().find((known) => known === layer['scenario'])
  return name === undefined ? layer : { ...readScenario(name).options, ...layer }
}

function listNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => file.slice(0, -'.json'.length))
}

function readScenario(name: string): Scenario {
  const { teaches, options } = JSON.parse(
    readFileSync(new URL(`${name}.json`, folder), 'utf8'),
  ) as Omit<Scenario, 'name'>
  return { name, teaches, options }
}
