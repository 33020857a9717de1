import type { Ask } from '../answer/ask.ts'
import type { Profile } from '../answer/profile.ts'
import type { Frame } from '../plan/plan.ts'
import type { Refusal } from '../plan/refusal.ts'

export type DialectName =
  | 'openai-chat'
  | 'openai-completions'
  | 'openai-responses'
  | 'openai-embeddings'
  | 'rerank'
  | 'anthropic'
  | 'gemini'
  | 'ollama'
  | 'tgi'
  | 'dify'
  | 'sse'
  | 'ndjson'
  | 'raw'

/** One wire format. */
export interface Dialect {
  name: DialectName
  methods: readonly string[]
  /** Where a request may carry the API key besides as a bearer token. */
  key?: { header: string; query?: string }
  /** @throws Refusal when the body does not ask for an answer of this format. */
  readAsk(body: string, route: Route): Ask
  /** Body of an HTTP error; absent: the profile's. */
  renderError?(refusal: Refusal): unknown
  /** An error in the middle of a stream, under HTTP 200; absent: there is no way to tell of one. */
  renderFailure?(failure: Failure): string
  /** Keys of the JSON under which generated text stands. */
  textKeys: readonly string[]
  /** Keys of the JSON that count tokens: those that were generated, those and the prompt. */
  usageKeys: { generated: readonly string[]; total: readonly string[] }
}

/** What of the target decides the format. */
export interface Route {
  pathname: string
  query: URLSearchParams
}

export interface Failure {
  message: string
  /** See `Answer`. */
  ref: string
  frame: Frame
  /** Events before it. */
  position: number
  profile: Profile
}

/** The body of the error: as the format has it, or else the profile. */
export function renderRefusal(
  refusal: Refusal,
  { dialect, profile }: { dialect: Dialect | undefined; profile: Profile },
): unknown {
  return dialect?.renderError?.(refusal) ?? profile.renderError(refusal)
}
