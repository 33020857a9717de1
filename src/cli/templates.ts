/** A server that `slogate init` writes a spec for. */
export interface Template {
  /** What it is, for people. */
  title: string
  url: string
  /** Lines of YAML below `headers:`; `{key}` stands for the key. */
  headers: readonly string[]
  /** Variable that holds the key; `undefined`: there is none. */
  variable?: string
  model?: string
  /** Lines of YAML below `body:`; `{model}` stands for the model. */
  body: readonly string[]
  format: string
  /** What an answer has to be, in YAML behind `expect:`. */
  expect?: string
  /** Options of the mock that stands in for it. */
  mock: string
}

const chatBody: readonly string[] = [
  'model: {model}',
  "messages: [{ role: user, content: '{{prompt}}' }]",
  'stream: true',
]

export type TemplateName =
  | 'openai'
  | 'vllm'
  | 'dify'
  | 'anthropic'
  | 'ollama'
  | 'embeddings'
  | 'raw'

/** By the names that `--template` takes. */
export const templates: Readonly<Record<TemplateName, Template>> = {
  openai: {
    title: 'OpenAI, or whatever speaks its chat completions',
    url: 'https://api.openai.com/v1/chat/completions',
    headers: ['Authorization: Bearer {key}'],
    variable: 'OPENAI_API_KEY',
    model: 'gpt-4o-mini',
    body: [...chatBody, 'stream_options: { include_usage: true }', 'max_tokens: 16'],
    format: 'openai-chat',
    mock: '{ profile: openai, ttft: 40ms, itl: 5ms }',
  },
  vllm: {
    title: 'vLLM',
    url: 'http://127.0.0.1:8000/v1/chat/completions',
    headers: [],
    model: 'Qwen/Qwen3-8B',
    body: [...chatBody, 'stream_options: { include_usage: true }', 'max_tokens: 16'],
    format: 'openai-chat',
    mock: '{ profile: vllm, ttft: 40ms, itl: 5ms }',
  },
  dify: {
    title: 'Dify, a chatflow',
    url: 'https://api.dify.ai/v1/chat-messages',
    headers: ['Authorization: Bearer {key}'],
    variable: 'DIFY_API_KEY',
    body: [
      'inputs: {}',
      "query: '{{prompt}}'",
      'response_mode: streaming',
      "conversation_id: ''",
      'user: slogate',
    ],
    format: 'dify',
    mock: '{ profile: vllm, ttft: 40ms, itl: 5ms, tokens: 16 }',
  },
  anthropic: {
    title: 'Anthropic messages',
    url: 'https://api.anthropic.com/v1/messages',
    headers: ["x-api-key: '{key}'", "anthropic-version: '2023-06-01'"],
    variable: 'ANTHROPIC_API_KEY',
    model: 'claude-haiku-4-5',
    body: [...chatBody, 'max_tokens: 16'],
    format: 'anthropic',
    mock: '{ profile: vllm, ttft: 40ms, itl: 5ms }',
  },
  ollama: {
    title: 'Ollama',
    url: 'http://127.0.0.1:11434/api/chat',
    headers: [],
    model: 'qwen3:8b',
    body: [...chatBody, 'options: { num_predict: 16 }'],
    format: 'ollama',
    mock: '{ profile: vllm, ttft: 40ms, itl: 5ms }',
  },
  embeddings: {
    title: "embeddings in OpenAI's format, whole answers",
    url: 'https://api.openai.com/v1/embeddings',
    headers: ['Authorization: Bearer {key}'],
    variable: 'OPENAI_API_KEY',
    model: 'text-embedding-3-small',
    body: ['model: {model}', "input: ['{{prompt}}']"],
    format: 'json',
    expect: '{ values: [{ path: data.0.embedding.0 }] }',
    mock: '{ profile: openai, ttft: 40ms }',
  },
  raw: {
    title: 'any stream of text',
    url: 'http://127.0.0.1:8000/v1/stream',
    headers: [],
    body: ["prompt: '{{prompt}}'", 'stream: true', 'max_tokens: 16'],
    format: 'raw',
    mock: '{ profile: vllm, ttft: 40ms, itl: 5ms }',
  },
}

export const templateNames: readonly TemplateName[] = Object.keys(templates) as TemplateName[]
