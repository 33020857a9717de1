import type { ValueKind } from './value-kind.ts'

/** One option as parsing, help, documents and shells see it; what kind it is, the types below say. */
export interface Option {
  /** One letter: `c` for `-c`. */
  short?: string
  /** A phrase; what is code in it stands between backticks. */
  description: string
  /** `undefined` for a switch, which is there or not. */
  value?: ValueKind<unknown>
  /** Environment variable that stands in for the option; an empty one does not. */
  variable?: string
  default?: unknown
  /** It may be given more than once. */
  repeated?: true
}

export interface Switch extends Option {
  value?: never
}

export interface Valued<V> extends Option {
  value: ValueKind<V>
}

export interface Preset<V> extends Valued<V> {
  default: V
}

export interface Repeated<V> extends Valued<V> {
  repeated: true
}

/** By their long names, in the order of the help. */
export type Options = Readonly<Record<string, Option>>

/** What the options of a command came to: `undefined` for one that was not given and has no default. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Repeated<infer V>
    ? readonly V[]
    : O[Name] extends Preset<infer V>
      ? V
      : O[Name] extends Valued<infer V>
        ? V | undefined
        : boolean
}

/** As it is typed: `--config FILE`. */
export function nameFlag(name: string, option: Option): string {
  return option.value === undefined ? `--${name}` : `--${name} ${option.value.name}`
}

/** What takes the place of an option that is not given; `undefined`: nothing does. */
export function nameDefault(option: Option): string | undefined {
  const parts = [option.variable, option.default].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.map(String).join(', else ')
}
