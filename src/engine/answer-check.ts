import { type Expectation, hasSchema } from '../bench-spec/expectation.ts'
import type { Redactor } from '../bench-spec/redaction.ts'
import { type AnswerCheck, compileExpectation, type CompileSchema } from '../stream/expectation.ts'
import type { StreamReader } from '../stream/reader.ts'
import type { Failure } from './record.ts'

/** UTF-16 units of what an answer held that stand in a message. */
const shownLength = 200

let compileSchema: CompileSchema = () => {
  throw new Error('the compiler of schemas has to be loaded before it is used')
}

/** Loads what compiles JSON schemas, which takes a while, if one of these has any. */
export async function loadSchemaCompiler(
  expectations: readonly (Expectation | undefined)[],
): Promise<void> {
  if (!expectations.some((each) => each !== undefined && hasSchema(each))) return
  const { compileAnswerSchema } = await import('../bench-spec/schema-check.ts')
  compileSchema = compileAnswerSchema
}

/** @throws Error for a schema, while its compiler is not loaded. */
export function createAnswerCheck(expected: Expectation): AnswerCheck {
  return compileExpectation(expected, compileSchema)
}

/** Whether an answer is to be looked at, whatever its status says. */
export function isExpectedStatus(check: AnswerCheck | undefined, status: number): boolean {
  return check?.statuses?.includes(status) === true
}

/** A status of success that is not the one that was expected. */
export function judgeStatus(check: AnswerCheck | undefined, status: number): Failure | undefined {
  const statuses = check?.statuses
  if (statuses === undefined || statuses.includes(status)) return undefined
  const message = `expected status ${statuses.join(' or ')}, got ${status}`
  return { kind: 'unexpected_answer', message }
}

/** What is unexpected in an answer that has come to its proper end. */
export function judgeAnswer(
  check: AnswerCheck | undefined,
  reader: StreamReader,
  redactor: Redactor,
): Failure | undefined {
  const message = check?.explain(reader, (text) => {
    const rest = text.length > shownLength ? '…' : ''
    return `${redactor.redactStart(text, shownLength)}${rest}`
  })
  return message === undefined ? undefined : { kind: 'unexpected_answer', message }
}
