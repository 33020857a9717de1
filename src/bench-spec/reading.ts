import { resolve } from 'node:path'

import {
  checkBaselineUrl,
  checkMixedBaseline,
  ownParts,
  readBaseline,
  type ReadStored,
  rebaseKinds,
} from './baseline.ts'
import type { BenchDocument } from './bench-document.ts'
import { readCacheRule } from './cache-rule.ts'
import { checkConversation, readConversation } from './conversation.ts'
import { type FileSource, readSource } from './data-source.ts'
import type { LoadedDataset } from './dataset.ts'
import { readExpectation } from './expectation-reading.ts'
import { createIssue, type Locate, type Report, type Issue } from './issue.ts'
import { keepKnown } from './known.ts'
import { findWhole, readMix } from './mix.ts'
import { hasControls } from './plain-text.ts'
import { checkHeads, checkRepeats } from './prompt-check.ts'
import { readServerMetrics } from './server-metrics.ts'
import { orderSessions } from './session-order.ts'
import { listCells } from './session.ts'
import { addLimits, parseSlos } from './slo-list.ts'
import type { RelativeSlo } from './slo.ts'
import type { Abort, BenchSpec, Gate, MockOptions, Target } from './spec.ts'
import { readStagedLoad, readStages } from './staged-load.ts'
import { readStreamFormat } from './stream-format.ts'
import { fillSynthetic, findUnused, type WriteRows } from './synthetic-source.ts'
import { checkTags } from './tag-check.ts'
import { createTagging } from './tagging.ts'
import { checkHeaders, checkUrl, readTarget } from './target.ts'
import { checkPlaceholders, type Columns, usesDataset } from './template.ts'
import { ruleOfTrace } from './trace-cache.ts'
import { findTraceDoubts, readTracedLoad } from './traced-load.ts'
import { checkOwnHeaders, readTracing } from './tracing-reading.ts'
import { checkWholeKeys, isWhole, withoutTokens } from './whole-answer.ts'
import { defaultSeed, readLoad, readTimeouts } from './workload.ts'

/** What a document means, and what is wrong with the meaning. */
export interface Bench<Stored = unknown> {
  parts: Omit<BenchSpec<Stored>, 'name' | 'file' | 'cell' | 'secrets' | 'warnings'>
  issues: readonly Issue[]
  warnings: readonly string[]
}

export interface BenchContext<Stored> {
  /** Where data files are relative to. */
  directory: string
  /** What the schema said of the keys that are missing here. */
  faults: readonly Issue[]
  /** SLOs besides those of the document. */
  limits: readonly RelativeSlo[]
  locate: Locate
  /** Reads the file of a data source. */
  readData(source: FileSource): LoadedDataset
  /** Writes the rows of a source that is none. */
  writeRows: WriteRows
  /** Below the folder of a baseline that was run with the same matrix; `undefined` without one. */
  cellFolder: string | undefined
  readStored?: ReadStored<Stored> | undefined
  openFiles?: number | undefined
  cores?: number | undefined
}

/** Reads the keys of a document that the schema has let through. */
export function readBench<Stored>(
  document: Partial<BenchDocument>,
  context: BenchContext<Stored>,
): Bench<Stored> {
  const { directory, faults, limits, locate, readData, writeRows, cellFolder } = context
  const { readStored, openFiles, cores } = context
  const issues: Issue[] = []
  const report: Report = (path, message, part) => {
    issues.push(createIssue(locate, path, message, part))
  }
  // Kinds of a mix have each their own.
  const stream = document.mix === undefined ? readStreamFormat(document.stream_format) : undefined
  const lacksFormat = faults.some(({ path }) => path[0] === 'stream_format')
  if (document.mix === undefined) checkWholeKeys(document, report)
  const mock = readMock(document, directory)
  const source = document.data_source
  const seed = document.seed ?? defaultSeed
  const { loaded, synthetic } = readSource(document, { seed, report, readData })
  const lacksData = loaded
    ? loaded.dataset === undefined
    : faults.some(({ path }) => path[0] === 'data_source')
  const mixed = readMix(document, {
    directory,
    hasMock: mock !== undefined,
    lacksData,
    locate,
    readData,
  })
  issues.push(...(mixed?.issues ?? []))
  // What kinds send is theirs.
  const target = mixed === undefined ? readTarget(document, stream) : readBase(document)
  checkConversation(document, report)
  const talk = mixed === undefined ? readConversation(document, loaded?.dataset, report) : undefined
  const dataset = mixed === undefined ? (talk?.dataset ?? loaded?.dataset) : undefined

  if (document.url !== undefined) issues.push(...checkUrl(target.url, mock !== undefined, locate))
  const lacksMix = faults.some(({ path }) => path[0] === 'mix')
  const checkTexts = (texts: Target, locate: Locate): Issue[] => {
    const columns = keepKnown<Columns>({ hidden: loaded?.hidden ?? [], dataset })
    return [
      ...(lacksData ? [] : checkPlaceholders(texts, columns, locate)),
      ...checkHeaders(texts, dataset === undefined ? [] : listCells(dataset), locate),
    ]
  }
  if (mixed === undefined && !lacksMix) issues.push(...checkTexts(target, locate))

  const second = document.baseline
  const baseline = readBaseline(second, {
    target,
    mock,
    directory,
    cellFolder,
    report,
    readStored,
  })
  if (second !== undefined) {
    const within: Locate = (path, part) => locate(['baseline', ...path], part)
    const found = [
      ...checkBaselineUrl(second, within),
      ...(mixed === undefined
        ? checkTexts(ownParts(second), within)
        : checkMixedBaseline(second, mixed.kinds, within)),
    ]
    issues.push(...found.map((issue) => ({ ...issue, path: ['baseline', ...issue.path] })))
  }

  if (second !== undefined && (document.gate?.max_extra_rounds ?? 0) > 0) {
    const message = 'are not possible with a baseline, which is compared once. Ask for more rounds.'
    report(['gate', 'max_extra_rounds'], message)
  }
  const hasBaseline = second !== undefined || faults.some(({ path }) => path[0] === 'baseline')
  const isTraced = mixed === undefined && source?.type === 'trace'
  const staging = isTraced ? undefined : readStages(document, report)
  const lacksStages = faults.some(({ path }) => path[0] === 'stages')
  const hasRate =
    isTraced ||
    document.rate !== undefined ||
    faults.some(({ path: [key] }) => key === 'rate' || key === 'data_source')
  const mix = mixed && rebaseKinds(mixed.kinds, second, baseline)
  const tagging = createTagging({
    dataset,
    target,
    baseline: baseline?.kind === 'interleaved' ? baseline.target : undefined,
    mix,
    load: { shuffle: source?.shuffle, seed, stages: staging?.stages },
  })
  const talks =
    dataset?.sessions && orderSessions(dataset.sessions, { shuffle: source?.shuffle, seed })
  const hidden = [...(loaded?.hidden ?? []), ...(mixed?.hidden ?? [])]
  const tagged = {
    tagging,
    dataset,
    hidden,
    hasStages: staging !== undefined,
    hasMix: mix !== undefined,
  }
  const {
    slos: own,
    goodput,
    issues: sloIssues,
  } = parseSlos(document.slo, locate, {
    baseline: hasBaseline ? (second?.file === undefined ? 'interleaved' : 'file') : undefined,
    hasRate: hasRate || lacksStages || staging?.kind === 'open',
    isWhole: isWhole(stream),
    findWhole: mix && ((tags) => findWhole(mix, tags, tagging)),
    checkTags:
      lacksData || lacksStages || lacksMix
        ? undefined
        : (tags, all) => checkTags(tags, all, tagged),
  })
  issues.push(...sloIssues)
  const slos = addLimits(own, isWhole(stream) ? withoutTokens(limits) : limits)
  // Both are printed as they are, in terminals and logs.
  if (hasControls(document.name ?? ''))
    report(['name'], 'must be one line without control characters.')
  if (slos.some(({ id }) => hasControls(id))) {
    report(['slo'], 'an id must be one line without control characters.')
  }
  const tracing = readTracing(document, report)
  checkOwnHeaders(tracing, target.headers, (name, message) =>
    report(['headers', name], message, 'key'),
  )
  checkOwnHeaders(tracing, second?.headers ?? {}, (name, message) =>
    report(['baseline', 'headers', name], message, 'key'),
  )
  const gate = readGate(document)
  const alternates = baseline?.kind === 'interleaved'
  const machine = { mock: mock !== undefined, alternates, openFiles, cores }
  const serverMetrics = readServerMetrics(document, report)
  const load = isTraced
    ? readTracedLoad(document, dataset?.trace, report, machine)
    : staging === undefined
      ? readLoad(document, report, {
          slos,
          gate,
          tagging,
          alternates,
          openFiles,
          cores,
          hasRate,
          talks,
        })
      : readStagedLoad(document, staging, report, machine)
  const filled =
    synthetic &&
    fillSynthetic(synthetic, {
      rows: source?.rows,
      load,
      extraRounds: gate.maxExtraRounds,
      write: writeRows,
    })
  const parts = keepKnown<Bench<Stored>['parts']>({
    target,
    timeouts: readTimeouts(document, report),
    tracing,
    dataset: filled?.dataset ?? dataset,
    conversation: talk?.conversation,
    stream,
    mix,
    expect:
      lacksFormat || mixed !== undefined
        ? undefined
        : readExpectation(document.expect, { directory, stream, report }),
    cache: readCacheRule(document) ?? (dataset?.trace && ruleOfTrace(dataset.trace)),
    load,
    mock,
    baseline,
    serverMetrics,
    slos,
    goodput,
    gate,
    abort: readAbort(document, report),
  })
  // What is wrong with the placeholders is the cause of what would be found in the prompts.
  if (issues.length === 0) {
    checkHeads(parts, report)
    if (source?.repeats === 'forbidden') checkRepeats(parts, report)
  }
  const warnings = [
    ...(loaded?.warnings ?? []),
    ...(filled?.warnings ?? []),
    ...(mixed?.warnings ?? []),
    ...findDoubts(parts),
  ]
  return { parts, issues, warnings }
}

/** What the kinds of a mix begin with. */
function readBase(document: Partial<BenchDocument>): Target {
  return readTarget({ ...document, body: null })
}

/** Its script is a file like the data source's. */
function readMock({ mock }: Partial<BenchDocument>, directory: string): MockOptions | undefined {
  if (mock === undefined || mock === false) return undefined
  if (mock === true) return {}
  const { script } = mock
  return typeof script === 'string' ? { ...mock, script: resolve(directory, script) } : mock
}

function readGate({ gate = {} }: Partial<BenchDocument>): Gate {
  const { policy = 'pr', confidence = 0.95, failures = 'as-infinite' } = gate
  const counted = typeof failures === 'string' ? { count: failures } : failures
  return keepKnown<Gate>({
    policy,
    confidence,
    failures: counted.count ?? 'as-infinite',
    burst: 'burst' in counted ? counted.burst : undefined,
    maxExtraRounds: gate.max_extra_rounds ?? 0,
  })
}

function readAbort(document: Partial<BenchDocument>, report: Report): Abort {
  const { abort, max_error_rate: most, duration, stages } = document
  if (abort === 'certain' && (duration ?? stages) !== undefined) {
    report(
      ['abort'],
      `certain needs a number of requests that is known before the run, and ${duration === undefined ? 'stages have their time' : 'duration may end it earlier'}. Remove one of them.`,
    )
  }
  return keepKnown<Abort>({
    certain: abort === 'certain',
    maxErrorRate: most === undefined ? undefined : Number.parseFloat(most) / 100,
  })
}

function findDoubts({
  slos,
  dataset,
  target,
  load,
  baseline,
  mix,
  cache,
}: Bench['parts']): string[] {
  const doubts: string[] = []
  const { synthetic, trace } = dataset ?? {}
  if (cache?.kind === 'bust' && (trace?.cachedShare ?? synthetic?.sharedPrefix ?? 0) > 0) {
    doubts.push(
      'cache: bust puts a marker before what prompts have in common, so that no cache knows it. Leave it out to have that cached.',
    )
  }
  if (baseline !== undefined && slos.every(({ allowance }) => allowance === undefined)) {
    doubts.push(
      'baseline: no SLO compares with it. Write for example ttft p95 <= baseline + 10% or 20ms.',
    )
  }
  if (slos.length === 0) doubts.push('slo: there is no SLO: this run can decide nothing.')
  if (dataset !== undefined && !usesDataset(target)) {
    const example = dataset.columns[0] ?? 'column'
    doubts.push(
      `data_source: no {{column}} is used, so every request is the same. Write for example {{${example}}} in the body.`,
    )
  } else if (dataset !== undefined) {
    doubts.push(...findUnused(dataset, target))
  }
  if (mix !== undefined && load.warmup > 0 && load.warmup < mix.length) {
    doubts.push(
      `warmup: ${load.warmup} requests do not reach all ${mix.length} kinds. Ask for ${mix.length} or more.`,
    )
  }
  if (dataset?.trace !== undefined) doubts.push(...findTraceDoubts(target))
  if (load.kind === 'open') return doubts
  if (load.requests !== undefined && load.requests < load.concurrency) {
    doubts.push(
      `concurrency: ${load.requests} requests never reach a concurrency of ${load.concurrency}.`,
    )
  } else if (baseline?.kind === 'interleaved' && load.requests !== undefined) {
    const inRound = Math.floor(load.requests / load.rounds)
    if (inRound < load.concurrency) {
      doubts.push(
        `rounds: the ${inRound} requests of a round never reach a concurrency of ${load.concurrency}, and no round runs into the next where a baseline alternates.`,
      )
    }
  }
  return doubts
}
