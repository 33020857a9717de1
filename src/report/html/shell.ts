import { createHash } from 'node:crypto'

import { type Markup, markup, trust } from './markup.ts'
import { type Status, signs } from './status.ts'
import { style } from './style.ts'

export interface Section {
  id: string
  title: string
  content: Markup
}

/** What a page is made of. */
interface PageParts {
  status: Status
  title: string
  banner: Markup
  sections: readonly Section[]
  footer: Markup
  /** `undefined`: it does nothing. */
  script?: string
}

/** A page that needs nothing beside itself, and asks for nothing. */
export function renderShell({
  status,
  title,
  banner,
  sections,
  footer,
  script,
}: PageParts): string {
  const links = sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)
  const parts = sections.map(
    ({ id, title, content }) =>
      markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>\n`,
  )
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${createPolicy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${status}: ${title}</title>
<link rel="icon" href="${drawIcon(status)}">
<style>${trust(style)}</style>
</head>
<body>
<div class="page">
${banner}
<nav aria-label="Sections"><ul>${links}</ul></nav>
<main>
${parts}</main>
<footer><p>${footer}</p></footer>
</div>
${script === undefined ? undefined : markup`<script>${trust(script)}</script>\n`}</body>
</html>
`.markup
}

/** Only what stands in the page itself; nothing is loaded, sent or framed. */
function createPolicy(script: string | undefined): string {
  return [
    "default-src 'none'",
    `style-src '${hash(style)}'`,
    ...(script === undefined ? [] : [`script-src '${hash(script)}'`]),
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

const iconColors: Readonly<Record<Status, string>> = {
  PASS: '#1a6b36',
  FAIL: '#b3261e',
  INCONCLUSIVE: '#855400',
  ERROR: '#7a2e8e',
}

/** The verdict in the tab of a browser. */
function drawIcon(status: Status): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="${iconColors[status]}"/><text x="8" y="12.5" font-family="sans-serif" font-weight="700" font-size="12" text-anchor="middle" fill="#fff">${signs[status]}</text></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
