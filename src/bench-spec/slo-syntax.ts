/** Why a text is no SLO, and which part of it is meant. */
export class SloSyntaxError extends Error {
  override readonly name = 'SloSyntaxError'
  readonly start: number
  readonly length: number

  constructor(message: string, token: Token) {
    super(message)
    this.start = token.start
    this.length = token.text.length
  }
}

export interface Token {
  text: string
  start: number
}

/** UTF-16 units of an SLO or a bound; whatever can be meant is far shorter. */
const longest = 500

/** @throws {SloSyntaxError} where it is longer than whatever can be meant. */
export function refuseLong(text: string, start: number): void {
  if (text.length <= longest) return
  const part = { text: text.slice(0, longest), start }
  throw new SloSyntaxError(
    `is ${text.length} characters long, at most ${longest} are read. Write for example ttft p95 <= 800ms.`,
    part,
  )
}
