import { markup } from '../../report/html/markup.ts'
import type { Locale } from '../../report/seed-words.ts'
import type { Limits } from '../parameters.ts'

/** The page that starts a benchmark. */
export function renderForm({
  locale,
  datasets,
  limits,
}: {
  locale: Locale
  datasets: readonly string[]
  limits: Limits
}): string {
  return markup`<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><title>slogate serve</title></head>
<body>
<h1>slogate serve</h1>
<p>POST /v1/benchmark</p>
<ul>${datasets.map((name) => markup`<li>${name}</li>`)}</ul>
<p>${limits.requests}, ${limits.concurrency}</p>
</body>
</html>
`.markup
}
