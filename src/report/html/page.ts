import { createHash } from 'node:crypto'

import type { RequestRecord } from '../../engine/record.ts'
import type { Results } from '../../results/results.ts'
import { renderBanner } from './banner.ts'
import { renderBaseline } from './baseline.ts'
import { renderDiagnostics } from './diagnostics.ts'
import { renderDistributions } from './distributions.ts'
import { renderEnvironment } from './environment.ts'
import { renderErrors } from './errors.ts'
import { renderFiles } from './files.ts'
import { renderGantt } from './gantt.ts'
import { type Markup, markup, trust } from './markup.ts'
import { renderRatings } from './ratings.ts'
import { renderRequestList } from './request-list.ts'
import { script } from './script.ts'
import { renderServer } from './server-section.ts'
import { renderSlos } from './slos.ts'
import { renderStages } from './stages.ts'
import { type Status, signs } from './status.ts'
import { style } from './style.ts'
import { renderTiles } from './tiles.ts'
import { renderTimeline } from './timeline.ts'

/**
 * One run as a page that needs nothing beside itself. Without the records, what is drawn of them is
 * missing, and the page says so.
 */
export function renderHtml(results: Results, records?: readonly RequestRecord[]): string {
  const { spec, verdict, tool } = results
  const sections = listSections(results, records)
  const links = sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)
  const parts = sections.map(
    ({ id, title, content }) =>
      markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>\n`,
  )
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${verdict.status}: ${spec.name}</title>
<link rel="icon" href="${drawIcon(verdict.status)}">
<style>${trust(style)}</style>
</head>
<body>
<div class="page">
${renderBanner(results)}
<nav aria-label="Sections"><ul>${links}</ul></nav>
<main>
${parts}</main>
<footer><p>Written by ${tool.name} ${tool.version}. Times are from the dispatch of a request; percentiles are nearest rank. Warm-up counts nowhere but in the timeline.</p></footer>
</div>
<script>${trust(script)}</script>
</body>
</html>
`.markup
}

interface Section {
  id: string
  title: string
  content: Markup
}

function listSections(results: Results, records: readonly RequestRecord[] | undefined): Section[] {
  const missing = markup`<p>The records of the requests were not at hand when this page was made: keep requests.ndjson.gz beside results.json.</p>`
  const drawn = (draw: (records: readonly RequestRecord[]) => Markup): Markup =>
    records === undefined ? missing : draw(records)
  const server = renderServer(results)
  const baseline = renderBaseline(results)
  const stages = renderStages(results)
  return [
    { id: 'diagnostics', title: 'Self-checks', content: renderDiagnostics(results) },
    { id: 'slos', title: 'SLOs', content: renderSlos(results) },
    { id: 'figures', title: 'Figures', content: renderTiles(results) },
    ...(stages === undefined ? [] : [{ id: 'stages', title: 'Stages', content: stages }]),
    {
      id: 'distributions',
      title: 'Distributions',
      content: renderDistributions(results, records),
    },
    {
      id: 'timeline',
      title: 'Timeline',
      content: drawn((records) => renderTimeline(results, records)),
    },
    {
      id: 'slowest',
      title: 'Failed and slowest requests',
      content: drawn((records) => renderGantt(results, records)),
    },
    { id: 'errors', title: 'Errors', content: renderErrors(results, records) },
    ...(baseline === undefined ? [] : [{ id: 'baseline', title: 'Baseline', content: baseline }]),
    ...(server === undefined
      ? []
      : [{ id: 'server', title: 'Server beside client', content: server }]),
    { id: 'ratings', title: 'Ratings', content: renderRatings(results, records) },
    { id: 'requests', title: 'Requests', content: drawn(renderRequestList) },
    { id: 'environment', title: 'Environment', content: renderEnvironment(results) },
    { id: 'files', title: 'Files', content: renderFiles(records !== undefined) },
  ]
}

/** Only what stands in the page itself; nothing is loaded, sent or framed. */
const policy: string = [
  "default-src 'none'",
  `style-src '${hash(style)}'`,
  `script-src '${hash(script)}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

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
