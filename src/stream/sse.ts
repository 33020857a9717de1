import { createParser } from 'eventsource-parser'

import { eventLimit, foreignLimit, type Framer, type FramerEvents } from './framer.ts'

/** No SSE field begins like this; a JSON body or a page does. */
const foreignOpenings = '{[<'
const foreignLine = /[\r\n][{[<]/
const blankLine = /\n\n|\r\r|\r\n\r\n/

/**
 * Server-sent events, read as the standard says. Lines that begin a JSON body or a page are kept
 * apart up to the next blank line, since the standard would drop them in silence.
 */
export function createSseFramer(on: FramerEvents): Framer {
  let closed = false
  let atLineStart = true
  let foreign: string | undefined
  let flushed = false
  let flushing = false

  const parser = createParser({
    // What it holds of an event is one line with the name of its field.
    maxBufferSize: eventLimit + 'data: '.length,
    onEvent({ data, event, id }) {
      if (flushing) flushed = true
      else on.event(data, event, id)
    },
    onError(error) {
      if (error.type !== 'max-buffer-size-exceeded') return
      closed = true
      on.tooLong()
    },
  })

  function feed(text: string): void {
    if (closed || text === '') return
    if (foreign !== undefined) return collect(text)
    const start = findForeign(text)
    const last = text.charCodeAt(text.length - 1)
    atLineStart = last === 10 || last === 13
    if (start === -1) return parser.feed(text)
    parser.feed(text.slice(0, start))
    if (!closed) collect(text.slice(start))
  }

  function findForeign(text: string): number {
    if (atLineStart && foreignOpenings.includes(text.charAt(0))) return 0
    const before = text.search(foreignLine)
    return before === -1 ? -1 : before + 1
  }

  function collect(text: string): void {
    foreign = ((foreign ?? '') + text).slice(0, foreignLimit)
    const end = foreign.search(blankLine)
    if (end !== -1) report(foreign.slice(0, end))
    else if (foreign.length === foreignLimit) report(foreign)
  }

  function report(text: string): void {
    closed = true
    on.foreign(text)
  }

  return {
    feed,
    end() {
      if (closed) return 'clean'
      if (foreign !== undefined) {
        report(foreign)
        return 'cut'
      }
      // A blank line would have dispatched what the standard now drops.
      flushing = true
      parser.feed('\n\n')
      return flushed || !atLineStart ? 'cut' : 'clean'
    },
  }
}
