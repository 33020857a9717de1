import type { Records } from '../../engine/record.ts'
import type { Results } from '../../results/results.ts'
import { renderBanner } from './banner.ts'
import { renderBaseline } from './baseline.ts'
import { renderDiagnostics } from './diagnostics.ts'
import { renderDistributions } from './distributions.ts'
import { renderEnvironment } from './environment.ts'
import { renderErrors } from './errors.ts'
import { renderFiles } from './files.ts'
import { renderGantt } from './gantt.ts'
import { renderKinds } from './kind-table.ts'
import { type Markup, markup } from './markup.ts'
import { renderRatings } from './ratings.ts'
import { renderRequestList } from './request-list.ts'
import { script } from './script.ts'
import { renderServer } from './server-section.ts'
import { renderShell, type Section } from './shell.ts'
import { renderSlos } from './slos.ts'
import { renderStages } from './stages.ts'
import { renderTiles } from './tiles.ts'
import { renderTimeline } from './timeline.ts'
import { renderTraces } from './traces.ts'

/**
 * One run as a page that needs nothing beside itself. Without the records, what is drawn of them is
 * missing, and the page says so.
 */
export function renderHtml(results: Results, records?: Records): string {
  const { spec, verdict, tool } = results
  return renderShell({
    status: verdict.status,
    title: spec.name,
    banner: renderBanner(results),
    sections: listSections(results, records),
    footer: markup`Written by ${tool.name} ${tool.version}. Times are from the dispatch of a request; percentiles are nearest rank. Warm-up counts nowhere but in the timeline.`,
    script,
  })
}

function listSections(results: Results, records: Records | undefined): Section[] {
  const missing = markup`<p>The records of the requests were not at hand when this page was made: keep requests.ndjson.gz beside results.json.</p>`
  const drawn = (draw: (records: Records) => Markup): Markup =>
    records === undefined ? missing : draw(records)
  const server = renderServer(results)
  const baseline = renderBaseline(results)
  const stages = renderStages(results)
  const kinds = renderKinds(results)
  const traces = renderTraces(results)
  return [
    { id: 'diagnostics', title: 'Self-checks', content: renderDiagnostics(results) },
    { id: 'slos', title: 'SLOs', content: renderSlos(results) },
    { id: 'figures', title: 'Figures', content: renderTiles(results) },
    ...(kinds === undefined ? [] : [{ id: 'kinds', title: 'Kinds of request', content: kinds }]),
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
    ...(traces === undefined ? [] : [{ id: 'traces', title: 'Traces', content: traces }]),
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
