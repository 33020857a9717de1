import type { Redactor } from '../bench-spec/redaction.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import { listTexts } from '../stream/text-paths.ts'
import { traceStream } from '../stream/trace.ts'

interface JoinedTextsOptions {
  headers: Readonly<Record<string, string>>
  stream: StreamFormat | undefined
  redactor: Redactor
}

/** Before a line of data, at the longest. */
const fieldName = '\rdata: '

/** A text of an event. */
interface Piece {
  text: string
  /** Bytes of the event that holds it. */
  start: number
  end: number
}

/**
 * Overwrites with stars, in the bytes of a body, what is a secret only when the texts that its events
 * have at one place are put together, as an answer is that repeats a key token by token.
 */
export function maskJoinedTexts(body: Buffer, options: JoinedTextsOptions): void {
  const { headers, stream, redactor } = options
  const { events } = traceStream([{ at: 0, bytes: Buffer.from(body) }], {
    format: stream,
    contentType: headers['content-type'],
  })
  const places = new Map<string, Piece[]>()
  let from = 0
  for (const { data } of events) {
    // In the body each line of data has the name of its field before it.
    const lines = data.split('\n')
    const found = body.indexOf(lines[0] ?? '', from)
    const start = found === -1 ? from : found
    const end = start + Buffer.byteLength(data) + fieldName.length * (lines.length - 1)
    from = end
    for (const { path, text } of listTexts(data)) {
      const pieces = places.get(path) ?? []
      pieces.push({ text, start, end })
      places.set(path, pieces)
    }
  }
  for (const pieces of places.values()) {
    const whole = pieces.map(({ text }) => text).join('')
    let at = 0
    const spans = redactor.find(whole)
    for (const piece of pieces) {
      const [first, last] = [at, at + piece.text.length]
      at = last
      if (spans.some(({ start, end }) => start < last && end > first)) maskPiece(body, piece)
    }
  }
}

/** The text within its event as JSON writes it; where it is not found so, all of the event. */
function maskPiece(body: Buffer, { text, start, end }: Piece): void {
  if (text === '') return
  const written = JSON.stringify(text)
  const found = body.indexOf(written, start)
  if (found === -1 || found >= end) body.fill('*', start, Math.min(end, body.length))
  else body.fill('*', found + 1, found + Buffer.byteLength(written) - 1)
}
