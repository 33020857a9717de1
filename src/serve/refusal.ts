/** What an error of the server is by its status. */
const types = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'forbidden_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  408: 'invalid_request_error',
  409: 'conflict_error',
  413: 'invalid_request_error',
  415: 'invalid_request_error',
  421: 'forbidden_error',
  431: 'invalid_request_error',
  500: 'internal_error',
  502: 'upstream_error',
  503: 'connection_error',
} as const

type RefusalStatus = keyof typeof types

/** The body of every answer that is no 2xx. */
export interface ErrorDocument {
  error: {
    message: string
    type: (typeof types)[RefusalStatus]
  } & Partial<NamedRun>
}

/** The run that an error is about. */
export interface NamedRun {
  id: string
  report_url: string
}

/** Why something is not done: a status, and a sentence that says what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: RefusalStatus
  readonly headers: Readonly<Record<string, string>>
  readonly run: NamedRun | undefined

  constructor(
    status: RefusalStatus,
    message: string,
    { headers = {}, run }: { headers?: Readonly<Record<string, string>>; run?: NamedRun } = {},
  ) {
    super(message)
    this.status = status
    this.headers = headers
    this.run = run
  }
}

export function toErrorDocument({ status, message, run }: Refusal): ErrorDocument {
  return { error: { message, type: types[status], ...run } }
}
