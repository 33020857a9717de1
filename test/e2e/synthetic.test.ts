import { expect, onTestFinished, test } from 'vitest'

import { startMock } from '../../src/mock/index.ts'
import { type BenchRun, runBench } from '../../src/run/bench.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'
import { chatEvent, serve } from '../_server.ts'

/** What a target of the test's own was asked, in the order of arrival. */
interface Asked {
  prompt: string
  max_tokens: number
  authorization: string | undefined
}

const overhead = 17
const tokensPerWord = 1.3

/** Counts 1.3 tokens for a word and 17 around them, as a chat template and a tokenizer would. */
async function serveCounting({
  usage = true,
  stopsAt = Infinity,
  refuses = 0,
}: { usage?: boolean; stopsAt?: number; refuses?: number } = {}) {
  const asked: Asked[] = []
  const server = await serve((request, response, body) => {
    const { messages, max_tokens } = JSON.parse(body) as {
      messages: { content: string }[]
      max_tokens: number
    }
    const prompt = messages[0]?.content ?? ''
    asked.push({ prompt, max_tokens, authorization: request.headers.authorization })
    if (asked.length <= refuses) {
      response.writeHead(503).end('still loading the model')
      return
    }
    const prompt_tokens = Math.round(prompt.split(' ').length * tokensPerWord) + overhead
    const completion_tokens = Math.min(max_tokens, stopsAt)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const counts = {
      object: 'chat.completion.chunk',
      choices: [],
      usage: { prompt_tokens, completion_tokens },
    }
    response.end(
      `${chatEvent('a')}${usage ? `data: ${JSON.stringify(counts)}\n\n` : ''}data: [DONE]\n\n`,
    )
  })
  onTestFinished(() => server.close())
  return { url: server.url, asked }
}

function run(url: string, document: object): Promise<BenchRun> {
  const spec = checkSpec(
    {
      url: `${url}/v1/chat/completions`,
      headers: { Authorization: 'Bearer sk-gauge' },
      body: {
        messages: [{ role: 'user', content: '{{prompt}}' }],
        max_tokens: '{{output_tokens}}',
        stream: true,
        stream_options: { include_usage: true },
      },
      stream_format: 'openai-chat',
      concurrency: 4,
      requests: 40,
      warmup: 4,
      slo: ['success_rate >= 50%'],
      ...document,
    },
    { env: {}, baseDir: '.' },
  )
  return runBench(spec)
}

function promptsOf({ asked }: { asked: readonly Asked[] }): string[] {
  return asked.map(({ prompt }) => prompt).toSorted()
}

function idsOf({ results }: BenchRun): string[] {
  return results.diagnostics.filter(({ level }) => level === 'warn').map(({ id }) => id)
}

test('prompts are as long as asked by the tokens of a server whose words are 1.3 of them', async () => {
  const { url, asked } = await serveCounting()
  const driven = await run(url, {
    data_source: {
      type: 'synthetic',
      input_tokens: { dist: 'uniform', min: 200, max: 600 },
      output_tokens: 24,
      shared_prefix: 104,
      groups: 4,
    },
    load: { processes: 2 },
  })
  // Two to gauge by, one of few words and one of many, and nothing else that is not of the load.
  expect(asked).toHaveLength(2 + 4 + 40)
  expect(new Set(asked.map(({ prompt }) => prompt)).size).toBe(46)
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(
    new Set(['Bearer sk-gauge']),
  )
  const [few, many, ...sent] = asked
  expect(few?.prompt.split(' ')).toHaveLength(8)
  expect(many?.prompt.split(' ').length).toBeGreaterThan(190)
  // 80 words come to 104 tokens.
  expect(new Set(sent.map(({ prompt }) => prompt.split(' ').slice(0, 80).join(' '))).size).toBe(4)
  expect(sent.every(({ max_tokens }) => max_tokens === 24)).toBe(true)

  const { synthetic } = driven.results.dataset ?? {}
  expect(synthetic).toMatchObject({ gauge: 'told', shared_prefix: 104, groups: 4 })
  expect(synthetic?.tokens_per_word).toBeCloseTo(tokensPerWord, 1)
  expect(synthetic?.input.told).toBe(40)
  expect(synthetic?.input.error_p95).toBeLessThan(0.01)
  expect(synthetic?.output).toMatchObject({ asked: 24, got: 24, error_p95: 0 })
  expect(driven.results.summary.requests).toMatchObject({ total: 40, warmup: 4 })
  expect(idsOf(driven).filter((id) => id.startsWith('lengths'))).toEqual([])
})

test('both targets are sent the same prompts, written by the tokens of the first', async () => {
  const [candidate, baseline] = [await serveCounting(), await serveCounting()]
  await run(candidate.url, {
    data_source: { type: 'synthetic', input_tokens: 100, output_tokens: 8, shuffle: true },
    baseline: { url: baseline.url },
  })
  expect(baseline.asked).toHaveLength(44)
  const gauged = new Set(candidate.asked.slice(0, 2).map(({ prompt }) => prompt))
  expect(promptsOf(baseline)).toEqual(promptsOf(candidate).filter((prompt) => !gauged.has(prompt)))
})

test('a server that tells no usage is named, and the run goes on', async () => {
  const { url } = await serveCounting({ usage: false })
  const driven = await run(url, {
    data_source: { type: 'synthetic', input_tokens: 100, output_tokens: 8 },
  })
  expect(driven.results.dataset?.synthetic).toMatchObject({
    gauge: 'assumed',
    tokens_per_word: 1,
    input: { asked: 100, got: null },
  })
  expect(driven.results.summary.requests.completed).toBe(40)
  expect(idsOf(driven)).toContain('lengths-untold')
})

test('a gauge that fails is one sentence, and what came of it is told', async () => {
  const { url } = await serveCounting({ refuses: 1, stopsAt: 6 })
  const driven = await run(url, {
    data_source: { type: 'synthetic', input_tokens: 100, output_tokens: 8 },
  })
  const said = driven.results.diagnostics.filter(({ id }) => id.startsWith('lengths'))
  expect(said).toMatchObject([
    { id: 'lengths-not-gauged', cause: 'failed' },
    // Each of 100 words came to 1.3 tokens.
    { id: 'lengths-missed', side: 'input', asked: 100, got: 147, requests: 40 },
    { id: 'lengths-missed', side: 'output', asked: 8, got: 6, requests: 40 },
  ])
  expect(said[0]?.message).toContain('503')
  expect(driven.results.summary.requests).toMatchObject({ total: 40, completed: 40, warmup: 4 })
})

test('the mock read as many tokens as were asked for', async () => {
  const mock = await startMock({ ttft: '1ms', itl: '0ms' })
  onTestFinished(() => mock.stop())
  const driven = await run(mock.url, {
    data_source: {
      type: 'synthetic',
      input_tokens: { dist: 'lognormal', mean: 300, cv: 0.3 },
      output_tokens: { dist: 'uniform', min: 2, max: 6 },
    },
  })
  const truth = await mock.truth()
  expect(truth).toHaveLength(46)
  const { input, output } = driven.results.dataset?.synthetic ?? {}
  const { records } = driven
  const read = truth.slice(2).map(({ tokens }) => tokens.prompt)
  const mean = read.reduce((sum, tokens) => sum + tokens, 0) / read.length
  expect(Math.abs(mean / (input?.asked ?? 0) - 1)).toBeLessThan(0.05)
  expect(input?.error_p95).toBeLessThan(0.1)
  expect(output).toMatchObject({ told: 40, error_p95: 0 })
  const told = records.map(({ promptTokens = 0 }) => promptTokens)
  expect(told.toSorted((a, b) => a - b)).toEqual(read.toSorted((a, b) => a - b))
})

test('what gauges takes no turn of what is measured, and no fault of it', async () => {
  const driven = await run('', {
    url: '/v1/chat/completions',
    data_source: { type: 'synthetic', input_tokens: 50, output_tokens: 2 },
    mock: {
      ttft: { samples: ['1ms', '150ms', ...Array.from({ length: 8 }, () => '1ms')] },
      itl: '0ms',
      faults: [{ kind: 'http-error', status: 503, when: { nth: [1] } }],
    },
    concurrency: 1,
    requests: 10,
    warmup: 0,
  })
  expect(driven.results.dataset?.synthetic?.gauge).toBe('told')
  const [first, second] = driven.records
  expect([first?.outcome, second?.outcome]).toEqual(['failed', 'completed'])
  const { dispatched = 0, firstToken = 0 } = second?.marks ?? {}
  expect(firstToken - dispatched).toBeGreaterThan(149)
})
