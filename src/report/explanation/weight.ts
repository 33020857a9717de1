import type { DependenceDocument } from '../../results/results.ts'
import { weigh } from '../../verdict/dependence.ts'
import { normalQuantile, studentQuantile } from '../../verdict/tails.ts'
import { nameGroups } from '../sentence/dependence.ts'
import { showFigure } from './account.ts'

/** Effective ÷ actual number of observations on one side of a test, and its arithmetic. */
export function weighIn(
  found: DependenceDocument,
  n: number,
  alpha: number,
): { weight: number; text: string } {
  switch (found.kind) {
    case 'none':
      return { weight: 1, text: 'deff = 1: parts of the run differ by chance alone' }
    case 'groups': {
      const { of, groups, design_effect: designEffect, at } = found
      const weight = weigh({ kind: 'groups', of, groups, designEffect, at }, alpha)
      const [z, t] = [normalQuantile(alpha), studentQuantile(alpha, groups - 1)].map(showFigure)
      const deff = showFigure(designEffect)
      const beyond = at === 'bound' ? 'the bound' : "the run's own quantile"
      const parts = nameGroups(of)
      return {
        weight,
        text: `deff = ${deff} over ${groups} ${parts}, beyond ${beyond}: n* = n ÷ deff · (z ÷ t)² = ${n} ÷ ${deff} · (${z} ÷ ${t})² = ${showFigure(n * weight)}; E* = E · n* ÷ n`,
      }
    }
    case 'bursts': {
      const { length, by } = found
      const weight = weigh({ kind: 'bursts', length, by }, alpha)
      const source = by === 'run' ? 'seen' : 'by the spec'
      return {
        weight,
        text: `failures come L = ${showFigure(length)} in a row (${source}): n* = n ÷ (2L − 1) = ${showFigure(n * weight)}; E* = E · n* ÷ n`,
      }
    }
  }
}
