import { cleanLine } from '../bench-spec/plain-text.ts'

/** What a terminal acts upon and JSON leaves as it is. */
const unsafe = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g

/**
 * A value as JSON over several lines that reads back as the same, and in which no CI system and no
 * terminal finds a command: `::`, `##` and characters that cannot be seen are written as escapes.
 */
export function renderJson(value: unknown): string {
  return escapeJson(JSON.stringify(value, null, 2))
}

/** The same of a value that is JSON already. */
export function escapeJson(json: string): string {
  return json.replace(/:(?=:)|#(?=#)/g, escapeUnit).replace(unsafe, escapeUnit)
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  '"': '&quot;',
  "'": '&#39;',
}

/** `cleanLine`, and nothing in it is HTML, in an element's text or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return cleanLine(text).replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

/**
 * `cleanLine`, and nothing in it is Markdown, HTML, a mention, an issue reference or a link of
 * GitHub's dialect.
 */
export function escapeMarkdown(text: string): string {
  const line = cleanLine(text)
    .replace(/[&<>|]/g, (character) => entities[character] ?? character)
    .replace(/[\\`*_[\]~$]/g, '\\$&')
  return partReferences(line)
}

/** The same for the text of an HTML element within Markdown, where no escape of Markdown counts. */
export function escapeElement(text: string): string {
  return partReferences(escapeHtml(text))
}

/**
 * Mentions, references and links are found in the rendered text, where an escape no longer shows,
 * so a zero-width space parts them.
 */
function partReferences(text: string): string {
  return text
    .replace(/@/g, '@\u200b')
    .replace(/(?<!&)#(?=\d)/g, '#\u200b')
    .replace(/:\/\//g, ':\u200b//')
    .replace(/\bwww\./gi, 'www\u200b.')
}

/** Inline code that may stand in a table cell, where a code span with a pipe in it may not. */
export function markdownCode(text: string): string {
  return `<code>${escapeMarkdown(text)}</code>`
}

/** A code span from which a URL can be copied; what could end the span or a cell is percent-encoded. */
export function markdownUrl(url: string): string {
  return `\`${cleanLine(url).replace(/[`<>|\\ ]/g, encodeURIComponent)}\``
}
