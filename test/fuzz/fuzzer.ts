import type { Chance } from './chance.ts'

/** One kind of input, and what must hold whatever it is. */
export interface Fuzzer {
  name: string
  /** What it does, and what must hold, in a line. */
  purpose: string
  /** Cases that `npm run fuzz` tries. */
  cases: number
  /** Cases of it that the tests try; 0: none. */
  slice: number
  /** Makes what its cases share. */
  start(): Trial | Promise<Trial>
}

export interface Trial {
  /** Tries one case; throws whatever is wrong. `number` is 0-based. */
  attempt(chance: Chance, number: number): void | Promise<void>
  /** Ends what `start` began. */
  end?(): void | Promise<void>
}

/** A promise that was not kept, with the input that shows it. */
export class Finding extends Error {
  override readonly name = 'Finding'

  constructor(what: string, input: unknown) {
    super(`${what}\n  input: ${show(input)}`)
  }
}

const longestShown = 1500

function show(input: unknown): string {
  const text = typeof input === 'string' ? JSON.stringify(input) : JSON.stringify(input, toPlain)
  return text.length <= longestShown
    ? text
    : `${text.slice(0, longestShown)}… (${text.length} characters)`
}

function toPlain(_key: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
  return value
}

/** Runs `action`, and says of which input it was when it throws. */
export function tell<T>(what: string, input: unknown, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof Finding) throw error
    throw new Finding(`${what}: ${String(error instanceof Error ? error.stack : error)}`, input)
  }
}
