import { eventLimit, foreignLimit, type Framer, type FramerEvents } from './framer.ts'
import { createNdjsonFramer } from './ndjson.ts'

/** A body that calls itself JSON: the elements of an array, or else one record per line. */
export function createJsonFramer(on: FramerEvents): Framer {
  let framer: Framer | undefined

  function choose(text: string): Framer | undefined {
    const array = opensArray(text)
    if (array === undefined) return undefined
    return array ? createArrayFramer(on) : createNdjsonFramer(on)
  }

  return {
    feed(text) {
      framer ??= choose(text)
      framer?.feed(text)
    },
    end: () => framer?.end() ?? 'clean',
  }
}

/** Whether a body that begins like `text` is an array; `undefined`: it is blank so far. */
export function opensArray(text: string): boolean | undefined {
  const first = text.trimStart().charAt(0)
  return first === '' ? undefined : first === '['
}

/** What tells the inside of an element from its end, outside and inside of a string. */
const structure = /["{}[\]]/g
const stringEnd = /["\\]/g
const notBetween = /[^\s,]/g

/** The objects of one array, each as soon as its last brace has come. Text between them is foreign. */
function createArrayFramer(on: FramerEvents): Framer {
  let place: 'before' | 'between' | 'element' | 'foreign' | 'behind' | 'closed' = 'before'
  let pieces: string[] = []
  let length = 0
  let depth = 0
  let inString = false
  let escaped = false

  function keep(piece: string): void {
    pieces.push(piece)
    length += piece.length
  }

  function take(): string {
    const text = pieces.join('')
    pieces = []
    length = 0
    return text
  }

  /** Goes to the next element or end; gives the offset where reading goes on. */
  function skip(text: string, from: number): number {
    const at = find(notBetween, text, from)
    const char = text.charAt(at)
    if (char === '') return at
    if (place === 'before') {
      place = 'between'
      return at + 1
    }
    if (place === 'between' && char === ']') {
      place = 'behind'
      return at + 1
    }
    place = place === 'between' && char === '{' ? 'element' : 'foreign'
    return at
  }

  /** Reads on inside of an element; gives the offset behind what it took. */
  function readElement(text: string, from: number): number {
    let at = from
    while (at < text.length) {
      if (escaped) {
        escaped = false
        at++
        continue
      }
      at = find(inString ? stringEnd : structure, text, at)
      const char = text.charAt(at++)
      if (char === '\\') escaped = true
      else if (char === '"') inString = !inString
      else if (char === '{' || char === '[') depth++
      else if (char !== '' && --depth === 0) {
        place = 'between'
        break
      }
    }
    const end = Math.min(at, text.length)
    keep(text.slice(from, end))
    if (length > eventLimit) {
      place = 'closed'
      on.tooLong()
    } else if (place === 'between') on.event(take(), undefined, undefined)
    return end
  }

  function readForeign(text: string): number {
    keep(text)
    if (length >= foreignLimit) report()
    return text.length
  }

  function report(): void {
    place = 'closed'
    on.foreign(take().slice(0, foreignLimit))
  }

  return {
    feed(text) {
      let at = 0
      while (at < text.length && place !== 'closed') {
        if (place === 'element') at = readElement(text, at)
        else if (place === 'foreign') at += readForeign(text.slice(at))
        else at = skip(text, at)
      }
    },
    end() {
      if (place === 'foreign') report()
      return place === 'behind' || place === 'closed' ? 'clean' : 'cut'
    },
  }
}

/** Offset of the first match from `from` on; the end of the text when there is none. */
function find(what: RegExp, text: string, from: number): number {
  what.lastIndex = from
  return what.exec(text)?.index ?? text.length
}
