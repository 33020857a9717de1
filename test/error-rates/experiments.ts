import type { Experiment } from './experiment.ts'
import { firstTokens } from './first-tokens.ts'
import { gaps } from './gaps.ts'
import { outcomes } from './outcomes.ts'

export const experiments: readonly Experiment[] = [...firstTokens, ...outcomes, ...gaps]

export function findExperiment(name: string): Experiment {
  const found = experiments.find((experiment) => experiment.name === name)
  if (found === undefined) throw new Error(`there is no experiment ${name}`)
  return found
}
