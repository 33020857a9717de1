import { STATUS_CODES } from 'node:http'

import type { QueueLimits } from './queue.ts'
import type { Refusal } from './refusal.ts'

export type ProfileName = 'qwen-vllm' | 'vllm'

/** How a kind of server behaves beyond the wire format of its streams. */
export interface Profile {
  /** `undefined`: everybody is admitted at once. */
  queue: QueueLimits | undefined
  model: string
  /** Answers are no longer than this. */
  tokenCap: number
  /** Whether more than `tokenCap` tokens, prompt included, are refused instead of cut. */
  refusesOverCap: boolean
  maxTemperature: number
  renderError(refusal: Refusal): unknown
  /** JSON of a healthy server; `undefined`: an empty body. */
  renderHealth(queue: QueueLimits | undefined): unknown
  renderModel(id: string): unknown
}

/** max_tokens of a request that names none. */
export const defaultMaxTokens = 100

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  'qwen-vllm': {
    queue: { running: 3, waiting: 10 },
    model: 'qwen-news-classifier',
    tokenCap: 512,
    refusesOverCap: false,
    maxTemperature: 1,
    renderError: ({ message, extra }) => ({ error: message, ...extra }),
    renderHealth: (queue) => ({
      status: 'ok',
      gpu: { allocated_gb: 6.92, reserved_gb: 7.02, free_gb: 2.72 },
      limits: {
        max_concurrent_requests: queue?.running ?? null,
        max_queue_size: queue === undefined || queue.waiting === Infinity ? null : queue.waiting,
        rate_limit: '无限制',
      },
    }),
    renderModel: (id) => ({ id, object: 'model', created: 0, owned_by: 'user' }),
  },
  vllm: {
    queue: undefined,
    model: 'mock-model',
    tokenCap: 32_768,
    refusesOverCap: true,
    maxTemperature: Infinity,
    // The guard of the API key answers a bare string, every other part of vLLM an object.
    renderError: ({ status, message, type, param }) =>
      status === 401
        ? { error: message }
        : {
            error: {
              message,
              type: type ?? STATUS_CODES[status] ?? 'Error',
              param: param ?? null,
              code: status,
            },
          },
    renderHealth: () => undefined,
    renderModel: (id) => ({
      id,
      object: 'model',
      created: 1_767_225_600,
      owned_by: 'vllm',
      root: id,
      parent: null,
      max_model_len: 32_768,
      permission: [],
    }),
  },
}
