import { keepKnown } from '../bench-spec/known.ts'
import { createRedactor } from '../bench-spec/redaction.ts'
import { now } from './clock.ts'
import type { LoadPlan } from './load-plan.ts'
import {
  type LoadProcess,
  type ProcessEnd,
  type StartLoadProcess,
  startLoadProcess,
} from './load-process.ts'
import { readOpenFilesLimit } from './open-files.ts'
import { keepRecords } from './packed-records.ts'
import type { Order, Report } from './process.ts'
import { decodeRecords } from './record-columns.ts'
import type {
  Halt,
  LoadRun,
  ProcessTrust,
  Recording,
  RequestRecord,
  RunEnd,
  Records,
} from './record.ts'
import { joinTrust } from './trust.ts'

export interface LoadOptions {
  /** Aborted: nothing more is sent, what was measured is kept. Its reason is shown. */
  signal?: AbortSignal
  /** Called before any `onRecords` with the instant at which the first request was due (see `RequestMarks`). */
  onStart?(at: number): void
  /** Called about twice a second for each load process with the records of it that have arrived since. */
  onRecords?(records: readonly RequestRecord[], inFlight: number): void
  /** Called when the first measured request was taken, with the instant (see `RequestMarks`). */
  onMeasure?(at: number): void
  /**
   * Asked after each `onRecords`, with all records so far: why nothing more is to be sent. What is in
   * flight is then let to its end. `undefined`: go on.
   */
  halt?(records: Records): Halt | undefined
  /**
   * Asked when every measured request has ended and the plan has rounds to add, with all records:
   * whether to add one.
   */
  extend?(records: Records): boolean
}

/** ms the load processes have to hand over their records after they were told to stop. */
const stopGrace = 5_000

/**
 * How often the records of a batch that was rehearsed are read: this process has as many to read while
 * it waits as make V8 optimise what reads them, which would else take a core from who stamps.
 */
const rehearsedReads = 160

/** UTF-16 units of the stderr of a load process that are shown when secrets are out of it. */
const stderrShown = 2_000

/** What is known of one load process. */
interface Member {
  process: LoadProcess
  ready: boolean
  /** Instant at which its first request was due. */
  startedAt?: number
  inFlight: number
  /** Its records that nobody but the keeper was told of. */
  untold: RequestRecord[]
  /** Whether all of its measured requests have ended, and it waits for an order. */
  open: boolean
  /** There when it has handed over everything. */
  trust?: ProcessTrust
  ended: boolean
}

/**
 * Runs a load in processes of its own, so that nothing else shares the event loops that stamp. None
 * sends before all are ready. Always resolves: what was measured before a crash or an abort is
 * returned; where one of several dies, the others are stopped and hand over what they have.
 */
export function runLoad(
  plan: LoadPlan,
  options: LoadOptions = {},
  startProcess: StartLoadProcess = startLoadProcess,
): Promise<LoadRun> {
  const { signal, onStart, onRecords, onMeasure, halt, extend } = options
  const { promise, resolve } = Promise.withResolvers<LoadRun>()
  const kept = keepRecords()
  let recordings: Recording[] | undefined
  let end: RunEnd = { kind: 'finished' }
  let brokenOff = false
  let sending = false
  let startTold = false
  let measuring = false
  let stopTimer: NodeJS.Timeout | undefined

  const { processes: of = 1 } = plan.load
  const members = Array.from({ length: of }, (_, index): Member => {
    const process = startProcess({
      onReport: (report) => hear(report, member),
      onEnd: (how) => leave(how, member, index),
    })
    const member: Member = {
      process,
      ready: false,
      inFlight: 0,
      untold: [],
      open: false,
      ended: false,
    }
    return member
  })

  function tellAll(message: Order): void {
    for (const { process } of members) process.order(message)
  }

  function killAll(): void {
    for (const { process } of members) process.kill()
  }

  /** Sends nothing more; what is in flight comes to its end. The first reason counts. */
  function finishEarly(why: RunEnd): void {
    if (end.kind !== 'finished') return
    end = why
    tellAll({ type: 'stop', inFlight: 'finish' })
  }

  /** Gives up what is in flight. The first reason counts, and more than one to finish early. */
  function breakOff(why: RunEnd): void {
    if (brokenOff || members.every(({ trust }) => trust !== undefined)) return
    brokenOff = true
    end = why
    if (!sending) return killAll()
    tellAll({ type: 'stop', inFlight: 'cancel' })
    stopTimer = setTimeout(killAll, stopGrace)
  }

  function hear(report: Report, member: Member): void {
    switch (report.type) {
      case 'ready':
        member.ready = true
        if (brokenOff || !members.every(({ ready }) => ready)) return
        sending = true
        if (of === 1) return
        return tellAll({ type: 'start', at: now() })
      case 'started':
        member.startedAt = report.at
        if (members.every(({ startedAt }) => startedAt !== undefined)) tellStart()
        return
      case 'measuring':
        if (!measuring) onMeasure?.(report.at)
        measuring = true
        return
      case 'rehearsed':
        for (let i = 0; i < rehearsedReads; i++) decodeRecords(report.columns)
        return
      case 'records':
        return keep(decodeRecords(report.columns), member)
      case 'beat':
        member.inFlight = report.inFlight
        return tellRecords(member)
      case 'open':
        member.open = true
        return goOn()
      case 'exhausted': {
        // The process that has no file left cannot read what its limit is, which it has from this one.
        const limit = readOpenFilesLimit()
        return finishEarly(
          keepKnown<RunEnd>({ kind: 'exhausted', shortage: report.shortage, limit }),
        )
      }
      case 'recorded':
        recordings = [...(recordings ?? []), ...report.recordings]
        return
      case 'finished':
        member.trust = report.trust
    }
  }

  /** Those of several processes start within a millisecond or so; the earliest may not be the first that is heard of. */
  function tellStart(): void {
    const started = members.flatMap(({ startedAt }) => startedAt ?? [])
    if (startTold || started.length === 0) return
    startTold = true
    const at = Math.min(...started)
    kept.start(at)
    onStart?.(at)
  }

  function keep(batch: readonly RequestRecord[], member: Member): void {
    tellStart()
    kept.add(batch)
    for (const record of batch) member.untold.push(record)
  }

  function tellRecords(member: Member): void {
    tellStart()
    const batch = member.untold
    member.untold = []
    onRecords?.(
      batch,
      members.reduce((sum, each) => sum + each.inFlight, 0),
    )
    const halted = end.kind === 'finished' ? halt?.(kept.records) : undefined
    if (halted !== undefined) finishEarly(halted)
  }

  /** Adds a round to all or ends them, when all wait for it. */
  function goOn(): void {
    if (end.kind !== 'finished' || !members.every(({ open }) => open)) return
    for (const member of members) member.open = false
    tellAll(
      extend?.(kept.records) === true ? { type: 'extend' } : { type: 'stop', inFlight: 'finish' },
    )
  }

  function leave({ how, stderr }: ProcessEnd, member: Member, index: number): void {
    member.ended = true
    member.inFlight = 0
    if (member.untold.length > 0) tellRecords(member)
    if (member.trust === undefined) {
      const name = of === 1 ? 'the load process' : `load process ${index + 1} of ${of}`
      const { redact } = createRedactor(plan.secrets ?? [])
      const said = redact(stderr).slice(-stderrShown).trim()
      const message = `${name} ended early (${how})${said === '' ? '' : `: ${said}`}`
      breakOff({ kind: 'crashed', message })
    }
    if (!members.every(({ ended }) => ended)) return
    clearTimeout(stopTimer)
    signal?.removeEventListener('abort', interrupt)
    const trusts = members.flatMap(({ trust }) => trust ?? [])
    const trust = trusts.length === of ? joinTrust(trusts) : undefined
    recordings?.sort((a, b) => a.index - b.index)
    kept.end()
    const { records } = kept
    resolve(keepKnown<LoadRun>({ records, recordings, trust, end }))
  }

  function interrupt(): void {
    breakOff({ kind: 'interrupted', reason: renderReason(signal) })
  }

  members.forEach(({ process }, index) => {
    const alone = of === 1
    process.order({
      type: 'prepare',
      plan: alone ? plan : { ...plan, share: { index, of } },
      alone,
    })
  })
  if (signal?.aborted === true) interrupt()
  else signal?.addEventListener('abort', interrupt, { once: true })
  return promise
}

function renderReason(signal: AbortSignal | undefined): string {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason.message : String(reason)
}
