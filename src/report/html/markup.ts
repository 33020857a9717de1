import { escapeHtml } from '../escaping.ts'

/** HTML or SVG that stands in the page as it is. */
export interface Markup {
  readonly markup: string
}

/** What may be put into markup; text is escaped, `undefined` is nothing. */
export type Content = Markup | string | number | undefined | readonly Content[]

/** A template of markup: only its literal parts are taken as they are. */
export function markup(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return trust(parts.map((part, index) => part + render(contents[index])).join(''))
}

/** Declares text to be markup: for what is made of nothing but numbers and words of our own. */
export function trust(text: string): Markup {
  return { markup: text }
}

function render(content: Content): string {
  if (content === undefined) return ''
  if (typeof content === 'string') return escapeHtml(content)
  if (typeof content === 'number') return String(content)
  return 'markup' in content ? content.markup : content.map(render).join('')
}
