/** Where a section of a page begins, from its heading on, and ends, at the next one of its level or above. */
function findSection(page: string, heading: string): { start: number; end: number } | undefined {
  const start = page.indexOf(`${heading}\n`)
  if (start === -1) return undefined
  const level = /^#+/.exec(heading)?.[0].length ?? 0
  const rest = page.slice(start + heading.length)
  const next = new RegExp(`^#{1,${level}} `, 'm').exec(rest)
  return { start, end: next === null ? page.length : start + heading.length + next.index }
}

/**
 * The section of a page, with its heading.
 *
 * @throws Error when there is none of that heading.
 */
export function readSection(page: string, heading: string): string {
  const found = findSection(page, heading)
  if (found === undefined) throw new Error(`the page has no heading ${heading}`)
  return page.slice(found.start, found.end).trimEnd()
}

/** The page with a section, heading first, in the place of the one of that heading; without one at its end. */
export function putSection(page: string, section: string): string {
  const heading = section.slice(0, section.indexOf('\n'))
  const { start, end } = findSection(page, heading) ?? { start: page.length, end: page.length }
  const [before, after] = [page.slice(0, start).trimEnd(), page.slice(end)]
  return `${before}\n\n${section}\n${after === '' ? '' : `\n${after}`}`
}
