import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

import { keepKnown } from '../bench-spec/known.ts'
import { createRedactor } from '../bench-spec/redaction.ts'
import type { LoadPlan } from './loop.ts'
import { readOpenFilesLimit } from './open-files.ts'
import type { Order, Report } from './process.ts'
import { decodeRecords } from './record-columns.ts'
import type { ClientTrust, Halt, LoadRun, RequestRecord, RunEnd } from './record.ts'

export interface LoadOptions {
  /** Aborted: nothing more is sent, what was measured is kept. Its reason is shown. */
  signal?: AbortSignal
  /** Called before any `onRecords` with the instant at which the first request was due (see `RequestMarks`). */
  onStart?(at: number): void
  /** Called about twice a second with the records that have arrived since. */
  onRecords?(records: readonly RequestRecord[], inFlight: number): void
  /** Called when the first measured request was taken, with the instant (see `RequestMarks`). */
  onMeasure?(at: number): void
  /**
   * Asked after each `onRecords`: why nothing more is to be sent. What is in flight is then let to
   * its end. `undefined`: go on.
   */
  halt?(): Halt | undefined
  /** Asked when every measured request has ended and the plan has rounds to add: whether to add one. */
  extend?(): boolean
}

/** ms the load process has to hand over its records after it was told to stop. */
const stopGrace = 5_000

/** UTF-16 units of its stderr that are kept, and that are shown when secrets are out of it. */
const stderrLimit = { kept: 65_536, shown: 2_000 }

/**
 * Runs a load in a process of its own, so that nothing else shares the event loop that stamps.
 * Always resolves: what was measured before a crash or an abort is returned.
 */
export function runLoad(plan: LoadPlan, options: LoadOptions = {}): Promise<LoadRun> {
  const { signal, onStart, onRecords, onMeasure, halt, extend } = options
  const { promise, resolve } = Promise.withResolvers<LoadRun>()
  const records: RequestRecord[] = []
  let trust: ClientTrust | undefined
  let recordings: LoadRun['recordings']
  let stderr = ''
  let stopped = signal?.aborted ?? false
  let halted: Halt | undefined
  let exhausted: RunEnd | undefined
  let stopTimer: NodeJS.Timeout | undefined

  // `.ts` in this repository, `.js` in the package.
  const entry = new URL(`./process${extname(import.meta.url)}`, import.meta.url)
  const child = fork(fileURLToPath(entry), {
    serialization: 'advanced',
    // Pauses of the collector are as long as what it has to copy: of 2 MB rather than of 16.
    execArgv: ['--max-semi-space-size=2'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const order = (message: Order): void => {
    if (child.connected) child.send(message)
  }

  const stop = (): void => {
    if (trust !== undefined) return
    stopped = true
    order({ type: 'stop', inFlight: 'cancel' })
    stopTimer = setTimeout(() => child.kill('SIGKILL'), stopGrace)
  }

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrLimit.kept)
  })
  child.on('message', (report: Report) => {
    if (report.type === 'finished') {
      trust = report.trust
      return
    }
    if (report.type === 'recorded') {
      recordings = report.recordings
      return
    }
    if (report.type === 'started') return onStart?.(report.at)
    if (report.type === 'measuring') return onMeasure?.(report.at)
    if (report.type === 'exhausted') {
      // The process that has no file left cannot read what its limit is, which it has from this one.
      const limit = readOpenFilesLimit()
      exhausted = keepKnown<RunEnd>({ kind: 'exhausted', shortage: report.shortage, limit })
      return
    }
    if (report.type === 'open') {
      if (halted === undefined && extend?.() === true) order({ type: 'extend' })
      else order({ type: 'stop', inFlight: 'finish' })
      return
    }
    const batch = decodeRecords(report.columns)
    if (report.type === 'rehearsed') return
    for (const record of batch) records.push(record)
    onRecords?.(batch, report.inFlight)
    if (halted !== undefined || stopped) return
    halted = halt?.()
    if (halted !== undefined) order({ type: 'stop', inFlight: 'finish' })
  })
  child.on('error', (error) => {
    stderr ||= error.message
  })
  child.on('close', (code, killedBy) => {
    clearTimeout(stopTimer)
    signal?.removeEventListener('abort', stop)
    resolve(keepKnown<LoadRun>({ records, recordings, trust, end: explainEnd(code, killedBy) }))
  })

  function explainEnd(code: number | null, killedBy: string | null): RunEnd {
    if (stopped) return { kind: 'interrupted', reason: renderReason(signal) }
    if (trust !== undefined) return exhausted ?? halted ?? { kind: 'finished' }
    const how = killedBy === null ? `exit code ${code}` : `signal ${killedBy}`
    const { redact } = createRedactor(plan.secrets ?? [])
    const told = redact(stderr).slice(-stderrLimit.shown).trim()
    return { kind: 'crashed', message: `the load process ended early (${how}): ${told}` }
  }

  if (stopped) child.kill('SIGKILL')
  else order({ type: 'run', plan })
  signal?.addEventListener('abort', stop, { once: true })
  return promise
}

function renderReason(signal: AbortSignal | undefined): string {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason.message : String(reason)
}
