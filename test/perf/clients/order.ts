/** What a client is to send: a closed loop, every slot busy until all requests are sent. */
export interface Order {
  url: string
  streams: number
  /** Of the warm-up, sent first and not looked at: `streams` or more. */
  warmup: number
  /** Behind the warm-up. */
  requests: number
  /** Tokens of each answer. */
  tokens: number
}

/** What a client saw of one measured request; instants in ms on a clock of its own. */
export interface SeenStream {
  /** That of its header `x-request-id`. */
  id: string
  sent: number
  tokenTimes: Float64Array
}

/** ms between the first requests of neighbouring slots. */
export const rampInterval = 1

export const body = JSON.stringify({
  model: 'mock-model',
  messages: [{ role: 'user', content: 'Say something.' }],
  stream: true,
})

/** Of a request; those of the warm-up come first. */
export function idOf(number: number): string {
  return `req-${number}`
}
