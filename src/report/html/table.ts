import { type Content, type Markup, markup } from './markup.ts'

export interface Table {
  caption: string
  /** Titles of the columns; the first column names the row. */
  head: readonly Content[]
  rows: readonly (readonly Content[])[]
  /** Number of columns at the left that hold text; the others are numbers. */
  texts?: number
  /** Number of columns at the right that hold text. */
  lastTexts?: number
  note?: string | undefined
}

/** A table in a box of its own, which scrolls where the page is too narrow. */
export function renderTable(table: Table): Markup {
  const { caption, head, rows, texts = 1, lastTexts = 0, note } = table
  const align = (column: number): Markup | undefined =>
    column < texts || column >= head.length - lastTexts ? undefined : markup` class="number"`
  const titles = head.map((title, column) => markup`<th scope="col"${align(column)}>${title}</th>`)
  const lines = rows.map((cells) => {
    const line = cells.map((cell, column) =>
      column === 0
        ? markup`<th scope="row"${align(0)}>${cell}</th>`
        : markup`<td${align(column)}>${cell}</td>`,
    )
    return markup`<tr>${line}</tr>`
  })
  return renderScrolling(
    caption,
    markup`<table><caption>${caption}</caption><thead><tr>${titles}</tr></thead><tbody>${lines}</tbody></table>`,
    note,
  )
}

/** What may be wider than the page; reached by the keyboard, so that it can be scrolled. */
export function renderScrolling(name: string, content: Markup, note?: string): Markup {
  const below = note === undefined ? undefined : markup`<p class="note">${note}</p>`
  return markup`<div class="scroll" role="group" aria-label="${name}" tabindex="0">${content}</div>${below}`
}
