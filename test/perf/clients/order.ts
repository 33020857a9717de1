/** What a client is to send: a closed loop, every slot busy until all requests are sent. */
export interface Order {
  /** Of the server, without a path. */
  url: string
  streams: number
  /** Of the warm-up, sent first and not looked at: `streams` or more. */
  warmup: number
  /** Behind the warm-up. */
  requests: number
  /** Tokens of each answer. */
  tokens: number
}

/** What a client saw of one request. */
export interface SeenStream {
  /** The one of its request, or of its answer. */
  id: string
  tokens: number
  /** When its tokens came, ms after it was sent; only the first where a client tells no more. */
  times: Float64Array
}

/** ms between the first requests of neighbouring slots. */
export const rampInterval = 1

export const path = '/v1/chat/completions'

export const body = JSON.stringify({
  model: 'mock-model',
  messages: [{ role: 'user', content: 'Say something.' }],
  stream: true,
})

/** Of a request; those of the warm-up come first. */
export function idOf(number: number): string {
  return `req-${number}`
}
