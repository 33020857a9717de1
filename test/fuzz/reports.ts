import { readFileSync } from 'node:fs'

import { validateXML } from 'xmllint-wasm'

import type { RequestRecord } from '../../src/engine/record.ts'
import { driveOf, resultsOf } from '../run/_drive.ts'
import type { Chance } from './chance.ts'
import { Finding, type Fuzzer, tell } from './fuzzer.ts'
import { drawObjectives, drawRecords, failureKinds } from './happenings.ts'
import { type Audience, renderAll } from './texts.ts'

/** Found raw in a page or a document, it was not escaped. */
const mark = 'x-owned'

const readSchema = (mode: string): string =>
  readFileSync(new URL(`../../fixtures/expected/junit-${mode}.xsd`, import.meta.url), 'utf8')
const schemas: Readonly<Record<string, string>> = {
  'junit.xml, rich': readSchema('rich'),
  'junit.xml, strict': readSchema('strict'),
}

const tricks = [
  `<${mark}>`,
  `</script><${mark}>`,
  `<!--<${mark}>`,
  `-->`,
  `" ${mark}="`,
  `' ${mark}='`,
  `]]><${mark}>`,
  `&lt;${mark}&gt;`,
  '::error::owned',
  '\n::add-mask::x',
  '\r::stop-commands::t',
  '##[error]owned',
  '##vso[task.complete]',
  '##teamcity[buildStatus]',
  '\u001b[31m',
  '\u001b]8;;https://evil.example\u0007',
  '\u0000',
  '\u0007',
  '\u0085',
  '\u2028::error::owned',
  '\u202e',
  '\u2066',
  '\ufeff',
  '\ufffe',
  '\ud800',
  '\udc00',
  '😀',
  '| a |',
  '`',
  '\\',
  '@everyone',
  '#12',
  '[e](https://evil.example)',
  '[[ATTACHMENT|/etc/passwd]]',
  '$(id)',
  'a'.repeat(3000),
  '{{x}}',
  '%0A::error::owned',
]

/** Hostile texts wherever a target or an author of a spec can put them. */
export const reports: Fuzzer = {
  name: 'reports',
  purpose:
    'hostile texts in every report: nothing leaves its place, no command, no control character',
  cases: 3000,
  slice: 6,
  start: () => ({
    async attempt(chance, number) {
      const draw = (): string =>
        chance.some(1, 5, () => chance.pick(tricks)).join(chance.pick(['', ' ', 'x']))
      const drawn = drawRecords(chance)
      const records = drawn.map((record) => spoil(record, draw, chance))
      const slo = drawObjectives(chance).map((assert) =>
        chance.happens(0.5) ? assert : { assert, why: draw() },
      )
      const crashed = { kind: 'crashed' as const, message: draw() }
      const end = chance.happens(0.8) ? { kind: 'finished' as const } : crashed
      const driven = driveOf(
        { slo, concurrency: 4, requests: Math.max(1, records.length) },
        records,
        { end },
      )
      const spec = { ...driven.spec, name: draw(), file: draw() }
      // A spec is refused that has no column for a placeholder.
      const query = draw().replaceAll('{{', '{')
      const target = { ...spec.target, url: `${spec.target.url}?${query}` }
      const input = { name: spec.name, slo, end, messages: records.flatMap(messageOf) }
      const texts = tell('rendering failed', input, () => {
        const results = resultsOf({ ...driven, spec: { ...spec, target } })
        return renderAll({ results, records })
      })
      for (const [name, audience, text] of texts) checkText(name, audience, text, input)
      if (number % 10 > 0) return
      for (const [name, , contents] of texts.filter(([, audience]) => audience === 'xml')) {
        const schema = schemas[name] ?? ''
        const { valid, rawOutput } = await validateXML({
          xml: { fileName: 'junit.xml', contents },
          schema,
        })
        if (!valid) throw new Finding(`${name} is not as its schema says: ${rawOutput}`, input)
      }
    },
  }),
}

function spoil(record: RequestRecord, draw: () => string, chance: Chance): RequestRecord {
  const dialect = chance.happens(0.1) ? { dialect: draw() } : {}
  const output = chance.happens(0.2) ? { output: draw() } : {}
  const given = { ...record, ...dialect, ...output }
  if (given.outcome !== 'failed') return given
  const kind = chance.pick(failureKinds)
  return { ...given, failure: { kind, message: draw() || 'x' } }
}

function messageOf(record: RequestRecord): string[] {
  return record.outcome === 'failed' ? [record.failure.message] : []
}

const forbidden: Readonly<Record<Audience, RegExp>> = {
  html: /<x-owned|["'] x-owned=["']|<!--/,
  markdown: /<x-owned|^\s*::|##\w*\[|(?![\n\t])\p{Cc}/mu,
  xml: /<x-owned|(?![\n\t\r])\p{Cc}|[\ufffe\uffff]/u,
  terminal: /^\s*::|##\w*\[|(?!\n)\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/mu,
  json: /(?![\n\u007f-\u009f])\p{Cc}/u,
  lines: /(?!\n)\p{Cc}/u,
}

/** Parts of a text in which everything is text: nothing in them is a tag or a quote. */
const plainParts: Readonly<Partial<Record<Audience, RegExp>>> = {
  html: /<script[^>]*>.*?<\/script>/gs,
  xml: /<!\[CDATA\[.*?\]\]>/gs,
}

function checkText(name: string, audience: Audience, text: string, input: object): void {
  const parts = plainParts[audience]
  const tagged = parts === undefined ? text : text.replace(parts, '')
  const found = forbidden[audience].exec(tagged)
  if (found !== null) {
    const around = tagged.slice(Math.max(0, found.index - 80), found.index + 80)
    throw new Finding(`${name} holds ${JSON.stringify(found[0])}: ${JSON.stringify(around)}`, input)
  }
  if (!text.isWellFormed()) throw new Finding(`${name} holds half a character`, input)
  if (audience === 'json') JSON.parse(text)
}
