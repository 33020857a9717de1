import { createHash } from 'node:crypto'

function hex(seed: string, length: number): string {
  let text = ''
  for (let i = 0; text.length < length; i++) {
    text += createHash('sha256').update(`${seed}${i}`).digest('hex')
  }
  return text.slice(0, length)
}

const jwt = [1, 2, 3]
  .map((part) => Buffer.from(hex(String(part), part === 2 ? 900 : 90)).toString('base64url'))
  .join('.')

/** Keys of all sorts: plain, long, and with what escapes escape. */
export const keys: Readonly<Record<string, string>> = {
  plain: 'sk-proj-0123456789abcdefghij',
  jwt,
  base64: 'Zm9v+YmFy/YmF6Cg+qux/quux+corge==',
  punctuated: `p@ss "word" & <more>; it's 100%/50 + \\n{x}#~`,
  encoded: 'abc%2Fdef%41&amp;ghi\\u0041jkl',
  lines: '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n',
  spaced: 'two  spaces   three\tand a tab',
  trailing: 'sk-with-a-line-end-9876543210\n',
  foreign: 'schlüssel-für-die-tür-钥匙-🔑-0815',
}

type Encode = (text: string) => string

const json: Encode = (text) => JSON.stringify(text).slice(1, -1)
const everyUnit = (escape: (unit: number) => string): Encode => {
  return (text) => text.replace(/[^]/g, (unit) => escape(unit.charCodeAt(0)))
}
const fourDigits = (unit: number): string => unit.toString(16).padStart(4, '0')
const everyByte = (separate: (byte: string) => string): Encode => {
  return (text) => Buffer.from(text).toString('hex').replace(/../g, separate)
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
}

/** What is done to a text on its way back. */
export const encodings: Readonly<Record<string, Encode>> = {
  none: (text) => text,
  trimmed: (text) => text.trim(),
  'white space normalised': (text) => text.replace(/\s+/g, ' ').trim(),
  'white space dropped': (text) => text.replace(/\s+/g, ''),
  percent: encodeURIComponent,
  'lower-case percent': (text) =>
    encodeURIComponent(text).replace(/%../g, (byte) => byte.toLowerCase()),
  'every byte percent': everyByte((byte) => `%${byte}`),
  form: (text) => new URLSearchParams({ k: text }).toString().slice(2),
  json,
  'json with escaped slashes': (text) => json(text).replaceAll('/', '\\/'),
  'json in ascii': (text) =>
    json(text).replace(/[^ -~]/g, (unit) => `\\u${fourDigits(unit.charCodeAt(0))}`),
  '\\u': everyUnit((unit) => `\\u${fourDigits(unit)}`),
  '\\U': everyUnit((unit) => `\\u${fourDigits(unit).toUpperCase()}`),
  '\\x': everyByte((byte) => `\\x${byte}`),
  html: (text) => text.replace(/[&<>"']/g, (c) => references[c] ?? c),
  'html by name': (text) =>
    text.replace(
      /[/+=%\\#]/g,
      (c) =>
        ({ '/': '&sol;', '+': '&plus;', '=': '&equals;', '%': '&percnt;', '\\': '&bsol;' })[c] ??
        '&num;',
    ),
  'html by number': (text) => text.replace(/[^]/gu, (c) => `&#${c.codePointAt(0)};`),
  'html by hexadecimal number': (text) =>
    text.replace(/[^]/gu, (c) => `&#x${c.codePointAt(0)?.toString(16)};`),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 of user and key': (text) => Buffer.from(`user:${text}`).toString('base64'),
  'base64 after one and before two': (text) => Buffer.from(`1${text}22`).toString('base64'),
  'base64 in lines': (text) =>
    Buffer.from(`12${text}3`).toString('base64').replace(/.{40}/g, '$&\r\n'),
  hex: everyByte((byte) => byte),
  HEX: everyByte((byte) => byte.toUpperCase()),
  'hex dump': everyByte((byte) => `${byte} `),
}

const codes = /^(base64|hex)/i
const everyCharacter = /^(every byte|\\|html by|hex dump|base64 in lines)/

/**
 * Whether something writes one in the other. Nothing encodes as base64 what it has escaped character
 * by character, nor sends a hex dump as a form.
 */
export function occurs(outer: string, inner: string): boolean {
  if (codes.test(outer)) return !everyCharacter.test(inner)
  return !(outer === 'form' && inner === 'hex dump')
}

/** Pieces of a key that must not be seen of it, in the forms in which they could be read at once. */
export function pieces(key: string): string[] {
  const text = key.replace(/\s+/g, ' ').trim()
  const found: string[] = []
  for (let at = 0; at + 12 <= text.length; at++) found.push(text.slice(at, at + 12))
  const whole = [key, key.trim(), text]
  for (const encode of Object.values(encodings)) found.push(...whole.map(encode))
  return found
}
