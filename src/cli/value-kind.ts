import { parseDuration } from '../bench-spec/duration.ts'
import { isFields } from '../bench-spec/fields.ts'
import { keepKnown } from '../bench-spec/known.ts'

/** What a shell may put in a place: names of files or folders, or words. */
export type Offer = 'files' | 'folders' | (() => readonly string[])

/** How the value of an option is written, read and completed. */
export interface ValueKind<V> {
  /** What stands for it in the help: `FILE`. */
  name: string
  /** Ends the sentence `--requests must be …`. */
  expected: string
  /** `undefined` when the text is no such value. */
  read(text: string): V | undefined
  offers?: Offer
}

/** Any text but an empty one; what it means is checked where it is used. */
export function text(name: string, offers?: Offer): ValueKind<string> {
  return keepKnown<ValueKind<string>>({
    name,
    expected: 'a text',
    read: (text) => (text === '' ? undefined : text),
    offers,
  })
}

/** One of some words. */
export function choice<const W extends string>(name: string, words: readonly W[]): ValueKind<W> {
  return {
    name,
    expected: either.format(words),
    read: (text) => words.find((word) => word === text),
    offers: () => words,
  }
}

/** Some of several words, with commas between them. */
export function choices<const W extends string>(
  name: string,
  words: readonly W[],
): ValueKind<readonly W[]> {
  return {
    name,
    expected: `some of ${words.join(', ')}, with commas between them`,
    read: (text) => {
      const given = text.split(',').map((part) => part.trim())
      const found = words.filter((word) => given.includes(word))
      return given.every((part) => found.some((word) => word === part)) ? found : undefined
    },
    offers: () => words,
  }
}

export function wholeNumber(name: string, from: number, to: number = Infinity): ValueKind<number> {
  return {
    name,
    expected: `a whole number from ${from} ${to === Infinity ? 'on' : `to ${to}`}`,
    read: (text) => {
      const number = /^\d+$/.test(text) ? Number(text) : NaN
      return Number.isSafeInteger(number) && number >= from && number <= to ? number : undefined
    },
  }
}

/** In ms. */
export const duration: ValueKind<number> = {
  name: 'TIME',
  expected: 'a time with its unit, like 40ms or 1.5s',
  read: parseDuration,
}

export const jsonObject: ValueKind<object> = {
  name: 'JSON',
  expected: 'a JSON object',
  read: (text) => {
    try {
      const value: unknown = JSON.parse(text)
      return isFields(value) ? value : undefined
    } catch {
      return undefined
    }
  },
}

/** What a pull request can leave in an input: a word, not the presence of a flag. */
export const boolean: ValueKind<boolean> = {
  name: 'BOOLEAN',
  expected: 'true or false',
  read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  offers: () => ['true', 'false'],
}

// British: no comma before the last word.
const either = new Intl.ListFormat('en-GB', { type: 'disjunction' })
