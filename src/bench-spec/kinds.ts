import { keepKnown } from './known.ts'
import type { BenchSpec, Kind, Load, Target } from './spec.ts'
import type { StreamFormat } from './stream-format.ts'
import { prepare, type PreparedRequest } from './template.ts'

/** What the kinds of a spec are told from. */
export type KindSource = Pick<BenchSpec, 'target'> &
  Partial<Pick<BenchSpec, 'dataset' | 'stream' | 'expect' | 'mix' | 'load' | 'baseline'>>

/** The kinds of the requests of a spec, in the order written; without a mix the one that it is itself. */
export function listKinds({
  target,
  dataset,
  stream,
  expect,
  mix,
  load,
  baseline,
}: KindSource): readonly Kind[] {
  if (mix !== undefined) return mix
  const second = baseline?.kind === 'interleaved' ? baseline.target : undefined
  const { shuffle } = load ?? {}
  return [
    keepKnown<Kind>({
      name: '',
      weight: 1,
      target,
      baseline: second,
      dataset,
      shuffle,
      stream,
      expect,
    }),
  ]
}

/** Share of a kind in the requests of its mix, 0–1. */
export function shareOf(
  { weight }: Pick<Kind, 'weight'>,
  mix: readonly Pick<Kind, 'weight'>[],
): number {
  return weight / mix.reduce((sum, each) => sum + each.weight, 0)
}

/**
 * What a verdict has to know of how answers are read: where an event of its own completes those of any
 * kind, the format of that one.
 */
export function findStream(spec: KindSource): StreamFormat | undefined {
  const streams = listKinds(spec).map(({ stream }) => stream)
  return streams.find((stream) => stream?.completionEvent !== undefined) ?? streams[0]
}

/** The kind that most requests are of. */
export function findMain(spec: KindSource): Kind {
  return listKinds(spec).reduce((most, kind) => (kind.weight > most.weight ? kind : most))
}

/** The requests of one kind to a target, one for each of its rows that may be used. */
export function prepareKind(
  spec: BenchSpec,
  { dataset, shuffle, stream }: Kind,
  target: Target,
): PreparedRequest[] {
  const load = keepKnown<Load>({ ...spec.load, shuffle })
  return prepare(keepKnown<BenchSpec>({ ...spec, dataset, load, stream }), target)
}
