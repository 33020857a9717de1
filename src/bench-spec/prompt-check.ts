import { marksPrompts } from './cache-rule.ts'
import type { Report } from './issue.ts'
import { findTwins, measureRepetition, planUses } from './repetition.ts'
import type { BenchSpec, Dataset, Target } from './spec.ts'
import { prepareRequest } from './template.ts'

/** Finds bodies without a prompt that `cache` could put something before. */
export function checkHeads(
  {
    cache,
    target,
    dataset,
    baseline,
  }: Pick<BenchSpec, 'cache' | 'target' | 'dataset' | 'baseline'>,
  report: Report,
): void {
  if (!marksPrompts(cache)) return
  const second = baseline?.kind === 'interleaved' ? [baseline.target] : []
  for (const each of [target, ...second]) {
    const found = findHeadless(each, dataset)
    if (found === undefined) continue
    const whose = each === target ? '' : ' of the baseline'
    report(
      ['cache'],
      `puts a text before each prompt, and none is found in the body${whose}${found}. It is looked for in system, messages, contents, prompt, query, input and inputs of a body that is JSON. Write it there, or remove cache.`,
    )
    return
  }
}

/** Which body has no prompt, to stand behind its name: '' without rows; `undefined`: each has one. */
function findHeadless(target: Target, dataset: Dataset | undefined): string | undefined {
  const lacks = (row: Dataset['rows'][number]): boolean =>
    prepareRequest(target, row, '').heads === undefined
  if (dataset === undefined) return lacks({}) ? '' : undefined
  const row = dataset.rows.findIndex(lacks)
  return row === -1 ? undefined : ` with row ${row + 1} of ${dataset.source}`
}

/** Finds rows that would be sent again, in a file or by a load, where `data_source.repeats` forbids it. */
export function checkRepeats(
  { target, dataset, load, gate }: Pick<BenchSpec, 'target' | 'dataset' | 'load' | 'gate'>,
  report: Report,
): void {
  if (dataset === undefined) return
  const path = ['data_source', 'repeats']
  const { requests, warmup } = load
  const { source, rows } = dataset
  if (requests === undefined) {
    report(
      path,
      'forbidden needs a number of requests that is known before the run, and a time does not say how many. Ask for requests, or remove one of them.',
    )
    return
  }
  if (gate.maxExtraRounds > 0) {
    report(
      path,
      'forbidden cannot be had together with gate.max_extra_rounds: while it is decided whether to add them, requests of the warm-up go on. Remove one of them.',
    )
    return
  }
  const prepared = rows.map((row) => prepareRequest(target, row))
  const once = rows.map(() => ({ warmup: 0, measured: 1 }))
  const different = measureRepetition(prepared, once)?.different ?? 0
  const needed = requests + warmup
  if (different < needed) {
    const twins = different < rows.length ? `, ${different} of them with a prompt of their own` : ''
    report(
      path,
      `forbids to send a prompt twice: ${source} has ${rows.length} rows${twins}, and ${needed} are needed (${requests} requests and ${warmup} of warm-up). Add rows, ask for fewer requests, or allow repeats.`,
    )
    return
  }
  const twins = findTwins(prepared, planUses(rows.length, load) ?? [])
  if (twins === undefined) return
  const [first, second] = twins
  report(
    path,
    `forbids to send a prompt twice, and rows ${first + 1} and ${second + 1} of ${source} have the same one. Remove one of them, or allow repeats.`,
  )
}
