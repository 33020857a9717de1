import type { Random } from '../plan/random.ts'

/** `tricky`: with line separators that end no line of a stream, and words of its framing. */
export type TextKind = 'plain' | 'tricky'

/**
 * The tokens of the mock: an answer is a walk through this list. A piece is one token by definition
 * and never half a code point; some pieces are half a character as a reader sees it.
 */
const trickyPieces: readonly string[] = [
  '这条|新闻|属于|【|财经|】|类别|，|因为|央行|宣布|降息|。|\n\n|\u2028|The| central| bank| cut| its',
  ' rate| by| 25| basis| points|,| and| "|markets|"| rose|:| |🚀|📈|!|\n|-|\u2029| caf|e|\u0301| naïve',
  ' groß| C:\\|temp|\\|n|\t|{"a":| [1, 2]|}|it\'s| 𠮷|野家| 👩|\u200d|💻|\u0085|data: |[DONE]|\n|</p>',
  ' &|amp;| 한국|어| русский| عربي|；|因此|判断|为|财经|类|…| ok|.',
].flatMap((line) => line.split('|'))

const vocabularies: Readonly<Record<TextKind, readonly string[]>> = {
  plain: trickyPieces.filter((piece) => !/[\u2028\u2029\u0085]|^data: $|^\[DONE\]$/.test(piece)),
  tricky: trickyPieces,
}

/** `count` pieces in a row, from a random place on. */
export function pickPieces(kind: TextKind, count: number, random: Random): string[] {
  const pieces = vocabularies[kind]
  const start = Math.floor(random() * pieces.length)
  return Array.from({ length: count }, (_, index) => pieces[(start + index) % pieces.length]!)
}
