import type { Prompt } from '../latency/prefix-cache.ts'
import type { Random } from '../plan/random.ts'

/** `tricky`: with line separators that end no line of a stream, and words of its framing. */
export type TextKind = 'plain' | 'tricky'

type Language = 'zh' | 'en'

/**
 * The tokens of the mock, in paragraphs an answer may begin with. A piece is one token by definition
 * and never half a code point; some pieces are half a character as a reader sees it.
 */
const openings: Readonly<Record<Language, readonly string[]>> = {
  zh: [
    '这条|新闻|属于|【|财经|】|类别|，|因为|央行|宣布|降息|25|个|基点|。|贷款|更|便宜|，|市场|上涨|📈|。|\n\n',
    '这条|新闻|属于|【|财经|】|类别|：|利率|下调|，|企业|和|家庭|负担|减轻|；|因此|判断|为|财经|类|。|\n\n',
  ],
  en: [
    'The| central| bank| cut| its| rate| by| 25| basis| points|,| and| "|markets|"| rose|:| |🚀|📈|!|\n\n',
    'Loans| became| cheaper|,| and| many| people| bought| a| house|.| Prices| followed|.|\n\n',
  ],
}

/** What every answer comes to that is long enough. */
const oddities = [
  '-| 财经|\u2028| caf|e|\u0301| naïve| groß| C:\\|temp|\\|n|\t|{"a":| [1, 2]|}| it\'s| 𠮷|野家|\u2029| 👩',
  '|\u200d|💻|🚀|\u0085|data: |[DONE]|\n|</p>| &|amp;| 한국|어| русский| عربي|…| ok|.|\n\n',
].join('')

const separators = /[\u2028\u2029\u0085]|^data: $|^\[DONE\]$/

interface Text {
  pieces: readonly string[]
  /** Where an answer may begin. */
  starts: readonly number[]
}

const texts: Readonly<Record<TextKind, Readonly<Record<Language, Text>>>> = {
  plain: { zh: writePlain('zh'), en: writePlain('en') },
  tricky: { zh: writeTricky('zh'), en: writeTricky('en') },
}

function writePlain(language: Language): Text {
  const { pieces } = writeTricky(language)
  const [first = ''] = openings[language]
  return {
    pieces: pieces.filter((piece) => !separators.test(piece)),
    starts: [0, first.split('|').length],
  }
}

function writeTricky(language: Language): Text {
  const pieces = [...openings[language], oddities].flatMap((text) => text.split('|'))
  return { pieces, starts: [...pieces.keys()] }
}

/**
 * `count` pieces of an answer in the language of the prompt, Chinese or English: a walk through its
 * text, over and over. Plain text begins with a paragraph, tricky text at any piece.
 */
export function pickPieces(
  kind: TextKind,
  count: number,
  { prompt, random }: { prompt: Prompt; random: Random },
): string[] {
  const { pieces, starts } = texts[kind][detectLanguage(prompt)]
  const start = starts[Math.floor(random() * starts.length)]!
  return Array.from({ length: count }, (_, index) => pieces[(start + index) % pieces.length]!)
}

function detectLanguage(prompt: Prompt): Language {
  return typeof prompt === 'string' && /\p{Script=Han}/u.test(prompt) ? 'zh' : 'en'
}
