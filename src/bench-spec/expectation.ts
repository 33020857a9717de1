/**
 * What a proper answer is to be beside complete; one that is not is a failure `unexpected_answer`.
 * Plain data: it goes to the load processes.
 */
export interface Expectation {
  /** `undefined`: every 2xx. */
  statuses?: readonly number[]
  /** Values of a whole document. */
  values?: readonly ExpectedValue[]
  /** Of a whole document. */
  schema?: AnswerSchema
  output?: ExpectedOutput
  /** Name of a tool that is called. */
  toolCall?: string
}

/** What stands at a path; without any of the others it only has to stand there. */
export interface ExpectedValue {
  /** Dotted; `*` stands for every element of a list, of which there has to be one. */
  path: string
  /** Any value of JSON; absent: any. */
  equals?: unknown
  /** Regular expression that a text, or any other value as JSON, matches somewhere. */
  matches?: string
  /** Elements of a list, or characters (UTF-16 units) of a text. */
  length?: number
}

/** What the final text of an answer is to be, reasoning and tool calls left out. */
export interface ExpectedOutput {
  contains?: string
  /** Regular expression that it matches somewhere. */
  matches?: string
  /** It is JSON. */
  json?: true
  /** It is JSON that fits this. */
  schema?: AnswerSchema
}

/** A JSON schema that can be compiled. */
export interface AnswerSchema {
  /** Path as written in the spec. */
  source: string
  schema: unknown
}

/** UTF-16 units of a text that `matches` looks at. */
export const matchedLength = 16_384

/** Whether an expectation needs the compiler of JSON schemas. */
export function hasSchema({ schema, output }: Expectation): boolean {
  return (schema ?? output?.schema) !== undefined
}
