import { chatDialect } from './chat.ts'
import { completionsDialect } from './completions.ts'
import type { Dialect } from './dialect.ts'
import { difyDialect } from './dify.ts'
import { rawDialect } from './raw.ts'

/** By path. */
export const dialects: Readonly<Record<string, Dialect>> = {
  '/v1/chat/completions': chatDialect,
  '/v1/completions': completionsDialect,
  '/v1/chat-messages': difyDialect,
  '/stream/raw': rawDialect,
}
