import { type RunTracing, traceIdOf } from '../bench-spec/tracing.ts'
import { requestNumber } from '../engine/record.ts'
import type { Witness } from '../metrics/witness.ts'
import type { Results } from './results-document.ts'
import { fixed } from './rounding.ts'

type TracingDocument = NonNullable<Results['tracing']>

/** What is told of the trace ids of a run, and those of the requests to look at first. */
export function toTracing(tracing: RunTracing, witnesses: readonly Witness[]): TracingDocument {
  const name = ({ index, row }: Witness) => ({
    number: requestNumber({ index }),
    row: row ?? null,
    trace_id: traceIdOf(tracing, { target: 'candidate', phase: 'measured', index }),
  })
  return {
    run_id: tracing.run,
    sampled: tracing.sampled ?? null,
    request_id_header: tracing.requestIdHeader ?? null,
    slowest: witnesses.flatMap((each) =>
      each.of === 'failure' ? [] : [{ metric: each.of, ms: fixed(each.ms), ...name(each) }],
    ),
    failed: witnesses.flatMap((each) =>
      each.of === 'failure'
        ? [{ kind: each.kind, status: each.status ?? null, ...name(each) }]
        : [],
    ),
  }
}
