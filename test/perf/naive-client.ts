/** The client that one would write first: `fetch` in a loop per slot, every event parsed. Own process. */
import { performance } from 'node:perf_hooks'

import { createParser } from 'eventsource-parser'
import { fetch } from 'undici'

import { now } from '../../src/engine/clock.ts'

export interface NaiveOrder {
  url: string
  body: string
  concurrency: number
  /** `x-mock-key` of each request, those of the warm-up first. */
  keys: readonly string[]
}

export interface NaiveReport {
  /** ms from the call to the first content, by key. */
  ttfts: [key: string, ms: number][]
  /** Event-loop utilisation, 0–1. */
  utilization: number
}

process.once('message', (order: NaiveOrder) => {
  void run(order).then((report) => process.send?.(report, () => process.exit(0)))
})

async function run({ url, body, concurrency, keys }: NaiveOrder): Promise<NaiveReport> {
  const before = performance.eventLoopUtilization()
  const ttfts: [key: string, ms: number][] = []
  const queue = keys.values()
  const work = async (): Promise<void> => {
    for (const key of queue) ttfts.push([key, await request(url, body, key)])
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return { ttfts, utilization: performance.eventLoopUtilization(before).utilization }
}

async function request(url: string, body: string, key: string): Promise<number> {
  const called = now()
  let first: number | undefined
  const headers = { 'content-type': 'application/json', 'x-mock-key': key }
  const response = await fetch(url, { method: 'POST', headers, body })
  const decoder = new TextDecoder()
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') return
      const chunk = JSON.parse(data) as { choices: { delta?: { content?: string } }[] }
      if (chunk.choices[0]?.delta?.content) first ??= now()
    },
  })
  for await (const bytes of response.body ?? []) {
    parser.feed(decoder.decode(bytes as Uint8Array, { stream: true }))
  }
  return (first ?? Number.NaN) - called
}
