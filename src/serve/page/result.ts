import { markup } from '../../report/html/markup.ts'
import type { Locale } from '../../report/seed-words.ts'
import type { StoredRun } from '../stored-run.ts'

/** The page of a benchmark that has ended. */
export function renderResult({ document }: StoredRun, locale: Locale): string {
  const figures = Object.entries({ ...document.metrics, ...document.percentiles })
  return markup`<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><title>${document.id}</title></head>
<body>
<h1>${document.id}: ${document.status}</h1>
<dl>${figures.map(([name, value]) => markup`<dt>${name}</dt><dd>${value ?? '–'}</dd>`)}</dl>
<p><a href="/tps-test.html">/tps-test.html</a> <a href="/reports/${document.id}/report.html">report.html</a></p>
</body>
</html>
`.markup
}
