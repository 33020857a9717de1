import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { decodeText } from './encoding.ts'
import type { AnswerSchema } from './expectation.ts'
import { compileAnswerSchema } from './schema-check.ts'

/** Bytes of a file. */
const largest = 1024 * 1024

/** A JSON schema that answers are compared with, relative to `directory`; or what is wrong with its file. */
export function readAnswerSchema(
  source: string,
  directory: string,
): AnswerSchema | { problem: string } {
  let bytes: Buffer
  try {
    bytes = readFileSync(resolve(directory, source))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') return { problem: `cannot be read (${code}).` }
    return { problem: `there is no file ${source}. It is looked for relative to the spec.` }
  }
  if (bytes.length > largest) {
    return { problem: `must be a file of at most ${largest} bytes, got ${bytes.length}.` }
  }
  const decoded = decodeText(bytes, 'utf-8')
  if (!('text' in decoded)) return { problem: `byte ${decoded.offset} of ${source} is not utf-8.` }
  let schema: unknown
  try {
    schema = JSON.parse(decoded.text)
  } catch (error) {
    return { problem: `${source} is not JSON: ${(error as Error).message}.` }
  }
  try {
    compileAnswerSchema(schema)
  } catch (error) {
    return { problem: `${source} is no JSON schema: ${(error as Error).message}.` }
  }
  return { source, schema }
}
