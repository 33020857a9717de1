import type { Random } from '../plan/random.ts'

/**
 * The tokens of the mock: an answer is a walk through this list. A piece is one token by definition
 * and never half a code point; some pieces are half a character as a reader sees it.
 */
const pieces: readonly string[] = [
  '这条|新闻|属于|【|财经|】|类别|，|因为|央行|宣布|降息|。|\n\n|The| central| bank| cut| its| rate',
  ' by| 25| basis| points|,| and| "|markets|"| rose|:| |🚀|📈|!|\n|-| caf|e|\u0301| naïve| groß| C:\\',
  'temp|\\|n|\t|{"a":| [1, 2]|}|it\'s| 𠮷|野家| 👩|\u200d|💻|\u2028|\u0085|data: |[DONE]|\n|</p>| &',
  'amp;| 한국|어| русский| عربي|；|因此|判断|为|财经|类|…| ok|.',
].flatMap((line) => line.split('|'))

/** `count` pieces in a row, from a random place on. */
export function pickPieces(count: number, random: Random): string[] {
  const start = Math.floor(random() * pieces.length)
  return Array.from({ length: count }, (_, index) => pieces[(start + index) % pieces.length]!)
}
