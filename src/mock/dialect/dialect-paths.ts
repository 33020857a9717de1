import { anthropicDialect } from './anthropic.ts'
import { chatDialect } from './chat.ts'
import { completionsDialect } from './completions.ts'
import type { Dialect } from './dialect.ts'
import { difyDialect } from './dify.ts'
import { embeddingsDialect } from './embeddings.ts'
import { geminiDialect, isGemini } from './gemini.ts'
import { ollamaDialect } from './ollama.ts'
import { rawDialect } from './raw-text.ts'
import { rerankDialect } from './rerank.ts'
import { responsesDialect } from './responses.ts'
import { ndjsonDialect, sseDialect } from './scripted-stream.ts'
import { tgiDialect } from './tgi.ts'

const byPath: ReadonlyMap<string, Dialect> = new Map([
  ['/v1/chat/completions', chatDialect],
  ['/v1/completions', completionsDialect],
  ['/v1/responses', responsesDialect],
  ['/v1/embeddings', embeddingsDialect],
  ['/v1/rerank', rerankDialect],
  ['/rerank', rerankDialect],
  ['/v1/messages', anthropicDialect],
  ['/v1/chat-messages', difyDialect],
  ['/v1/completion-messages', difyDialect],
  ['/v1/workflows/run', difyDialect],
  ['/api/chat', ollamaDialect],
  ['/api/generate', ollamaDialect],
  ['/generate_stream', tgiDialect],
  ['/generate', tgiDialect],
  ['/', tgiDialect],
  ['/stream', rawDialect],
  ['/v1/stream', rawDialect],
  ['/stream/raw', rawDialect],
  ['/stream/sse', sseDialect],
  ['/stream/ndjson', ndjsonDialect],
])

/** Paths that are answered, but for Gemini's, which hold the model. */
export const dialectPaths: readonly string[] = [...byPath.keys()]

/** The format that a path is answered in; `undefined`: none is. */
export function findDialect(pathname: string): Dialect | undefined {
  return byPath.get(pathname) ?? (isGemini(pathname) ? geminiDialect : undefined)
}
