import { isDeepStrictEqual } from 'node:util'

import { findChoices } from '../bench-spec/choices.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { defaultBody } from '../bench-spec/reading.ts'
import { tagSpec } from '../bench-spec/tagging.ts'
import type { CalibrationFile } from '../calibration/calibration-file.ts'
import { shapeOfRun } from '../calibration/load-shape.ts'
import type { Machine } from '../calibration/machine.ts'
import { describeMatch, matchCalibration, toAccuracy } from '../calibration/match.ts'
import { collectGarbage } from '../engine/collector.ts'
import { diagnose, diagnoseRecording } from '../metrics/diagnostics.ts'
import { findDoubts } from '../metrics/doubt.ts'
import { joinRounds } from '../metrics/joining.ts'
import { diagnoseServer } from '../metrics/server-diagnostics.ts'
import { summarizeServer } from '../metrics/server-summary.ts'
import { summarize } from '../metrics/summary.ts'
import { type ResultsInput, toFlow } from '../results/results.ts'
import { describeWorkload } from '../results/workload.ts'
import { takeRounds } from '../verdict/figures.ts'
import { judge } from '../verdict/judge.ts'
import type { Drive } from './drive.ts'
import { joinDoubts, referTo } from './reference.ts'

/** Where a load was sent from. */
export interface Setting {
  machine: Machine
  /** What was stored there before. */
  calibrations: CalibrationFile
}

/** What a run comes to: its figures and its verdict. */
export type Conclusion = Pick<
  ResultsInput,
  | 'summary'
  | 'stages'
  | 'rounds'
  | 'baseline'
  | 'diagnostics'
  | 'server'
  | 'calibration'
  | 'verdict'
  | 'workload'
>

/** Pure: the same happenings come to the same, whenever and wherever they are judged. */
export function conclude(driven: Drive, { machine, calibrations }: Setting): Conclusion {
  const { spec, trust, end, looks, watch } = driven
  const { load, slos, gate, goodput, stream, serverMetrics } = spec
  const alternates = driven.baseline !== undefined
  const records = alternates ? joinRounds(driven.records) : driven.records

  const summary = summarize(records, { goodput, isOpen: load.kind === 'open' })
  // The server was watched on the clock of the run, which joined rounds have left.
  const server =
    watch &&
    serverMetrics &&
    summarizeServer(watch, driven.records, serverMetrics.interval, findChoices(spec))

  const shape = shapeOfRun(spec, records)
  const match = matchCalibration(calibrations, { machine, shape })
  const accuracy = match && toAccuracy(match)
  const asked = { ...load, drained: alternates }
  const tagging = tagSpec(spec)
  const grounds = { goodput, failures: gate.failures, accuracy, load: asked, tagging }
  const findDoubt = findDoubts('candidate', records, trust, grounds)
  const workload = describeWorkload(spec)
  const referred = referTo(
    spec,
    driven.baseline ?? [],
    {
      environment: machine,
      hermetic: spec.mock !== undefined,
      url: spec.target.url,
      load: {
        ...toFlow(load),
        requests: load.requests ?? null,
        duration_ms: load.duration ?? null,
        warmup: load.warmup,
      },
      alternates,
      source: spec.dataset?.source,
      dialects: summary.dialects.map(({ name }) => name),
      workload,
      failures: gate.failures,
    },
    { trust, ...grounds },
  )

  // The numbers of a million requests that the figures were taken of are not to wait beside those of
  // the verdict, nor these beside what follows.
  collectGarbage()
  const verdict = judge(slos, records, {
    gate,
    load,
    goodput,
    tagging,
    stream,
    reference: referred?.reference,
    end,
    looks,
    findDoubt: joinDoubts(findDoubt, referred?.findDoubt),
  })
  collectGarbage()
  const judged = verdict.slos
  const diagnostics = [
    ...diagnose(records, summary, load, {
      trust,
      stream,
      slos,
      judged,
      goodput,
      tagging,
      alternates,
      defaultBody: isDeepStrictEqual(spec.target.body, defaultBody),
    }),
    ...(driven.recordings === undefined ? [] : [diagnoseRecording(driven.recordings)]),
    ...(server ? diagnoseServer(server, { slos, goodput }) : []),
  ]
  return keepKnown<Conclusion>({
    summary,
    stages: load.stages?.map((_, index) =>
      summarize(
        records.filter(({ stage }) => stage === index),
        { goodput },
      ),
    ),
    rounds: takeRounds(records, { failures: gate.failures, goodput }),
    baseline: referred?.document,
    diagnostics,
    server,
    calibration: match && describeMatch(match, calibrations, spec),
    verdict,
    workload,
  })
}
