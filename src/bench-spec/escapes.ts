import { type Rewriting, rewrite } from './rewriting.ts'

/** The bytes of one character of UTF-8, `B` before the digits of each. */
const character = [
  'B[0-7][\\da-f]',
  'B[cd][\\da-f]B[89ab][\\da-f]',
  'Be[\\da-f](?:B[89ab][\\da-f]){2}',
  'Bf[0-4](?:B[89ab][\\da-f]){3}',
].join('|')

/** One character each: bytes as in a URL or in a program, references of HTML, escapes of JSON. */
const escape = new RegExp(
  [
    character.replaceAll('B', '%'),
    character.replaceAll('B', '\\\\x'),
    '&(?:#\\d{1,7}|#x[\\da-f]{1,6}|[a-z]{2,8});',
    '\\\\(?:u[\\da-f]{4}|[^])',
  ].join('|'),
  'gi',
)

/** What is read over: white space, the `+` that a form writes for it, and what cannot be seen. */
const space =
  // oxlint-disable-next-line no-control-regex -- controls may stand in what a server says
  /[\s+\0-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+/g

/** Layers that are undone, for example JSON within JSON within a query. */
const deepest = 4

/** Undoes one layer of escapes, all kinds at once. */
function unescapeText(text: string): Rewriting {
  return rewrite(text, escape, readEscape)
}

/** A text with some layers of escapes undone; `steps` lead to it from the source. */
export interface Layer {
  text: string
  steps: readonly Rewriting[]
}

/** The source, and what it is below each of its layers of escapes. */
export function listLayers(source: string): Layer[] {
  const layers: Layer[] = [{ text: source, steps: [] }]
  for (let layer = layers[0]; layer !== undefined && layers.length <= deepest;) {
    const step = unescapeText(layer.text)
    if (step.text === layer.text) break
    layer = { text: step.text, steps: [...layer.steps, step] }
    layers.push(layer)
  }
  return layers
}

export function dropSpace(text: string): Rewriting {
  return rewrite(text, space, () => '')
}

function readEscape(escaped: string): string {
  const rest = escaped.slice(1)
  if (escaped.startsWith('&')) return readReference(rest.slice(0, -1)) ?? escaped
  if (rest.length === 1) return controls[rest] ?? rest
  if (/^u/i.test(rest)) return String.fromCharCode(Number.parseInt(rest.slice(1), 16))
  return Buffer.from(escaped.replace(/%|\\x/gi, ''), 'hex').toString()
}

function readReference(name: string): string | undefined {
  if (!name.startsWith('#')) return named[name.toLowerCase()]
  const hexadecimal = /^#x/i.test(name)
  const point = Number.parseInt(name.slice(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10)
  return point <= 0x10ffff ? String.fromCodePoint(point) : undefined
}

const controls: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** HTML's names of what may stand in a key. */
const named: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  ast: '*',
  bsol: '\\',
  colon: ':',
  comma: ',',
  commat: '@',
  dollar: '$',
  equals: '=',
  excl: '!',
  grave: '`',
  gt: '>',
  hat: '^',
  lbrace: '{',
  lbrack: '[',
  lcub: '{',
  lowbar: '_',
  lpar: '(',
  lsqb: '[',
  lt: '<',
  nbsp: ' ',
  newline: '\n',
  num: '#',
  percnt: '%',
  period: '.',
  plus: '+',
  quest: '?',
  quot: '"',
  rbrace: '}',
  rbrack: ']',
  rcub: '}',
  rpar: ')',
  rsqb: ']',
  semi: ';',
  sol: '/',
  tab: '\t',
  verbar: '|',
  vert: '|',
}
