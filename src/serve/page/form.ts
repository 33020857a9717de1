import { type Content, type Markup, markup, trust } from '../../report/html/markup.ts'
import type { Locale } from '../../report/seed-words.ts'
import type { Limits } from '../parameters.ts'
import { renderPage } from './layout.ts'
import { pageWords } from './words.ts'

/** Servers and the ports that they listen on unless told otherwise. */
const backends: readonly [name: string, port: number][] = [
  ['vLLM', 8000],
  ['SGLang', 30_000],
  ['Ollama', 11_434],
]

interface Field {
  /** The parameter, also the id of the input. */
  name: string
  label: string
  hint?: string
  /** Attributes of the input, which are our own. */
  input: Markup
  after?: Content
}

/** The page that starts a benchmark, follows it and leads to its result. */
export function renderForm({
  locale,
  datasets,
  limits,
}: {
  locale: Locale
  datasets: readonly string[]
  limits: Limits
}): string {
  const words = pageWords[locale]
  const options = datasets.map((name) => markup`<option value="${name}">${name}</option>`)
  const ports = backends.map(
    ([name, port]) => markup`<option value="${port}">${name} (${port})</option>`,
  )
  const content = markup`<section class="hero"><h1>${words.form}</h1><p>${words.intro}</p></section>
<noscript><p class="alert">${words.needsScript}</p></noscript>
<form id="form" class="card" novalidate>
<div class="field"><label for="backend">${words.backend}</label><select id="backend">${ports}<option value="">${words.custom}</option></select></div>
${renderField({
  name: 'api_url',
  label: words.apiUrl,
  hint: words.apiUrlHint,
  input: markup`<input id="api_url" name="api_url" type="url" required spellcheck="false" autocomplete="off" value="http://127.0.0.1:8000/v1"`,
})}
${renderField({
  name: 'model',
  label: words.model,
  hint: words.modelHint,
  input: markup`<input id="model" name="model" required spellcheck="false" autocomplete="off" list="models"`,
  after: markup`<datalist id="models"></datalist><button type="button" id="list-models">${words.listModels}</button>`,
})}
${renderField({ name: 'parallel', label: words.parallel, hint: words.atMost(limits.concurrency), input: countInput('parallel', Math.min(3, limits.concurrency), 1, limits.concurrency) })}
${renderField({ name: 'number', label: words.number, hint: words.atMost(limits.requests), input: countInput('number', Math.min(100, limits.requests), 1, limits.requests) })}
${renderField({ name: 'min-tokens', label: words.minTokens, hint: words.minTokensHint, input: countInput('min-tokens', 50, 0, 1_000_000) })}
${renderField({ name: 'max-tokens', label: words.maxTokens, input: countInput('max-tokens', 100, 1, 1_000_000) })}
<div class="field"><label for="datasets">${words.datasets}</label><select id="datasets" name="datasets" aria-describedby="datasets-note">${options}</select><p class="note" id="datasets-note"><span class="problem" id="datasets-problem"></span></p></div>
${renderField({
  name: 'api_key',
  label: words.apiKey,
  hint: words.apiKeyHint,
  input: markup`<input id="api_key" name="api_key" type="password" autocomplete="off" spellcheck="false"`,
})}
<p class="alert" id="remote" hidden>${words.remote}</p>
<p class="alert" id="problem" role="alert" hidden></p>
<div class="actions"><button id="start" class="main">${words.start}</button></div>
</form>
<section id="running" class="card" aria-label="${words.progress}" hidden>
<h2>${words.progress}</h2>
<progress id="bar" max="1" value="0" aria-label="${words.progress}"></progress>
<div role="status"><p id="done"></p></div><p id="pace"></p><p id="times"></p>
<div class="actions"><button type="button" id="cancel">${words.cancel}</button></div>
</section>
<section class="card" aria-labelledby="earlier-title"><h2 id="earlier-title">${words.earlier}</h2><ul id="earlier" class="runs"><li class="soft">${words.noRuns}</li></ul></section>
<script type="application/json" id="words">${trust(embed({ ...words.script, result: words.result, statuses: words.statuses }))}</script>`
  return renderPage({
    locale,
    title: `${words.form} – slogate`,
    path: '/tps-test.html',
    script: 'form.js',
    content,
  })
}

function countInput(name: string, value: number, least: number, most: number): Markup {
  return markup`<input id="${name}" name="${name}" type="number" inputmode="numeric" required min="${least}" max="${most}" value="${value}"`
}

/** With a place for what is wrong with it. */
function renderField({ name, label, hint = '', input, after }: Field): Markup {
  return markup`<div class="field"><label for="${name}">${label}</label><div class="row">${input} aria-describedby="${name}-note">${after}</div><p class="note" id="${name}-note">${hint} <span class="problem" id="${name}-problem"></span></p></div>`
}

/** JSON in a script element, which nothing in it can end. */
function embed(value: object): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}
