/**
 * Prompt tokens: one per character outside ASCII and one per started four ASCII characters, at least
 * one. A rule anybody can recompute, not a tokenizer.
 */
export function countPromptTokens(text: string): number {
  let wide = 0
  let ascii = 0
  for (const character of text) {
    if (character.codePointAt(0)! < 128) ascii++
    else wide++
  }
  return Math.max(1, wide + Math.ceil(ascii / 4))
}

/**
 * Cuts a text into the tokens that `countPromptTokens` counts. A character begins a token when it is
 * outside ASCII, or the 1st, 5th, 9th … ASCII character; the others belong to the token before them.
 */
export function splitTokens(text: string): string[] {
  const tokens: string[] = []
  let ascii = 0
  for (const character of text) {
    const begins = character.codePointAt(0)! >= 128 || ascii++ % 4 === 0
    if (begins) tokens.push(character)
    else tokens.push(tokens.pop()! + character)
  }
  return tokens.length === 0 ? [''] : tokens
}

/** Above every code point. */
const firstRange = 0x20_00_00
const emptyId = firstRange - 1
const restRange = 129

/** The id of a token holds the token: its first character and up to three of ASCII after it. */
export function encodeToken(token: string): number {
  const [first, ...rest] = token
  if (first === undefined) return emptyId
  const tail = rest.reduceRight(
    (sum, character) => sum * restRange + character.charCodeAt(0) + 1,
    0,
  )
  return first.codePointAt(0)! + tail * firstRange
}

/** `undefined` for a number that is no id of a token. */
export function decodeToken(id: number): string | undefined {
  if (id === emptyId) return ''
  const first = id % firstRange
  if (!Number.isSafeInteger(id) || id < 0 || first > 0x10_ff_ff) return undefined
  if (id >= firstRange * restRange ** 3) return undefined
  let token = String.fromCodePoint(first)
  for (let tail = Math.floor(id / firstRange); tail > 0; tail = Math.floor(tail / restRange)) {
    token += String.fromCharCode((tail % restRange) - 1)
  }
  return encodeToken(token) === id ? token : undefined
}
