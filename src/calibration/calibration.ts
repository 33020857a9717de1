import { keepKnown } from '../bench-spec/known.ts'
import { orderSessions } from '../bench-spec/session-order.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { nameTarget } from '../bench-spec/target.ts'
import { type LoadPlan } from '../engine/load-plan.ts'
import { type LoadOptions, runLoad } from '../engine/load.ts'
import { planRequests } from '../engine/planned-requests.ts'
import type { Records } from '../engine/record.ts'
import { compareWithSent, type Spread } from '../metrics/client-error.ts'
import { summarize } from '../metrics/summary.ts'
import { startMock } from '../mock/index.ts'
import { measureNoise } from '../verdict/noise.ts'
import type { Calibration, StoredNoise, StoredSpread } from './calibration-file.ts'
import { type LoadShape, standIn, standIns } from './load-shape.ts'
import { describeMachine } from './machine.ts'

export interface CalibrateOptions {
  signal?: AbortSignal
  onRecords?(records: Records, inFlight: number): void
}

/** ms: the mock's mean time to the first token and between two. */
const timing = { ttft: 60, itl: 10 }

/** Requests for about ten seconds, between 100 and 300 of them, and four for each slot. */
export function countRequests({ concurrency, events_per_answer }: LoadShape): number {
  const answer = timing.ttft + timing.itl * events_per_answer
  const inTenSeconds = Math.floor((10_000 * concurrency) / answer)
  return Math.max(4 * concurrency, Math.min(300, Math.max(100, inTenSeconds)))
}

/**
 * Sends the load to the bundled mock, in a process of its own, and compares every answer with what
 * the mock says it sent and when.
 * @throws Error when answers are missing, or when a token was seen before it was sent.
 */
export async function calibrate(
  shape: LoadShape,
  requests: number,
  { signal, onRecords }: CalibrateOptions = {},
): Promise<Calibration> {
  const { concurrency, events_per_answer: events } = shape
  const mock = await startMock({
    profile: 'vllm',
    ttft: { dist: 'lognormal', mean: `${timing.ttft}ms`, cv: 0.3 },
    itl: `${timing.itl}ms`,
    tokens: events,
  })
  try {
    const keys = Array.from({ length: requests + concurrency }, (_, index) => String(index))
    const plan = planLoad(shape, { keys, requests, url: mock.url })
    const run = await runLoad(plan, keepKnown<LoadOptions>({ signal, onRecords }))
    signal?.throwIfAborted()
    const truth = new Map((await mock.truth()).map((record) => [record.key, record]))
    const found = compareWithSent(
      run.records,
      ({ row }) => {
        const sent = truth.get(keys[row ?? -1] ?? '')
        return sent && { received: sent.recv_ms, tokens: sent.content_ms }
      },
      concurrency,
    )
    if (found === undefined || found.requests < requests) {
      throw new Error(`only ${found?.requests ?? 0} of ${requests} requests could be compared`)
    }
    if (Math.min(found.request.min, found.chunk?.min ?? 0) < -clockTolerance) {
      throw new Error(
        'a token was seen before it was sent: the clock of this machine is not usable',
      )
    }
    const { ttft, latency, request, chunk, dispatchDelay, held } = found
    return {
      measured_at: new Date().toISOString(),
      machine: describeMachine(),
      shape,
      requests,
      client_error_ms: {
        ttft: toStored(ttft),
        latency: toStored(latency),
        request: toStored(request),
        chunk: chunk === undefined ? null : toStored(chunk),
      },
      dispatch_delay_ms: toStored(dispatchDelay),
      held_concurrency: held
        ? { mean: held.mean, peak: held.peak, full_share: held.fullShare }
        : null,
    }
  } finally {
    await mock.stop()
  }
}

function toStored({ min, p50, p95, p99, max }: Spread): StoredSpread {
  return { min, p50, p95: p95 ?? null, p99: p99 ?? null, max }
}

/** ms that two processes may read the one clock apart. */
const clockTolerance = 0.02

function planLoad(
  { concurrency, events_per_answer, dialect, processes, transport }: LoadShape,
  { keys, requests, url }: { keys: readonly string[]; requests: number; url: string },
): LoadPlan {
  const name = standIn(dialect)
  const { path, body } = standIns[name]
  const load = {
    kind: 'closed',
    concurrency,
    requests,
    warmup: concurrency,
    rounds: 1,
    seed: 1,
    processes,
    transport,
  } as const
  return {
    load,
    timeouts: { total: 60_000, connect: 10_000 },
    stream: { dialect: name },
    requests: keys.map((key, row) => ({
      row,
      url: url + path,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-mock-key': key },
      body: JSON.stringify(body(events_per_answer)),
    })),
  }
}

/** Sends a spec's load to its target and looks at how much its rounds differ among themselves. */
export async function measureTarget(
  spec: BenchSpec,
  { signal, onRecords }: CalibrateOptions = {},
): Promise<StoredNoise> {
  const { requests = 200 } = spec.load
  const rounds = Math.max(3, Math.min(10, Math.floor(requests / 20)))
  const { duration: _, ...load } = spec.load
  const { baseline: __, ...planned } = planRequests(spec)
  const { sessions: talks } = spec.dataset ?? {}
  const sessions = load.sessions ?? (talks && orderSessions(talks, load).cover(requests))
  const run = await runLoad(
    keepKnown<LoadPlan>({
      load:
        sessions === undefined
          ? { ...load, requests, rounds }
          : { ...load, requests, rounds, sessions },
      timeouts: spec.timeouts,
      ...planned,
      secrets: spec.secrets,
    }),
    keepKnown<LoadOptions>({ signal, onRecords }),
  )
  signal?.throwIfAborted()
  const figures = measureNoise(run.records, 1 - spec.gate.confidence)
  if (figures.length === 0) throw new Error(explainNoFigures(run.records))
  return {
    measured_at: new Date().toISOString(),
    target: nameTarget(spec.target.url),
    requests,
    rounds,
    figures: figures.map(({ metric, stat, spread, smallestChanges }) => ({
      metric,
      stat,
      spread,
      smallest_changes: [...smallestChanges],
    })),
  }
}

function explainNoFigures(records: Records): string {
  const said = 'the target gave no figures in at least 3 rounds'
  const { requests, failures } = summarize(records)
  const [most] = failures
  if (most === undefined) return said
  const { kind, status, count } = most
  const told = `${said}: ${count} of ${requests.total} requests failed with ${kind}`
  if (status === undefined) return told
  const refused = status === 400 || status === 422
  const advice = refused ? '. Write the body that it expects in a spec, or behind --body' : ''
  return `${told} ${status}${advice}`
}
