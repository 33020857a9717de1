import type { ToolCall } from '../bench-spec/message.ts'
import type { Frame } from './frames.ts'
import type { MissingOutput } from './missing-output.ts'
import type { NameCount } from './name-count.ts'
import type { TokenTimes } from './token-times.ts'

/**
 * What was learnt of one response body. Instants are those given to `feed` and `end` (ms);
 * a mark that never came is `undefined`.
 */
export interface StreamMarks {
  /** Name of the dialect that read it. */
  dialect: string
  /** First event of any kind but comments and keep-alives. */
  firstEvent?: number
  /** First event that carries text of the answer or of its reasoning, whatever `firstTokenEvent` says. */
  firstContent?: number
  firstToken?: number
  /** First token event that is not reasoning. */
  firstOutput?: number
  lastToken?: number
  /**
   * `[DONE]`, completion event, or (framings that end with the body) the clean end. An answer that
   * ended with its finish reason alone has none.
   */
  completed?: number
  /** Instants of all token events, in order. */
  tokenTimes: TokenTimes
  /** Events dispatched, keep-alives and comments not counted. */
  events: number
  /** Those of them that have a name, by it; of the first 32 names. */
  eventNames: NameCount[]
  /**
   * Server's own count, in every dialect of the whole prompt, what came from a cache included;
   * `undefined` when it sent none or an unusable one.
   */
  promptTokens?: number
  /** Those of the prompt that came from the server's cache; 0: it says that there was none. */
  cachedTokens?: number
  completionTokens?: number
  /** Text at `outputPath`, or the answer's text when the reader was told to keep it. */
  output?: string
  /** Tools that the answer called, when the reader was told to keep them; `undefined`: none. */
  toolCalls?: readonly ToolCall[]
  /** Why there is no text at `outputPath`; `undefined` also when no event came that should have it. */
  missingOutput?: MissingOutput
}

/** Why a body does not count as a proper answer. */
export interface StreamFault {
  kind:
    | 'in_band_error'
    | 'malformed_event'
    | 'incomplete_stream'
    | 'no_token'
    | 'not_streamed'
    | 'wrong_content_type'
  /** The server's own words where there are some, as they came: untrusted, with its controls and line ends. */
  message: string
}

/** Events that are all tokens and mean the same, of which nothing but the instant is kept. */
export interface Steady {
  frame: Frame
  /** Where the instants go. */
  tokenTimes: TokenTimes
}

/** Reads one response body. Push in, marks out; no clock, no I/O. */
export interface StreamReader {
  readonly marks: StreamMarks
  /** Of the tools that were called, as often as they were named; empty unless they are kept. */
  readonly toolNames: readonly string[]
  /** The parsed JSON of a whole document, after its end; `undefined`: it is none. */
  readonly document?: unknown
  /** `at`: the instant at which the bytes left the socket. */
  feed(chunk: Uint8Array, at: number): void
  /**
   * Only where nothing is cut: of what its next events most likely are. `undefined`: nobody but the
   * reader can read them.
   */
  steady?(): Steady | undefined
  /** `count` further events of those were read elsewhere, the last of them at `at`. */
  repeat?(count: number, at: number): void
  /** A clean end of the body. Returns the fault, if there is one. */
  end(at: number): StreamFault | undefined
  /** The fault that is certain already, before the end (for example an in-band error). */
  fault(): StreamFault | undefined
}
