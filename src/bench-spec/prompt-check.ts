import { marksPrompts } from './cache-rule.ts'
import type { Report } from './issue.ts'
import { type KindSource, listKinds } from './kinds.ts'
import { findTwins, measureRepetition, planUses } from './repetition.ts'
import { createFirstTurnWriter } from './sent-prompts.ts'
import type { BenchSpec, Dataset, Target } from './spec.ts'
import { prepareRequest } from './template.ts'

/** Finds bodies without a prompt that `cache` could put something before. */
export function checkHeads(spec: KindSource & Pick<BenchSpec, 'cache'>, report: Report): void {
  if (!marksPrompts(spec.cache)) return
  const sent = listKinds(spec).flatMap(({ name, target, baseline, dataset }) => {
    const whose = name === '' ? '' : ` of kind ${name}`
    const own = { target, dataset, whose }
    return baseline === undefined
      ? [own]
      : [own, { target: baseline, dataset, whose: `${whose} of the baseline` }]
  })
  for (const { target, dataset, whose } of sent) {
    const found = findHeadless(target, dataset)
    if (found === undefined) continue
    report(
      ['cache'],
      `puts a text before each prompt, and none is found in the body${whose}${found}. It is looked for in system, messages, contents, prompt, query, input and inputs of a body that is JSON. Write it there, or remove cache.`,
    )
    return
  }
}

/** Which body has no prompt, to stand behind its name: '' without rows; `undefined`: each has one. */
function findHeadless(target: Target, dataset: Dataset | undefined): string | undefined {
  const wanted = { lead: '' }
  if (dataset === undefined) {
    return prepareRequest(target, {}, wanted).heads === undefined ? '' : undefined
  }
  const write =
    dataset.sessions === undefined
      ? (place: number) => prepareRequest(target, dataset.rows[place] ?? {}, wanted)
      : createFirstTurnWriter(target, dataset, wanted)
  const row = dataset.rows.findIndex((_, place) => write(place).heads === undefined)
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
  const write =
    dataset.sessions === undefined
      ? (place: number) => prepareRequest(target, rows[place] ?? {})
      : createFirstTurnWriter(target, dataset)
  const prepared = rows.map((_, place) => write(place))
  const once = rows.map(() => ({ warmup: 0, measured: 1 }))
  const different = measureRepetition(prepared, once)?.different ?? 0
  const { sessions } = load
  const asked = sessions ?? requests
  const needed = asked + warmup
  if (different < needed) {
    const twins = different < rows.length ? `, ${different} of them with a prompt of their own` : ''
    report(
      path,
      `forbids to send a prompt twice: ${source} has ${rows.length} rows${twins}, and ${needed} are needed (${asked} ${sessions === undefined ? 'requests' : 'conversations'} and ${warmup} of warm-up). Add rows, ask for fewer, or allow repeats.`,
    )
    return
  }
  const twins = findTwins(prepared, planUses(rows.length, { ...load, requests: asked }) ?? [])
  if (twins === undefined) return
  const [first, second] = twins
  report(
    path,
    `forbids to send a prompt twice, and rows ${first + 1} and ${second + 1} of ${source} have the same one. Remove one of them, or allow repeats.`,
  )
}
