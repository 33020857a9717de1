import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

import { clients, findFile, readJson } from '../../real/_clients.ts'
import type { Command, Finished } from '../../real/_process.ts'
import { fromBuild, type Software } from '../../real/_software.ts'
import type { PeerName } from './name.ts'
import { type Order, path as endpoint, type SeenStream } from './order.ts'

/** A load tool of others. */
export interface Peer {
  software: Software
  /** Sends the warm-up and the rest as one load. Its files go to `folder`. */
  command(program: string, order: Order, folder: string): Command
  /**
   * What it saw, request by request.
   *
   * @throws Error when it says so itself that requests failed, or counts other tokens in all.
   */
  read(folder: string, finished: Finished): SeenStream[]
}

/** Any JSON of others. */
// oxlint-disable-next-line typescript/no-explicit-any
type Anything = any

/** One of the clients that are tried against the mock too, by its name there. */
function fromClient(name: string, readStreams: (folder: string) => SeenStream[]): Peer {
  const client = clients.find(({ software }) => software.name === name)
  if (client === undefined) throw new Error(`no client is named ${name}`)
  const { software, command, read } = client
  return {
    software,
    command: (program, { url, streams, warmup, requests, tokens }, folder) =>
      command(program, url, folder, { requests: warmup + requests, concurrency: streams, tokens }),
    read(folder, finished) {
      const { completed, failed, tokens } = read(folder, finished)
      const seen = readStreams(folder)
      const sum = seen.reduce((total, stream) => total + stream.tokens, 0)
      if (failed > 0) throw new Error(`of its requests ${failed} failed`)
      if (completed !== seen.length || (tokens ?? sum) !== sum) {
        throw new Error(
          `it says ${completed} requests and ${tokens} tokens in all, ${seen.length} and ${sum} one by one`,
        )
      }
      return seen
    },
  }
}

const k6: Peer = {
  software: fromBuild('k6', ['version'], 'k6 with SSE'),
  command: (path, { url, streams, warmup, requests, tokens }, folder) => ({
    path,
    args: ['run', '--quiet', '--log-format=raw', fileURLToPath(new URL('k6.js', import.meta.url))],
    env: {
      URL: url + endpoint,
      STREAMS: String(streams),
      REQUESTS: String(warmup + requests),
      TOKENS: String(tokens),
      K6_NO_USAGE_REPORT: 'true',
      HOME: join(folder, 'home'),
    },
    cwd: folder,
  }),
  read: (_folder, { text }) =>
    [...text.matchAll(/^seen (.*)$/gm)].map(([, line = '']) => {
      const { id, times } = JSON.parse(line) as { id: string; times: number[] }
      return { id, tokens: times.length, times: Float64Array.from(times) }
    }),
}

export const peers: Readonly<Record<PeerName, Peer>> = {
  vllm: fromClient('vllm bench serve', readVllm),
  guidellm: fromClient('GuideLLM', readGuideLlm),
  aiperf: fromClient('AIPerf', readAiPerf),
  evalscope: fromClient('EvalScope', readEvalScope),
  'inference-perf': fromClient('inference-perf', readInferencePerf),
  k6,
}

function readVllm(folder: string): SeenStream[] {
  const { ttfts, itls, output_lens } = readJson(folder, 'vllm.json')
  return (ttfts as number[]).map((ttft, i) =>
    see(`req-${i}`, output_lens[i], 1000 * ttft, toMs(itls[i])),
  )
}

function readGuideLlm(folder: string): SeenStream[] {
  const { successful } = readJson(folder, 'guidellm.json').benchmarks[0].requests
  return (successful as Anything[]).map(({ response_id, info, output_metrics }) => {
    const { request_start, first_token_iteration } = info.timings
    const ttft = 1000 * (first_token_iteration - request_start)
    return see(response_id, output_metrics.text_tokens, ttft)
  })
}

function readAiPerf(folder: string): SeenStream[] {
  return readLines(findFile(folder, 'profile_export.jsonl')).map(({ metadata, metrics }) =>
    see(
      metadata.x_request_id,
      metrics.usage_completion_tokens.value,
      metrics.time_to_first_token.value,
      metrics.inter_chunk_latency.value,
    ),
  )
}

function readEvalScope(folder: string): SeenStream[] {
  const database = new DatabaseSync(findFile(folder, 'benchmark_data.db'), { readOnly: true })
  const rows = database.prepare('select * from result').all() as Anything[]
  database.close()
  return rows.map((row) =>
    see(
      /req-\d+/.exec(row.request)?.[0] ?? '',
      row.completion_tokens,
      1000 * row.first_chunk_latency,
      toMs(JSON.parse(row.inter_token_latencies)),
    ),
  )
}

function readInferencePerf(folder: string): SeenStream[] {
  const entries = readJson(folder, 'per_request_lifecycle_metrics.json') as Anything[]
  return entries.map(({ response, computed_metrics: computed, info }) =>
    see(
      /"id":"([^"]*)"/.exec(response)?.[1] ?? '',
      info.response_metrics.server_usage.completion_tokens,
      1000 * computed.time_to_first_token,
      toMs(computed.inter_token_latencies),
    ),
  )
}

/** `gaps`: ms between one token and the next. */
function see(id: string, tokens: number, ttft: number, gaps: readonly number[] = []): SeenStream {
  const times = new Float64Array(1 + gaps.length)
  times[0] = ttft
  gaps.forEach((gap, i) => {
    times[i + 1] = (times[i] ?? 0) + gap
  })
  return { id, tokens, times }
}

function toMs(seconds: readonly number[]): number[] {
  return seconds.map((value) => 1000 * value)
}

function readLines(file: string): Anything[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Anything => JSON.parse(line))
}
