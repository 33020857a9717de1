/** What is asked of a server, by the name of its format. */
export type SpecName = 'chat' | 'completions' | 'responses' | 'messages' | 'tools'

/** Of each spec. */
export const requests = 60

/** Tokens of an answer; calls of tools are as long as they get. */
const limit = 16

interface Request {
  path: string
  body: Readonly<Record<string, unknown>>
  format: string
}

const messages = [{ role: 'user', content: 'Name three rivers of Europe, please.' }]
const chat: Request = {
  path: '/v1/chat/completions',
  body: {
    messages,
    max_tokens: limit,
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
  },
  format: 'openai-chat',
}

const parameters = {
  type: 'object',
  properties: { city: { type: 'string', maxLength: 12 } },
  required: ['city'],
}

const specs: Readonly<Record<SpecName, Request>> = {
  chat,
  completions: {
    path: '/v1/completions',
    body: {
      prompt: 'Once upon a time',
      max_tokens: limit,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    },
    format: 'openai-completions',
  },
  responses: {
    path: '/v1/responses',
    body: { input: 'Name three rivers.', max_output_tokens: limit, temperature: 0, stream: true },
    format: 'openai-responses',
  },
  messages: {
    path: '/v1/messages',
    body: { messages, max_tokens: limit, temperature: 0, stream: true },
    format: 'anthropic',
  },
  tools: {
    ...chat,
    body: {
      ...chat.body,
      max_tokens: 64,
      tools: [{ type: 'function', function: { name: 'get_weather', parameters } }],
      tool_choice: 'required',
    },
  },
}

export interface SpecOptions {
  origin: string
  model: string
  slo: readonly string[]
  /** Keys of the body beside or in place of those of the format. */
  body?: Readonly<Record<string, unknown>>
  /** Keys of the spec, likewise. */
  keys?: Readonly<Record<string, unknown>>
}

/** The spec as a user would write it. No warm-up: the server counts tokens of all requests. */
export function writeSpec(name: SpecName, { origin, model, slo, ...more }: SpecOptions): string {
  const { path, body, format } = specs[name]
  return JSON.stringify({
    url: origin + path,
    body: { model, ...body, ...more.body },
    stream_format: format,
    concurrency: 4,
    requests,
    warmup: 0,
    slo,
    ...more.keys,
  })
}
