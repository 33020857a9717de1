import type { BenchDocument } from './bench-document.ts'
import { keepKnown } from './known.ts'

/** Every stream format that has a name. `json`: the answer is no stream, but one whole document. */
export const dialectNames = [
  'openai-chat',
  'openai-completions',
  'openai-responses',
  'anthropic',
  'gemini',
  'ollama',
  'tgi',
  'dify',
  'dashscope',
  'ernie',
  'sse',
  'ndjson',
  'raw',
  'json',
] as const

export type DialectName = (typeof dialectNames)[number]

/** How the stream is to be read: a named dialect, with the fields that the spec overrides. */
export interface StreamFormat {
  dialect: DialectName
  /** Name of the event that stops the TTFT clock. */
  firstTokenEvent?: string
  /** Name of the event that ends the answer and carries `outputPath`. */
  completionEvent?: string
  /** Dotted path into the payload, array indexes allowed: `choices.0.delta.content`. */
  outputPath?: string
  /** Expected content type when the server sends another than the dialect's. */
  contentType?: string
}

/** The document's `stream_format`. */
export function readStreamFormat(format: BenchDocument['stream_format']): StreamFormat | undefined {
  if (format === undefined) return undefined
  if (typeof format === 'string') return { dialect: format }
  const {
    type: dialect,
    first_token_event: firstTokenEvent,
    completion_event: completionEvent,
    output_path: outputPath,
    content_type: contentType,
  } = format
  return keepKnown<StreamFormat>({
    dialect,
    firstTokenEvent,
    completionEvent,
    outputPath,
    contentType,
  })
}
