import type { Results } from '../results/results.ts'
import { formatCount, formatValue } from './units.ts'

type Synthetic = NonNullable<NonNullable<Results['dataset']>['synthetic']>

/**
 * How long made-up prompts and their answers were beside what was asked, a line for each; none where
 * the rows are those of a file.
 */
export function lengthCells({ dataset }: Results): string[] {
  const { synthetic } = dataset ?? {}
  if (synthetic === undefined || synthetic === null) return []
  const { gauge, input, output } = synthetic
  if (input.requests === 0) return []
  const how = gauge === 'told' ? '' : ', each word taken for one'
  return [
    `prompts ${sayFit(input)}${how}`,
    ...(output === null ? [] : [`answers ${sayFit(output)}`]),
  ]
}

/** `512 tokens asked, 515 got (off by 0.7% p50, 2.4% p95)`. */
function sayFit({ requests, told, asked, got, error_p50, error_p95 }: Synthetic['input']): string {
  const means = `${formatTokens(asked)} tokens asked`
  if (got === null || error_p50 === null || error_p95 === null) return `${means}, none told`
  const off = `off by ${formatValue(error_p50, 'share')} p50, ${formatValue(error_p95, 'share')} p95`
  const some = told === requests ? '' : `, as ${formatCount(told)} of ${formatCount(requests)} told`
  return `${means}, ${formatTokens(got)} got (${off}${some})`
}

function formatTokens(mean: number): string {
  return formatCount(Math.round(mean))
}
