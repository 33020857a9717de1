import { setTimeout as sleep } from 'node:timers/promises'

import { keepKnown } from '../bench-spec/known.ts'
import { cleanMessage } from '../bench-spec/plain-text.ts'
import { createLeanConnection } from './lean-connection.ts'
import type { Reading, Watch } from './record.ts'
import { scrape } from './scrape.ts'

/** Pages to look at, and how. */
export interface WatchPlan<T> {
  /** Tried in turn until one can be read, which is kept. */
  urls: readonly string[]
  headersFor(url: string): Readonly<Record<string, string>>
  /** ms between two scrapes; it doubles whenever `timelineLimit` readings are there. */
  interval: number
  /** What a page says; `undefined` when it says nothing that is known. */
  read(text: string): T | undefined
  /** Takes secrets out of what went wrong. */
  redact(text: string): string
  /** Whether requests precede the measured phase, so that its start is worth a look. */
  hasWarmup: boolean
}

export interface ServerWatch<T> {
  /** The measured phase began at `at`. */
  mark(at: number): void
  /** Reads once more, and again while `isComplete` is false: a server may count an answer late. */
  finish(isComplete: (after: T, before: T | undefined) => boolean): Promise<Watch<T>>
}

const timelineLimit = 300

/** Most looks after the last request, and ms between them. */
const lastLooks = { count: 4, interval: 200 }

/**
 * Watches a page of the target from this process, over a connection of its own, one scrape at a
 * time. Resolves after the first scrape; what fails is counted, never thrown.
 */
export async function watchServer<T>(plan: WatchPlan<T>): Promise<ServerWatch<T>> {
  const connection = createLeanConnection()
  const watch: Watch<T> = { url: plan.urls[0] ?? '', readings: [], scrapes: 0, failed: 0 }
  let readings: Reading<T>[] = []
  let found: string | undefined
  let interval = plan.interval
  let pending: Promise<unknown> | undefined
  let timer: NodeJS.Timeout | undefined

  async function look(): Promise<Reading<T> | undefined> {
    const failures: string[] = []
    for (const url of found === undefined ? plan.urls : [found]) {
      const page = await scrape(connection, url, plan.headersFor(url))
      const value = 'text' in page ? plan.read(page.text) : undefined
      if (value === undefined) {
        const failure = 'failure' in page ? page.failure : 'nothing in it that is known'
        failures.push(`${new URL(url).pathname}: ${cleanMessage(plan.redact(failure), 200)}`)
        continue
      }
      found = url
      watch.scrapes++
      const reading = { sent: page.sent, received: page.received, value }
      readings.push(reading)
      return reading
    }
    watch.failed++
    watch.failure ??= failures.join('; ')
    return undefined
  }

  /** One after the other: `after` what is under way. */
  function enqueue(): Promise<Reading<T> | undefined> {
    const turn = (pending ?? Promise.resolve()).then(look)
    const done = turn.finally(() => {
      if (pending === done) pending = undefined
    })
    pending = done
    return turn
  }

  function schedule(): void {
    timer = setTimeout(() => {
      if (readings.length >= timelineLimit) {
        readings = readings.filter((_, index) => index % 2 === 0)
        interval *= 2
      }
      // A slow page is not asked a second time meanwhile.
      if (pending === undefined) void enqueue()
      schedule()
    }, interval)
  }

  let before = enqueue()
  await before
  schedule()

  return {
    mark(at) {
      watch.start = at
      if (!plan.hasWarmup) return
      const earlier = before
      before = enqueue().then((reading) => reading ?? readings.at(-1) ?? earlier)
    },
    async finish(isComplete) {
      clearTimeout(timer)
      const first = await before
      let after = await enqueue()
      for (let n = 1; n < lastLooks.count && after && !isComplete(after.value, first?.value); n++) {
        await sleep(lastLooks.interval)
        after = (await enqueue()) ?? after
      }
      await connection.close()
      return keepKnown<Watch<T>>({
        ...watch,
        url: found ?? watch.url,
        readings,
        before: watch.start === undefined ? undefined : first,
        after,
      })
    },
  }
}
