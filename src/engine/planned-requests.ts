import { listKinds, prepareKind } from '../bench-spec/kinds.ts'
import { keepKnown } from '../bench-spec/known.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import type { PreparedRequest } from '../bench-spec/template.ts'
import type { LoadKind, LoadPlan } from './load-plan.ts'

/** What a plan says of the requests of a spec, to both of its targets, and of how they are read. */
export function planRequests(
  spec: BenchSpec,
): Pick<LoadPlan, 'requests' | 'baseline' | 'stream' | 'expect' | 'mix'> {
  const kinds = listKinds(spec)
  const isMix = spec.mix !== undefined
  const prepareAll = (side: 'target' | 'baseline'): PreparedRequest[][] =>
    kinds.map((kind, index) => {
      const target = kind[side]
      const requests = target === undefined ? [] : prepareKind(spec, kind, target)
      return isMix ? requests.map((request) => ({ ...request, kind: index })) : requests
    })
  const requests = prepareAll('target')
  return keepKnown<ReturnType<typeof planRequests>>({
    requests: requests.flat(),
    baseline: spec.baseline?.kind === 'interleaved' ? prepareAll('baseline').flat() : undefined,
    stream: spec.stream,
    expect: spec.expect,
    mix: isMix
      ? kinds.map(({ weight, shuffle, stream, expect }, index) => {
          const rows = requests[index]?.length ?? 0
          return keepKnown<LoadKind>({ weight, rows, shuffle, stream, expect })
        })
      : undefined,
  })
}
