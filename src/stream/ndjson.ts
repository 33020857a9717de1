import { eventLimit, type Framer, type FramerEvents } from './framer.ts'

/** One event per line; blank lines are none. A last line without a line feed counts if it is JSON. */
export function createNdjsonFramer(on: FramerEvents): Framer {
  let closed = false
  // Joined once per line: adding piece by piece would be quadratic for a long line in small reads.
  let pieces: string[] = []
  let length = 0

  function keep(piece: string): boolean {
    pieces.push(piece)
    length += piece.length
    if (length <= eventLimit) return true
    closed = true
    on.tooLong()
    return false
  }

  function takeLine(): string {
    const line = pieces.length === 1 ? (pieces[0] as string) : pieces.join('')
    pieces = []
    length = 0
    return line
  }

  function dispatch(line: string): void {
    if (line.trim() !== '') on.event(line, undefined, undefined)
  }

  return {
    feed(text) {
      if (closed) return
      let start = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
        if (!keep(text.slice(start, end))) return
        dispatch(takeLine())
        start = end + 1
      }
      if (start < text.length) keep(text.slice(start))
    },
    end() {
      const line = takeLine()
      if (closed || line.trim() === '') return 'clean'
      try {
        JSON.parse(line)
      } catch {
        return 'cut'
      }
      dispatch(line)
      return 'clean'
    },
  }
}
