import { isDeepStrictEqual } from 'node:util'

import { findChoices } from '../bench-spec/choices.ts'
import { findStream } from '../bench-spec/kinds.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { measureSent } from '../bench-spec/sent-prompts.ts'
import { tagSpec } from '../bench-spec/tagging.ts'
import { defaultBody } from '../bench-spec/target.ts'
import type { CalibrationFile } from '../calibration/calibration-file.ts'
import { shapeOfRun } from '../calibration/load-shape.ts'
import type { Machine } from '../calibration/machine.ts'
import { describeMatch, matchCalibration, toAccuracy } from '../calibration/match.ts'
import { collectGarbage } from '../engine/collector.ts'
import { diagnose, diagnoseRecording } from '../metrics/diagnostics.ts'
import { findDoubts } from '../metrics/doubt.ts'
import { joinRounds } from '../metrics/joining.ts'
import { diagnoseLengths } from '../metrics/length-diagnostics.ts'
import { compareLengths } from '../metrics/lengths.ts'
import { countFirstTurns } from '../metrics/prompt-cache.ts'
import { diagnosePrompts, findReuse } from '../metrics/prompt-reuse.ts'
import { diagnoseServer } from '../metrics/server-diagnostics.ts'
import { summarizeServer } from '../metrics/server-summary.ts'
import { askSessions } from '../metrics/sessions.ts'
import { summarize } from '../metrics/summary.ts'
import { listWitnesses } from '../metrics/witness.ts'
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
  | 'kinds'
  | 'rounds'
  | 'baseline'
  | 'diagnostics'
  | 'lengths'
  | 'server'
  | 'calibration'
  | 'verdict'
  | 'workload'
  | 'witnesses'
>

/** Pure: the same happenings come to the same, whenever and wherever they are judged. */
export function conclude(driven: Drive, { machine, calibrations }: Setting): Conclusion {
  const { spec, trust, end, looks, watch } = driven
  const { load, slos, gate, goodput, stream, serverMetrics, cache } = spec
  const alternates = driven.baseline !== undefined
  const records = alternates ? joinRounds(driven.records) : driven.records

  const talks = askSessions(spec)
  const summary = summarize(records, { goodput, isOpen: load.kind === 'open', talks })
  const kinds = spec.mix?.map((_, index) =>
    summarize(
      records.filter(({ kind }) => kind === index),
      { goodput, isOpen: load.kind === 'open' },
    ),
  )
  // The server was watched on the clock of the run, which joined rounds have left.
  const server =
    watch &&
    serverMetrics &&
    summarizeServer(watch, driven.records, serverMetrics.interval, findChoices(spec))

  const shape = shapeOfRun(spec, records)
  const match = matchCalibration(calibrations, { machine, shape })
  const accuracy = match && toAccuracy(match)
  const prompts = {
    cache,
    repetition: measureSent(spec, records),
    // What a turn has of the one before is meant to come from a cache.
    prompts: talks === undefined ? summary.prompts : countFirstTurns(records),
  }
  const asked = { ...load, drained: alternates }
  const tagging = tagSpec(spec)
  const grounds = { goodput, failures: gate.failures, accuracy, load: asked, tagging }
  const reuse = gate.policy === 'release' ? findReuse(prompts) : undefined
  const findDoubt = findDoubts('candidate', records, trust, { ...grounds, reuse })
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
    stream: findStream(spec),
    reference: referred?.reference,
    end,
    looks,
    findDoubt: joinDoubts(findDoubt, referred?.findDoubt),
  })
  collectGarbage()
  const { dataset } = spec
  const lengths =
    driven.gauge &&
    dataset &&
    compareLengths(records, dataset, { gauge: driven.gauge, findChoices: findChoices(spec) })
  const judged = verdict.slos
  const diagnostics = [
    ...diagnose(records, summary, load, {
      trust,
      stream,
      kinds: kinds?.map((own, index) => {
        const { name = '', stream: ownStream } = spec.mix?.[index] ?? {}
        return { name, stream: ownStream, summary: own }
      }),
      slos,
      judged,
      goodput,
      tagging,
      alternates,
      defaultBody: isDeepStrictEqual(spec.target.body, defaultBody),
    }),
    ...diagnosePrompts(prompts),
    ...(driven.recordings === undefined ? [] : [diagnoseRecording(driven.recordings)]),
    ...(lengths === undefined ? [] : diagnoseLengths(lengths)),
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
    kinds,
    rounds: takeRounds(records, { failures: gate.failures, goodput }),
    baseline: referred?.document,
    diagnostics,
    lengths,
    server,
    calibration: match && describeMatch(match, calibrations, spec),
    verdict,
    workload,
    witnesses: driven.tracing && listWitnesses(driven.records),
  })
}
