import type { QueueLimits } from '../latency/queue.ts'
import type { Refusal } from '../plan/refusal.ts'
import { statusWords } from '../plan/status-words.ts'

export type ProfileName = 'qwen-vllm' | 'vllm' | 'openai'

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
  /** Whether a model that is not among those that were named is refused. */
  knowsModels: boolean
  /** Whose habits the chunks of OpenAI's formats follow. */
  chunks: 'vllm' | 'openai'
  /** Where usage has the total: behind its parts, or between them as vLLM writes it. */
  usageTotal: 'last' | 'second'
  /** How a full queue is refused. */
  busy: { status: number; message: string; retryAfterS?: number }
  /** Body of an HTTP error. */
  renderError(refusal: Refusal): unknown
  /** Payload of an error in the middle of a stream of OpenAI's formats. */
  renderFailure(message: string): unknown
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
    knowsModels: false,
    chunks: 'vllm',
    usageTotal: 'last',
    busy: { status: 503, message: '服务繁忙，请稍后重试' },
    renderError: ({ message, extra }) => ({ error: message, ...extra }),
    renderFailure: renderVllmFailure,
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
    knowsModels: true,
    chunks: 'vllm',
    usageTotal: 'second',
    busy: { status: 503, message: '服务繁忙，请稍后重试' },
    // The guard of the API key answers a bare string, every other part of vLLM an object.
    renderError: ({ status, message, type, param }) =>
      status === 401
        ? { error: message }
        : {
            error: {
              message,
              type: type ?? statusWords[status] ?? 'Error',
              param: param ?? null,
              code: status,
            },
          },
    renderFailure: renderVllmFailure,
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
  openai: {
    queue: undefined,
    model: 'mock-model',
    tokenCap: 128_000,
    refusesOverCap: true,
    maxTemperature: 2,
    knowsModels: true,
    chunks: 'openai',
    usageTotal: 'last',
    busy: { status: 429, message: 'Rate limit reached', retryAfterS: 1 },
    renderError: ({ status, message, param = null }) => ({
      error: { message, ...classifyOpenai(status, param), param },
    }),
    renderFailure: (message) => ({
      error: { message, type: 'server_error', param: null, code: null },
    }),
    renderHealth: () => undefined,
    renderModel: (id) => ({
      id,
      object: 'model',
      created: 1_767_225_600,
      owned_by: 'openai',
    }),
  },
}

function renderVllmFailure(message: string): object {
  return { error: { message, type: 'InternalServerError', param: null, code: 500 } }
}

function classifyOpenai(
  status: number,
  param: string | null,
): { type: string; code: string | null } {
  if (status >= 500) return { type: 'server_error', code: null }
  if (status === 429) return { type: 'requests', code: 'rate_limit_exceeded' }
  const code = status === 401 ? 'invalid_api_key' : param === 'model' ? 'model_not_found' : null
  return { type: 'invalid_request_error', code }
}
