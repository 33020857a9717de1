import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'

import { renderIssues, SpecError } from '../../src/bench-spec/issue.ts'
import { prepare } from '../../src/bench-spec/template.ts'
import { listNotices } from '../../src/run/bench.ts'
import { checkSpec, loadSpec, type CheckedSpec } from '../../src/run/checked-spec.ts'
import { Finding, type Fuzzer, tell } from './fuzzer.ts'
import { mutateText, mutateValue } from './mutation.ts'

const words = [
  'url: ',
  'slo:\n  - ',
  'ttft p95 <= 800ms',
  'success_rate >= 99%',
  'requests: 100',
  'concurrency: ',
  'warmup: ',
  'mock: {}',
  'data_source: { type: csv, file: prompts.csv }',
  'data_source: { type: synthetic, input_tokens: 40 }',
  'input_tokens: { dist: gamma, mean: 40, cv: 2 }',
  'output_tokens: { quantiles: { p50: 9 } }',
  '{ mixture: [',
  'rows: ',
  'shared_prefix: ',
  'stream_format: ',
  'timeouts: { ttft: ',
  '&a ',
  '*a',
  '<<: *a',
  '!!binary ',
  '!!int ',
  '? ',
  '- ',
  ': ',
  '{',
  '}',
  '[',
  ']',
  '|\n',
  '>\n',
  '---\n',
  '%YAML 1.1\n',
  '"',
  "'",
  '#',
  '{{content}}',
  '{{',
  '${HOME}',
  '${KEY:-x}',
  '${',
  '.inf',
  '.nan',
  '1e400',
  '0x7f',
  '99999999999999999999',
  '-1',
  '0',
  '1_000',
  '\t',
  '\u00a0',
  'null',
  '~',
  '__proto__: 1',
  'constructor: {}',
  '1d',
  '9'.repeat(400),
  '['.repeat(200),
]

const env = { HOME: '/home/somebody', KEY: 'sk-0123456789abcdef' }

/** Specs of this repository, spoilt as text and as values. */
export const specs: Fuzzer = {
  name: 'specs',
  purpose: 'spoilt specs: one that can be sent, or errors that say where and what, and no secret',
  cases: 20_000,
  slice: 60,
  start() {
    const folder = mkdtempSync(join(tmpdir(), 'slogate-fuzz-'))
    const sources = listSources()
    for (const name of readdirSync(dataFolder)) {
      writeFileSync(join(folder, name), readFileSync(new URL(name, dataFolder)))
    }
    writeFileSync(join(folder, 'prompts.csv'), readFileSync(new URL('prompts.csv', benchFolder)))
    return {
      attempt(chance) {
        const { name, text } = chance.pick(sources)
        if (extname(name) === '.json' && chance.happens(0.5)) {
          const document = mutateValue(JSON.parse(text), chance)
          check(document, () => checkSpec(document, { env, baseDir: folder }), undefined)
          return
        }
        const spoilt = mutateText(text, chance, words)
        const file = `spoilt.bench${extname(name)}`
        writeFileSync(join(folder, file), spoilt)
        check(spoilt, () => loadSpec(file, { env, cwd: folder }), file)
      },
      end() {
        rmSync(folder, { recursive: true })
      },
    }
  },
}

const benchFolder = new URL('../../bench/', import.meta.url)
const dataFolder = new URL('../../fixtures/datasets/', import.meta.url)

function listSources(): { name: string; text: string }[] {
  const folders = [
    benchFolder,
    new URL('../../examples/', import.meta.url),
    new URL('../../fixtures/specs/valid/', import.meta.url),
    new URL('../../fixtures/specs/invalid/', import.meta.url),
  ]
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(ya?ml|jsonc?)$/.test(name))
      .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
      .filter(({ name, text }) => !name.endsWith('.json') || isJson(text)),
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function check(input: unknown, load: () => CheckedSpec, file: string | undefined): void {
  const spec = tell('loading failed', input, () => loadOrRefuse(input, load, file))
  if (spec === undefined) return
  tell('a spec that was accepted cannot be planned', input, () => {
    prepare(spec)
    listNotices(spec)
  })
}

/** The spec; `undefined` where it was refused as it should be. */
function loadOrRefuse(
  input: unknown,
  load: () => CheckedSpec,
  file: string | undefined,
): CheckedSpec | undefined {
  try {
    return load()
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    checkRefusal(error, file, input)
    return undefined
  }
}

function checkRefusal(error: SpecError, file: string | undefined, input: unknown): void {
  const { issues, message } = error
  const shown = renderIssues(error)
  if (issues.length === 0) throw new Finding('a refusal without an issue', input)
  if (`${message}${shown}`.includes(env.KEY)) throw new Finding('a refusal shows a secret', input)
  if (file === undefined) return
  for (const { position, message: words } of issues) {
    if (words.trim() === '') throw new Finding('an issue without words', input)
    if (position !== undefined && !(position.line >= 1 && position.column >= 1)) {
      throw new Finding(`an issue stands at ${JSON.stringify(position)}`, input)
    }
  }
  if (!message.split('\n').every((line) => line.trim() !== '') || !message.startsWith(file)) {
    throw new Finding(`a refusal does not begin with the file: ${message.slice(0, 300)}`, input)
  }
}
