import type { BenchDocument } from './bench-document.ts'
import { readDistribution } from './distribution-reading.ts'
import { type Distribution, meanOf } from './distribution.ts'
import type { Report } from './issue.ts'
import { keepKnown } from './known.ts'
import { extraRequests } from './round.ts'
import type { Dataset, Load, Synthetic, Target } from './spec.ts'
import { expectRequests } from './stages.ts'
import {
  assumedRate,
  listColumns,
  mostTokens,
  sketchDataset,
  type TokenRate,
  writeRows,
} from './synthetic-rows.ts'
import { usesColumn } from './template.ts'

type Source = NonNullable<BenchDocument['data_source']>

/** Prompts of a load that ends by its time alone, and of one whose requests are not yet chosen. */
const usualRows = 5000

/** Tokens of all prompts together that are kept in memory, some 95 MB. */
const mostKept = 2 ** 24

/** Reads what a source of made-up prompts is to be; `undefined` when it cannot be, which is reported. */
export function readSynthetic(
  source: Source,
  { seed, report }: { seed: number; report: Report },
): Synthetic | undefined {
  const { shared_prefix: sharedPrefix = 0, groups, rows } = source
  const read = (key: 'input_tokens' | 'output_tokens'): Distribution | undefined =>
    source[key] === undefined ? undefined : readLength(source[key], key, report)
  const [input, output] = [read('input_tokens'), read('output_tokens')]
  if (input === undefined || (source.output_tokens !== undefined && output === undefined)) {
    return undefined
  }
  const mean = meanOf(input)
  if (sharedPrefix >= mean) {
    report(
      ['data_source', 'shared_prefix'],
      `must be below input_tokens, which it is part of, got ${sharedPrefix} of ${Math.round(mean)}.`,
    )
  }
  if (groups !== undefined && sharedPrefix === 0) {
    const message =
      'share a prefix each, and none is asked for. Add shared_prefix, or remove groups.'
    report(['data_source', 'groups'], message, 'key')
  }
  if (rows !== undefined && rows > mostRows(mean)) {
    report(
      ['data_source', 'rows'],
      `must be at most ${mostRows(mean)} of ${Math.round(mean)} tokens, which is all that is kept in memory, got ${rows}.`,
    )
    return undefined
  }
  return keepKnown<Synthetic>({ seed, input, output, sharedPrefix, groups: groups ?? 1 })
}

function readLength(
  value: unknown,
  key: 'input_tokens' | 'output_tokens',
  report: Report,
): Distribution | undefined {
  const path = ['data_source', key]
  const distribution = readDistribution(value, path, 'count', report)
  if (distribution === undefined) return undefined
  const mean = meanOf(distribution)
  if (mean >= 1 && mean <= mostTokens) return distribution
  report(path, `must be 1 to ${mostTokens} tokens in the mean, got ${Math.round(mean)}.`)
  return undefined
}

function mostRows(mean: number): number {
  return Math.max(1, Math.floor(mostKept / mean))
}

/** Lengths and groups of the prompts before it is known how many requests there will be. */
export function sketchSynthetic(synthetic: Synthetic, document: Partial<BenchDocument>): Dataset {
  const { requests, total_requests: alias, data_source: source } = document
  const count = source?.rows ?? requests ?? alias ?? usualRows
  return sketchDataset(synthetic, Math.min(count, mostRows(meanOf(synthetic.input))))
}

/** Writes the rows of a synthetic source; those of another cell of a matrix are written once. */
export type WriteRows = (synthetic: Synthetic, count: number) => Dataset['rows']

export function createWriteRows(rate: TokenRate = assumedRate): WriteRows {
  const written = new Map<string, Dataset['rows']>()
  return (synthetic, count) => {
    const key = JSON.stringify(synthetic)
    const known = written.get(key)
    if (known !== undefined && known.length >= count) return known.slice(0, count)
    const rows = writeRows(synthetic, count, rate)
    written.set(key, rows)
    return rows
  }
}

/** The prompts of a load, `rows` of them or one for each request that will be sent. */
export function fillSynthetic(
  synthetic: Synthetic,
  {
    rows,
    load,
    extraRounds,
    write,
  }: {
    rows: number | undefined
    load: Load
    extraRounds: number
    write: WriteRows
  },
): { dataset: Dataset; warnings: string[] } {
  const mean = meanOf(synthetic.input)
  const needed = countRequests(load, extraRounds) ?? usualRows
  const count = rows ?? Math.min(needed, mostRows(mean))
  const dataset: Dataset = {
    source: 'synthetic',
    columns: listColumns(synthetic),
    rows: write(synthetic, count),
    synthetic,
  }
  if (rows !== undefined || count === needed) return { dataset, warnings: [] }
  const warning = `data_source: ${needed} prompts of ${Math.round(mean)} tokens are more text than is kept in memory: there are ${count}, which repeat. Send fewer requests, or write rows to say so.`
  return { dataset, warnings: [warning] }
}

/** Requests to one target, the warm-up and rounds that may be added included; `undefined`: time ends it. */
function countRequests(load: Load, extraRounds: number): number | undefined {
  const { requests, duration, warmup, stages } = load
  if (requests !== undefined) return warmup + requests + extraRounds * extraRequests(load)
  if (load.kind === 'closed') return undefined
  const due =
    stages === undefined
      ? (load.rate * (duration ?? 0)) / 1000
      : stages.reduce((sum, stage) => sum + expectRequests(stage), 0)
  // Arrivals are drawn: hardly ever are there more than this.
  return warmup + Math.ceil(due + 6 * Math.sqrt(due)) + 1
}

/** What the target leaves out of the rows, though it was asked for. */
export function findUnused({ synthetic, columns }: Dataset, target: Target): string[] {
  if (synthetic === undefined) return []
  const isUnused = (column: string): boolean =>
    columns.includes(column) && !usesColumn(target, column)
  return [
    ...(isUnused('prompt')
      ? ['data_source: no {{prompt}} is used, so what is written is not sent.']
      : []),
    ...(isUnused('output_tokens')
      ? [
          'data_source.output_tokens: no {{output_tokens}} is used. Write max_tokens: "{{output_tokens}}" in the body.',
        ]
      : []),
  ]
}

/** Whether its prompts are written by their lengths. */
export function isMadeUp({ synthetic, trace }: Dataset): boolean {
  return (synthetic ?? trace) !== undefined
}
