import type { BenchDocument } from './bench-document.ts'
import type { Report } from './issue.ts'
import { toWholeWeights } from './kind-order.ts'

/** The weights of the kinds of a mix as whole numbers in relation to one another. */
export function readWeights(
  mix: readonly NonNullable<BenchDocument['mix']>[number][],
  report: Report,
): number[] {
  const isPercent = mix.map(({ weight }) => typeof weight === 'string')
  let isSound = true
  const weights = mix.map(({ weight }, index) => {
    const path = ['mix', index, 'weight']
    const refuse = (message: string): number => {
      isSound = false
      report(path, message)
      return 1
    }
    if (isPercent[index] !== isPercent[0]) {
      const [own, others] =
        isPercent[0] === true ? ['a number', 'percents'] : ['a percent', 'numbers']
      return refuse(`is ${own}, and the weights before it are ${others}. Write all in one way.`)
    }
    const value = typeof weight === 'number' ? weight : readPercent(weight)
    if (value === undefined)
      return refuse(`must be a number or a percent, got "${weight}". Write for example 70%.`)
    if (value > 0 && value < Infinity) return value
    return refuse(
      `must be above 0, got ${weight}: a kind that is never sent is no part of a mix. Remove the kind, or give it a share.`,
    )
  })
  const sum = weights.reduce((all, weight) => all + weight, 0)
  if (isSound && isPercent[0] === true && Math.abs(sum - 100) > 1e-6) {
    const got = Number(sum.toFixed(6))
    report(
      ['mix'],
      `has weights that add up to ${got}%, not to 100%. Change one of them, or write numbers in relation to one another.`,
      'key',
    )
  }
  return weights.length === 0 ? [] : toWholeWeights(weights)
}

function readPercent(text: string): number | undefined {
  const [, number] = /^(-?\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? []
  return number === undefined ? undefined : Number(number)
}
