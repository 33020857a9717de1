import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { expect, onTestFinished, test } from 'vitest'

import { startServer } from '../../src/mock/index.ts'
import { type BenchRun, runBench } from '../../src/run/bench.ts'
import { loadSpec } from '../../src/run/checked-spec.ts'
import { readPage } from '../_pages.ts'
import { serve } from '../_server.ts'
import { loadRecordings, type Recording } from '../stream/recording.ts'
import { lackedLoad, sharedLuck, wasLimited } from './_limits.ts'

const key = 'example-key-0123456789'
const requests = 60

/** ms from the begin of an answer to its first token; whatever comes before it comes at once. */
const ttft = 15

/** Who answers a recipe, and what else the request has to carry. */
interface Answerer {
  /** Of `fixtures/streams/`; without one the bundled mock answers. */
  recording?: string
  path: string
  headers?: Record<string, string>
  /** Whether the server says how many tokens it sent. */
  counted: boolean
  /** Whether the answer comes whole, and has no token. */
  whole?: boolean
}

const bearer = { authorization: `Bearer ${key}` }

/** By the section of the page, in the order of its specs. */
const answerers: Readonly<Record<string, readonly Answerer[]>> = {
  'OpenAI chat completions': [{ path: '/v1/chat/completions', counted: true }],
  'OpenAI completions': [{ path: '/v1/completions', counted: true }],
  'OpenAI responses': [{ path: '/v1/responses', counted: true }],
  Anthropic: [{ path: '/v1/messages', counted: true }],
  Gemini: [{ path: '/v1beta/models/gemini-2.5-flash:streamGenerateContent', counted: true }],
  Ollama: [{ path: '/api/chat', counted: true }],
  'Text Generation Inference': [{ path: '/generate_stream', counted: true }],
  vLLM: [{ path: '/v1/chat/completions', counted: true }],
  SGLang: [{ path: '/v1/chat/completions', counted: true }],
  'llama.cpp': [{ path: '/v1/chat/completions', counted: true }],
  'Dify workflow': [{ path: '/v1/workflows/run', counted: false }],
  'Dify chatflow': [{ path: '/v1/chat-messages', counted: true }],
  'Azure OpenAI': [
    {
      recording: 'azure-chat',
      path: '/openai/deployments/my-gpt-4o/chat/completions?api-version=2024-10-21',
      headers: { 'api-key': key },
      counted: true,
    },
  ],
  'DashScope, compatible mode': [
    {
      recording: 'chat-reasoning',
      path: '/compatible-mode/v1/chat/completions',
      headers: bearer,
      counted: true,
    },
  ],
  'DashScope, its own protocol': [
    {
      recording: 'dashscope',
      path: '/api/v1/services/aigc/text-generation/generation',
      headers: { ...bearer, 'x-dashscope-sse': 'enable' },
      counted: true,
    },
  ],
  'ERNIE, and other URLs with a token': [
    {
      recording: 'ernie',
      path: `/rpc/2.0/ai_custom/v1/wenxinworkshop/chat/completions_pro?access_token=${key}`,
      counted: true,
    },
  ],
  'LiteLLM and other gateways': [
    {
      recording: 'chat-finish-apart',
      path: '/litellm/v1/chat/completions',
      headers: bearer,
      counted: true,
    },
    {
      recording: 'gateway-chat',
      path: '/api/v1/chat/completions',
      headers: bearer,
      counted: true,
    },
  ],
  'Whole answers': [{ path: '/v1/chat/completions', counted: true, whole: true }],
  Embeddings: [{ path: '/v1/embeddings', counted: false, whole: true }],
  Reranking: [{ path: '/v1/rerank', counted: false, whole: true }],
  'Raw bytes': [{ path: '/stream/raw', counted: false }],
  'JSON lines': [{ path: '/stream/ndjson', counted: false }],
  'Any other event stream': [
    {
      recording: 'custom-events',
      path: '/v1/ask',
      headers: { 'x-api-key': key },
      counted: false,
    },
  ],
}

const recipes = readPage('docs/universal-streaming.md').sections.flatMap(({ title, blocks }) =>
  blocks
    .filter(({ language }) => language === 'yaml')
    .map(({ text }, index): [name: string, text: string, answerer: Answerer | undefined] => [
      index === 0 ? title : `${title}, ${index + 1}`,
      text,
      answerers[title]?.[index],
    ]),
)

test('every recipe has a server that it is tried against, and no server lacks a recipe', () => {
  expect(recipes.filter(([, , answerer]) => answerer === undefined)).toEqual([])
  expect(recipes).toHaveLength(Object.values(answerers).flat().length)
})

test.for(recipes)(
  'a recipe passes, with its clock stopped at the first token, or at the end of a whole answer: %s [S2.1]',
  async ([, text, answerer]) => {
    const server = await startAnswerer(answerer!, text.includes('${API_KEY}'))
    onTestFinished(() => server.close())
    const { results, records } = await follow(text, server.url)

    const paths = server.seen()
    const { events, counted } = server.tokens()
    expect(paths.length).toBe(requests)
    expect(new Set(paths)).toEqual(new Set([answerer!.path]))
    expect(records.filter(({ outcome }) => outcome !== 'completed')).toEqual([])
    expect(records).toHaveLength(requests)
    const whole = answerer!.whole ?? false
    for (const { marks, tokenTimes, completionTokens } of records) {
      const stop = whole ? marks.lastByte : marks.firstToken
      expect(stop! - marks.dispatched!).toBeGreaterThanOrEqual(ttft - 1)
      expect(marks.firstContent ?? marks.firstToken).toBe(marks.firstToken)
      expect(tokenTimes).toHaveLength(whole ? 0 : events)
      expect(completionTokens).toBe(answerer!.counted ? counted : undefined)
    }
    const { verdict, diagnostics } = results
    const couldTell = !wasLimited(results) && !lackedLoad(results) && !sharedLuck(results)
    if (couldTell || verdict.status !== 'INCONCLUSIVE') expect(verdict.status).toBe('PASS')
    expect(diagnostics.filter(({ id }) => id === 'ttft-without-content')).toEqual([])
    expect(JSON.stringify([results, records])).not.toContain(key)
  },
)

/** Runs a spec of the page as `slogate run -u URL -n 60 -p 6` would. */
async function follow(text: string, url: string): Promise<BenchRun> {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'recipe.bench.yaml'), text)
  const overrides = { url, requests, concurrency: 6, warmup: false as const }
  const spec = loadSpec(join(folder, 'recipe.bench.yaml'), { env: { API_KEY: key }, overrides })
  return runBench(spec, { root: folder })
}

interface RunningAnswerer {
  url: string
  /** Paths of the requests that it took for good ones. */
  seen(): string[]
  /** Of one answer: events that are tokens, and what the server says of it. */
  tokens(): { events: number; counted: number | undefined }
  close(): Promise<void>
}

/** `locked`: the request has to carry the key, where the format has it. */
async function startAnswerer(answerer: Answerer, locked: boolean): Promise<RunningAnswerer> {
  const recording = loadRecordings().find(({ name }) => name === answerer.recording)
  return recording === undefined ? startMock(locked) : playRecording(recording, answerer)
}

async function startMock(locked: boolean): Promise<RunningAnswerer> {
  const mock = await startServer({
    profile: 'vllm',
    ttft,
    itl: 3,
    tokens: 6,
    role_chunk: 'accept',
    ...(locked ? { api_key: key } : {}),
  })
  return {
    url: mock.url,
    seen: () => mock.truth.list().map(({ path }) => path),
    tokens() {
      const [first] = mock.truth.list()
      return { events: first!.content_ms.length, counted: first!.tokens.completion }
    },
    close: () => mock.close(),
  }
}

/** Frame by frame, up to the first token at once. A request without what it has to carry gets 401. */
async function playRecording(
  { bytes, frameEnds, expected }: Recording,
  { path, headers = {} }: Answerer,
): Promise<RunningAnswerer> {
  const tokens = expected.tokens as number[]
  const seen: string[] = []
  const carries = ({ headers: given }: IncomingMessage): boolean =>
    Object.entries(headers).every(([name, value]) => given[name] === value)

  async function answer(write: (frame: Buffer) => void): Promise<void> {
    let from = 0
    for (const [index, end] of frameEnds.entries()) {
      if (index === tokens[0]) await sleep(ttft)
      else if (index > tokens[0]!) await sleep(3)
      write(bytes.subarray(from, end))
      from = end
    }
  }

  const server = await serve((request, response) => {
    if (request.url !== path || !carries(request)) {
      response.writeHead(401).end()
      return
    }
    seen.push(path)
    response.writeHead(200, { 'content-type': expected.contentType })
    response.flushHeaders()
    void answer((frame) => response.write(frame)).then(() => response.end())
  })
  return {
    url: server.url,
    seen: () => seen,
    tokens: () => ({ events: tokens.length, counted: expected.completionTokens }),
    close: () => server.close(),
  }
}
