import type { GoodputBounds, Slo } from '../bench-spec/slo.ts'

/** SLOs of a run, and the bounds by which its goodput is defined. */
export interface StandingSlos {
  slos?: readonly Slo[]
  goodput?: GoodputBounds | undefined
}

/** The SLOs whose figures stand on a count of output tokens. */
export function findTokenSlos({ slos = [], goodput = [] }: StandingSlos): Slo[] {
  const bounded = goodput.some(({ metric }) => metric === 'tpot')
  return slos.filter(
    ({ metric }) =>
      metric === 'output_tokens_per_second' ||
      metric === 'tpot' ||
      (metric === 'goodput' && bounded),
  )
}
