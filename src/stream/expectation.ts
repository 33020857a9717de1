import { isDeepStrictEqual } from 'node:util'

import {
  type AnswerSchema,
  type Expectation,
  type ExpectedOutput,
  type ExpectedValue,
  matchedLength,
} from '../bench-spec/expectation.ts'
import { explainMissing } from './missing-output.ts'
import { parsePath, type Path } from './path.ts'
import type { StreamReader } from './reader.ts'
import { writeValue } from './value-text.ts'

/** What is wrong with a value; `undefined`: it fits. */
type Judge = (value: unknown) => string | undefined

/** Makes a judge of a JSON schema, which takes some ms. */
export type CompileSchema = (schema: unknown) => Judge

/** A text of the server as it may stand in a message: short, its secrets out. */
export type Show = (text: string) => string

/** An `Expectation` that is ready to be compared with answers. */
export interface AnswerCheck {
  /** Whether an answer with this status may be a proper one; `undefined`: the spec does not say. */
  statuses: readonly number[] | undefined
  needsOutput: boolean
  needsToolNames: boolean
  /** What was expected of an answer that was read to its end, and what was there; `undefined`: it is as expected. */
  explain(reader: StreamReader, show: Show): string | undefined
}

/** Elements that a `*` leads to, at the most. */
const mostFound = 10_000

export function compileExpectation(
  { statuses, values = [], schema, output, toolCall }: Expectation,
  compileSchema: CompileSchema,
): AnswerCheck {
  const checks = [
    ...values.map(compileValue),
    ...(schema === undefined ? [] : [compileDocument(schema, compileSchema)]),
    ...(output === undefined ? [] : [compileOutput(output, compileSchema)]),
    ...(toolCall === undefined ? [] : [expectCall(toolCall)]),
  ]
  const firstProblem: Check = (reader, show) => {
    for (const check of checks) {
      const problem = check(reader, show)
      if (problem !== undefined) return problem
    }
    return undefined
  }
  return {
    statuses,
    needsOutput: output !== undefined,
    needsToolNames: toolCall !== undefined,
    explain(reader, show) {
      try {
        return firstProblem(reader, show)
      } catch (error) {
        // No stack takes an answer that is nested without an end.
        if (error instanceof RangeError) return 'the answer is nested too deeply to be compared'
        throw error
      }
    },
  }
}

type Check = AnswerCheck['explain']

function compileValue(expected: ExpectedValue): Check {
  const path = parsePath(expected.path)
  const pattern = compilePattern(expected.matches)
  return ({ document }, show) => {
    const found = findAll(document, path)
    const odd = found.find((value) => !fits(value, expected, pattern))
    if (odd === undefined && found.length > 0) return undefined
    const got = describeFound(odd?.value, expected, show)
    const rest = odd?.value === undefined ? tellMissing(document, path, show) : ''
    return `expected ${describeValue(expected)} at ${expected.path}, got ${got}${rest}`
  }
}

interface Found {
  value: unknown
}

function fits({ value }: Found, expected: ExpectedValue, pattern: RegExp | undefined): boolean {
  if (value === undefined) return false
  if ('equals' in expected && !isDeepStrictEqual(value, expected.equals)) return false
  if (expected.length !== undefined && lengthOf(value) !== expected.length) return false
  return pattern === undefined || pattern.test(writeValue(value).slice(0, matchedLength))
}

/** What stands at a path, or at each that a `*` leads to; `undefined` where nothing does. */
function findAll(root: unknown, path: Path): Found[] {
  let found: Found[] = [{ value: root }]
  for (const step of path) {
    found = step === '*' ? listElements(found) : found.map(({ value }) => childOf(value, step))
  }
  return found
}

function listElements(found: readonly Found[]): Found[] {
  const elements: Found[] = []
  for (const { value } of found) {
    if (!Array.isArray(value)) elements.push({ value: undefined })
    else for (const element of value as unknown[]) elements.push({ value: element })
  }
  return elements.slice(0, mostFound)
}

function childOf(holder: unknown, key: string): Found {
  const isHolder = typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
  return { value: isHolder ? (holder as Record<string, unknown>)[key] : undefined }
}

function describeValue(expected: ExpectedValue): string {
  const { matches, length } = expected
  const parts = [
    ...('equals' in expected ? [JSON.stringify(expected.equals)] : []),
    ...(matches === undefined ? [] : [`what matches ${matches}`]),
    ...(length === undefined ? [] : [`a length of ${length}`]),
  ]
  return parts.length === 0 ? 'something' : parts.join(' and ')
}

function describeFound(value: unknown, { length }: ExpectedValue, show: Show): string {
  if (length !== undefined && lengthOf(value) !== undefined) {
    return `${describe(value, show)} of length ${lengthOf(value)}`
  }
  return describe(value, show)
}

function lengthOf(value: unknown): number | undefined {
  return typeof value === 'string' || Array.isArray(value) ? value.length : undefined
}

function describe(value: unknown, show: Show): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return JSON.stringify(typeof value === 'string' ? show(value) : value)
}

function tellMissing(document: unknown, path: Path, show: Show): string {
  if (document === undefined) return ': the body is no JSON'
  const { at, keys } = explainMissing(document, path)
  const place = at === '' ? 'the document' : at
  return keys.length === 0 ? '' : `: ${place} holds ${show(keys.join(', '))}`
}

function compileDocument({ source, schema }: AnswerSchema, compileSchema: CompileSchema): Check {
  const judge = compileSchema(schema)
  return ({ document }) => {
    if (document === undefined) return `expected JSON that fits ${source}, got none`
    const problem = judge(document)
    return problem === undefined ? undefined : `the answer does not fit ${source}: ${problem}`
  }
}

function compileOutput(expected: ExpectedOutput, compileSchema: CompileSchema): Check {
  const { contains, matches, json, schema } = expected
  const pattern = compilePattern(matches)
  const judge = schema && compileSchema(schema.schema)
  return ({ marks: { output = '' } }, show) => {
    const got = output === '' ? 'got no output' : `got ${describe(output, show)}`
    if (contains !== undefined && !output.includes(contains)) {
      return `expected an output that contains ${JSON.stringify(contains)}, ${got}`
    }
    if (pattern?.test(output.slice(0, matchedLength)) === false) {
      return `expected an output that matches ${matches}, ${got}`
    }
    if (json === undefined && judge === undefined) return undefined
    const parsed = parse(output)
    if (parsed === undefined) return `expected an output that is JSON, ${got}`
    const problem = judge?.(parsed.value)
    return problem === undefined
      ? undefined
      : `the output does not fit ${schema?.source}: ${problem}`
  }
}

function expectCall(name: string): Check {
  return ({ toolNames }, show) => {
    if (toolNames.includes(name)) return undefined
    const got = toolNames.length === 0 ? 'no call' : `a call of ${show(toolNames.join(', '))}`
    return `expected a call of the tool ${name}, got ${got}`
  }
}

function compilePattern(source: string | undefined): RegExp | undefined {
  return source === undefined ? undefined : new RegExp(source, 'u')
}

/** `undefined`: it is no JSON. */
function parse(text: string): Found | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}
