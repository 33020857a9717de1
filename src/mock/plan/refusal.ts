/** A request that is answered with an HTTP error instead of a stream. */
export class Refusal extends Error {
  readonly status: number
  /** vLLM's name of the error; `undefined`: the phrase of the status. */
  readonly type: string | undefined
  /** The part of the request that is at fault. */
  readonly param: string | undefined
  /** Further keys of the body, where the profile has room for them. */
  readonly extra: Readonly<Record<string, unknown>>
  /** s; `undefined`: the client is not told when to come again. */
  readonly retryAfterS: number | undefined

  constructor(
    status: number,
    message: string,
    detail: {
      type?: string
      param?: string
      extra?: Readonly<Record<string, unknown>>
      retryAfterS?: number
    } = {},
  ) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.type = detail.type
    this.param = detail.param
    this.extra = detail.extra ?? {}
    this.retryAfterS = detail.retryAfterS
  }
}
