import { type Content, markup } from '../../report/html/markup.ts'
import type { Locale } from '../../report/seed-words.ts'
import { pageWords } from './words.ts'

interface PageParts {
  locale: Locale
  title: string
  /** Where the page is, for the link to its other language. */
  path: string
  /** Name of a script below `/assets/`. */
  script?: string
  content: Content
}

/** A page of the server: everything that it loads comes from there. */
export function renderPage({ locale, title, path, script, content }: PageParts): string {
  const words = pageWords[locale]
  const other: Locale = locale === 'zh' ? 'en' : 'zh'
  const loaded = script && markup`<script src="/assets/${script}" defer></script>\n`
  return markup`<!doctype html>
<html lang="${locale === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/page.css">
${loaded}</head>
<body>
<div class="page">
<header class="head"><p><a href="/tps-test.html?lang=${locale}">slogate</a></p><p><a href="${path}?lang=${other}" hreflang="${other}" lang="${other === 'zh' ? 'zh-CN' : 'en'}">${words.other}</a></p></header>
<main>
${content}
</main>
</div>
</body>
</html>
`.markup
}
