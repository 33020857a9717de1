import { dropSpace, listLayers } from './escapes.ts'

/**
 * How a secret may stand in a text whose escapes are undone and whose white space is dropped: as it
 * is, in hexadecimal and in base64, also where that began earlier and goes on. `composed`: these two
 * of its escaped forms and of each other as well.
 */
export function listForms(value: string, composed: boolean): Set<string> {
  const whole = [value, value.trim(), value.replace(/\s+/g, ' ').trim(), value.replace(/\s+/g, '')]
  const inner = composed
    ? whole.flatMap((text) => [...listSpellings(text), ...listCodes(text)])
    : whole
  const codes = [...new Set(inner)].flatMap(listCodes)
  return new Set(
    [...listLayers(value).map(({ text }) => text), ...codes].map((form) => dropSpace(form).text),
  )
}

/** With the escapes of a URL, of a form, of JSON and of HTML. */
function listSpellings(text: string): string[] {
  const percent = encodeURIComponent(text.toWellFormed())
  const json = JSON.stringify(text).slice(1, -1)
  const html = text.replace(/[&<>"']/g, (character) => references[character] ?? character)
  return [
    text,
    percent,
    percent.replace(/%../g, (byte) => byte.toLowerCase()),
    new URLSearchParams([['', text]]).toString().slice(1),
    json,
    json.replaceAll('/', '\\/'),
    json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    html,
    html.replaceAll('&#39;', '&#x27;'),
  ]
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function listCodes(text: string): string[] {
  const bytes = Buffer.from(text)
  const hexadecimal = bytes.toString('hex')
  const base64 = [
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    ...[0, 1, 2].map((before) => encodeMiddle(bytes, before)),
  ]
  return [
    hexadecimal,
    hexadecimal.toUpperCase(),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

/** The characters that stand for nothing but these bytes, `before` others (modulo 3) preceding them. */
function encodeMiddle(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
}
