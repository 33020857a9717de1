import type { Meaning } from './interpret.ts'

export interface ReaderOptions {
  /** Collect the answer's text in `marks.output`; text at `outputPath` is collected anyway. */
  keepOutput?: boolean
  /** Collect the calls of tools in chunks of OpenAI's in `marks.toolCalls`. Slow: each event is then parsed. */
  keepCalls?: boolean
  /** Collect the names of the tools that are called. Slow: each event is then parsed. */
  keepToolNames?: boolean
  /** Of a whole document: neither an error in it nor what is no JSON is a fault. */
  mayFail?: boolean
  /** Is told of every event and, of raw text, of every read. Slow: each event is then parsed. */
  observe?: Observe
}

/** What an event was taken for; `token`: whether its instant became one of `tokenTimes`. */
export type Observe = (data: string, meaning: Meaning, token: boolean) => void
