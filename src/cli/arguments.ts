import { parseArgs, type ParseArgsOptionDescriptor } from 'node:util'

import { keepKnown } from '../bench-spec/known.ts'
import { suggest } from '../bench-spec/suggestion.ts'
import type { Option, Options, Values } from './option.ts'
import type { Offer, ValueKind } from './value-kind.ts'

/** Wrong options or operands, in one sentence: exit code 3. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What a command takes beside its options. */
export interface Operands {
  /** Ends the sentence `needs …`. */
  needed: string
  least: number
  most: number
  offers?: Offer
}

export interface Arguments<O extends Options> {
  values: Values<O>
  operands: readonly string[]
}

/**
 * Reads a command line by the table of its command. Of an option that is given twice and not
 * repeated the last counts.
 * @throws {UsageError} at the first thing that the table does not allow.
 */
export function readArguments<O extends Options>(
  args: readonly string[],
  { options, operands: wanted }: { options: O; operands?: Operands },
  env: Readonly<Record<string, string | undefined>>,
): Arguments<O> {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(options).map(describe)),
    allowPositionals: true,
    // Its own complaints are told below, in our words.
    strict: false,
    tokens: true,
  })
  const values: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(options)) values[name] = presume(option, env)
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const { name } = token
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined) throw refuse(args[token.index] ?? name, options)
    const value = option.value === undefined ? confirm(token) : readToken(token, option.value)
    values[name] = option.repeated ? [...(values[name] as unknown[]), value] : value
  }
  if (wanted === undefined && operands.length > 0) {
    throw new UsageError(`takes options alone, got ${JSON.stringify(operands[0])}`)
  }
  const { needed, least, most } = wanted ?? { needed: '', least: 0, most: 0 }
  if (operands.length < least || operands.length > most) {
    const got = operands.length === 0 ? '' : `, got ${operands.length} of them`
    throw new UsageError(`needs ${needed}${got}`)
  }
  return { values: values as Values<O>, operands }
}

/** What `parseArgs` gives of one option on the command line. */
interface Token {
  name: string
  value?: string | undefined
  inlineValue?: boolean | undefined
}

function describe([name, option]: [string, Option]): [string, ParseArgsOptionDescriptor] {
  const type = option.value === undefined ? 'boolean' : 'string'
  return [name, keepKnown<ParseArgsOptionDescriptor>({ type, short: option.short })]
}

/** The value of an option before the command line is read. */
function presume(option: Option, env: Readonly<Record<string, string | undefined>>): unknown {
  if (option.value === undefined) return false
  if (option.repeated) return []
  const { value, variable = '', default: preset } = option
  const text = env[variable] ?? ''
  return text === '' ? preset : readValue(variable, text, value)
}

function readToken({ name, value, inlineValue }: Token, kind: ValueKind<unknown>): unknown {
  if (value === undefined) throw new UsageError(`--${name} needs a value: ${kind.name}`)
  if (inlineValue !== true && /^-./.test(value)) {
    const got = JSON.stringify(value)
    throw new UsageError(`--${name} needs a value, got ${got}; --${name}=… takes one with a dash`)
  }
  return readValue(`--${name}`, value, kind)
}

function readValue(label: string, text: string, kind: ValueKind<unknown>): unknown {
  const value = kind.read(text)
  if (value !== undefined) return value
  const words = typeof kind.offers === 'function' ? kind.offers() : []
  const got = `got ${JSON.stringify(text)}`
  const hint = suggest(text, words)
  throw new UsageError(`${label} must be ${kind.expected}, ${hint === '' ? got : `${got}.${hint}`}`)
}

function confirm({ name, value }: Token): true {
  if (value === undefined) return true
  throw new UsageError(`--${name} takes no value, got ${JSON.stringify(value)}`)
}

function refuse(word: string, options: Options): UsageError {
  const [flag = word] = word.split('=')
  const hint = suggest(
    flag,
    Object.keys(options).map((name) => `--${name}`),
  )
  return new UsageError(
    `there is no option ${JSON.stringify(flag)}${hint === '' ? '' : `.${hint}`}`,
  )
}
