import { type Markup, markup } from './markup.ts'

/** What lies in the same folder, by name; those that need the records come last. */
const files: Readonly<Record<string, string>> = {
  'results.json': 'everything that was found, for programs',
  'junit.xml': 'a test case per SLO',
  'summary.md': 'the tables in Markdown',
  'requests.ndjson.gz': 'every request with all its instants, one line each',
  'test_results.json': 'a short list of requests',
}

/** Links to the other files of the run. */
export function renderFiles(hasRecords: boolean): Markup {
  const names = Object.keys(files).slice(0, hasRecords ? undefined : 3)
  const items = names.map((name) => markup`<li><a href="${name}">${name}</a> ${files[name]}</li>`)
  return markup`<ul>${items}</ul>`
}
