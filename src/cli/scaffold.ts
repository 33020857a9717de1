import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { attempt, makeFolder } from '../run/output-file.ts'
import { type TemplateName, templates } from './templates.ts'

export interface ScaffoldOptions {
  template: TemplateName
  /** Of the spec. */
  name: string
  /** Of the target; `undefined`: that of the template, for which the mock stands in. */
  url?: string | undefined
  model?: string | undefined
  workflow: boolean
}

/** A file of a project. */
export interface ScaffoldFile {
  /** Relative. */
  path: string
  content: string
}

/** What became of a file: `kept`: there was one. */
export interface Scaffolded {
  path: string
  outcome: 'written' | 'kept'
}

/** Different questions, so that no cache answers for the model. */
const prompts: readonly string[] = [
  'Name three rivers.',
  'What is a prime number?',
  'Describe the smell of rain.',
  'Give two uses of a paper clip.',
  'Why is the sky blue?',
  '用一句话介绍杭州。',
  '什么是递归？',
  '列举三种水果。',
]

const configName = 'vitest.config.mts'

const config = `import slogate from 'slogate/vitest'
import { defineConfig } from 'vitest/config'

// Files named *.bench.yaml are run by \`npx vitest bench --run\`.
export default defineConfig({ plugins: [slogate()] })
`

const workflow = `# Runs the specs of bench/ for every pull request: the summary of the job says what holds.
name: slogate
on:
  pull_request:
permissions: {}
jobs:
  bench:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@v7
        with:
          persist-credentials: false
      - uses: actions/setup-node@v7
        with:
          node-version: 24
      - run: npm ci
      # The action of slogate is this command; what else it can: docs/github-action.md of slogate.
      - run: npx slogate github
      - uses: actions/upload-artifact@v7
        if: \${{ !cancelled() }}
        with:
          name: bench-results
          path: .vitest/slogate
          include-hidden-files: true
`

/** The files of a first spec and of what runs it. */
export function listFiles(options: ScaffoldOptions, hasConfig: boolean): ScaffoldFile[] {
  return [
    ...(hasConfig ? [] : [{ path: configName, content: config }]),
    { path: `bench/${options.name}.bench.yaml`, content: writeSpec(options) },
    { path: `bench/${options.name}.csv`, content: `${['prompt', ...prompts].join('\n')}\n` },
    ...(options.workflow ? [{ path: '.github/workflows/slogate.yml', content: workflow }] : []),
  ]
}

function writeSpec({ template: name, name: own, url, model }: ScaffoldOptions): string {
  const template = templates[name]
  const { variable } = template
  const isReal = url !== undefined
  // The mock asks for no key, so that a first run needs none.
  const key =
    variable === undefined
      ? ''
      : isReal
        ? `\${${variable}}`
        : `\${${variable}:-no-key-for-the-mock}`
  const headers = template.headers.map((line) => `  ${line.replace('{key}', key)}`)
  const body = template.body.map(
    (line) => `  ${line.replace('{model}', quote(model ?? template.model ?? ''))}`,
  )
  return [
    '# yaml-language-server: $schema=../node_modules/slogate/schema/bench.schema.json',
    `# ${template.title}. Run it: npx vitest bench --run, or npx slogate run -c bench/${own}.bench.yaml`,
    '# What would be sent, without sending it: npx slogate validate bench/*.bench.yaml',
    '',
    `url: ${quote(url ?? template.url)}`,
    ...(headers.length === 0 ? [] : ['headers:', ...headers]),
    'body:',
    ...body,
    '# Each request takes the next row; {{prompt}} is its column.',
    `data_source: { type: csv, file: ${own}.csv }`,
    '# Rows repeat: a marker at the head of each prompt keeps a cache of the server from knowing it.',
    'cache: bust',
    `stream_format: ${template.format}`,
    '',
    '# How hard: so many requests at a time, each replaced as soon as it has ended.',
    'concurrency: 10',
    'requests: 300',
    '',
    ...(isReal
      ? [
          '# With this line the bundled mock answers in place of the url, without key and network.',
          `# mock: ${template.mock}`,
        ]
      : [
          `# The bundled mock answers in place of the url. Delete this line to send there${variable === undefined ? '' : `; the key comes from ${variable}`}.`,
          `mock: ${template.mock}`,
        ]),
    '',
    '# What must hold: each is a test. A failed request counts as infinitely slow.',
    'slo:',
    '  - success_rate >= 97%',
    '  - ttft p95 <= 1s',
    '  - latency p95 <= 10s',
    '',
  ].join('\n')
}

/** A text of YAML that holds what others chose. */
function quote(text: string): string {
  return /^[\w./:-]+$/.test(text) && !/:$|^[\d.-]+$/.test(text) ? text : JSON.stringify(text)
}

/** Name of the config that vitest would take in a folder; `undefined`: there is none. */
export function findConfig(folder: string): string | undefined {
  const pattern = /^(?:vitest|vite)\.config\.[cm]?[jt]s$/
  return readNames(folder)
    .filter((name) => pattern.test(name))
    .toSorted((a, b) => b.localeCompare(a))
    .find(() => true)
}

/** Whether a file of the folder names a word. */
export function mentions(folder: string, name: string, word: string): boolean {
  try {
    return readFileSync(join(folder, name), 'utf8').includes(word)
  } catch {
    return false
  }
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * Writes the files that are not there yet, and nothing into those that are.
 * @throws {OutputError}
 */
export function writeScaffold(folder: string, files: readonly ScaffoldFile[]): Scaffolded[] {
  return files.map(({ path, content }) => {
    makeFolder(folder, dirname(path))
    return { path, outcome: writeNew(join(folder, path), content) ? 'written' : 'kept' }
  })
}

function writeNew(path: string, content: string): boolean {
  let isNew = true
  attempt(path, () => {
    try {
      writeFileSync(path, content, { flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      isNew = false
    }
  })
  return isNew
}
