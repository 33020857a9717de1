import { chatDialect } from './dialect-chat.ts'
import { completionsDialect } from './dialect-completions.ts'
import { difyDialect } from './dialect-dify.ts'
import { rawDialect } from './dialect-raw.ts'
import type { Dialect } from './dialect.ts'

/** By path. */
export const dialects: Readonly<Record<string, Dialect>> = {
  '/v1/chat/completions': chatDialect,
  '/v1/completions': completionsDialect,
  '/v1/chat-messages': difyDialect,
  '/stream/raw': rawDialect,
}
