import { explainPattern } from './answer-pattern.ts'
import type { BenchDocument } from './bench-document.ts'
import type { AnswerSchema, Expectation, ExpectedOutput, ExpectedValue } from './expectation.ts'
import type { Path, Report } from './issue.ts'
import { keepKnown } from './known.ts'
import { readAnswerSchema } from './schema-file.ts'
import type { DialectName, StreamFormat } from './stream-format.ts'
import { hasPlaceholder } from './template.ts'
import { isWhole } from './whole-answer.ts'

type ExpectDocument = NonNullable<BenchDocument['expect']>

/** Formats in which no tool is called. */
const withoutTools: ReadonlySet<DialectName | undefined> = new Set<DialectName>([
  'openai-completions',
  'tgi',
  'dify',
  'raw',
])

interface Scene {
  /** Where files are relative to. */
  directory: string
  /** How the answers are read. */
  stream: StreamFormat | undefined
  /** With paths from `expect` on. */
  report: Report
}

/** Reads `expect`; `undefined`: nothing is expected. Its files are read. */
export function readExpectation(
  document: ExpectDocument | undefined,
  { directory, stream, report }: Scene,
): Expectation | undefined {
  if (document === undefined) return undefined
  const { status, values, schema, output, tool_call: toolCall } = document
  const whole = isWhole(stream)

  function readStatuses(): readonly number[] | undefined {
    const statuses = typeof status === 'number' ? [status] : status
    if (statuses === undefined) return undefined
    if (statuses.length === 0) report(['expect', 'status'], 'names no status. Write one.')
    const other = statuses.find((code) => code < 200 || code > 299)
    if (other !== undefined && !whole) {
      const message = `an answer with status ${other} is no stream. Write stream_format: json, or leave it out.`
      report(['expect', 'status'], message)
    }
    return statuses
  }

  function readValue(value: NonNullable<ExpectDocument['values']>[number], index: number) {
    const { path, matches, length } = value
    const place = ['expect', 'values', index]
    if (path.split('.').includes('')) {
      report(
        [...place, 'path'],
        `has a step without a name, got "${path}". Write for example data.0.id.`,
      )
    }
    checkPattern([...place, 'matches'], matches)
    checkLiteral([...place, 'equals'], value.equals)
    return keepKnown<ExpectedValue>({ path, equals: value.equals, matches, length })
  }

  function readSchema(path: Path, source: string | undefined): AnswerSchema | undefined {
    if (source === undefined) return undefined
    const read = readAnswerSchema(source, directory)
    if (!('problem' in read)) return read
    report(path, read.problem)
    return undefined
  }

  function readOutput(): ExpectedOutput | undefined {
    if (output === undefined) return undefined
    const { contains, matches, json } = output
    const place = ['expect', 'output']
    if (Object.keys(output).every((key) => key.startsWith('x-'))) {
      report(place, 'expects nothing. Write for example contains: Rhine.')
    }
    checkLiteral([...place, 'contains'], contains)
    checkPattern([...place, 'matches'], matches)
    return keepKnown<ExpectedOutput>({
      contains,
      matches,
      json: json === true ? true : undefined,
      schema: readSchema([...place, 'schema'], output.schema),
    })
  }

  function checkPattern(path: Path, source: string | undefined): void {
    const problem = source === undefined ? undefined : explainPattern(source)
    if (problem !== undefined) report(path, problem)
  }

  function checkLiteral(path: Path, text: unknown): void {
    if (typeof text !== 'string' || !hasPlaceholder(text)) return
    report(path, 'takes no {{column}}: it is the same for every request. Remove it.')
  }

  function needWhole(key: 'values' | 'schema'): void {
    if (whole || document?.[key] === undefined) return
    const message = `looks at a whole document, and the answer is a stream. Write output in its place, or stream_format: json where it is none.`
    report(['expect', key], message, 'key')
  }

  if (Object.keys(document).every((key) => key.startsWith('x-'))) {
    report(['expect'], 'expects nothing. Write for example output: { contains: Rhine }.')
  }
  needWhole('values')
  needWhole('schema')
  checkLiteral(['expect', 'tool_call'], toolCall)
  if (toolCall !== undefined && withoutTools.has(stream?.dialect)) {
    report(
      ['expect', 'tool_call'],
      `is not known of stream_format ${stream?.dialect}, in which no tool is called. Remove it.`,
    )
  }
  return keepKnown<Expectation>({
    statuses: readStatuses(),
    values: values?.map(readValue),
    schema: readSchema(['expect', 'schema'], schema),
    output: readOutput(),
    toolCall,
  })
}
