import { readFileSync } from 'node:fs'

import { Ajv } from 'ajv'
import { expect, test } from 'vitest'

import { renderEditorSchema } from '../../src/bench-spec/editor-schema.ts'
import type { JsonSchema } from '../../src/bench-spec/json-schema.ts'
import { benchSchema } from '../../src/bench-spec/schema.ts'
import { recordingSchema } from '../../src/results/recordings-schema.ts'
import { requestSchema } from '../../src/results/requests-schema.ts'
import { resultsSchema } from '../../src/results/results-schema.ts'
import { renderInterface } from '../_interface.ts'

test('document.ts, the published schema and the table of keys are what the schema says', async () => {
  const header = '// Made from schema.ts by its test: change it there and run `vitest -u`.\n\n'
  const type = renderInterface('BenchDocument', benchSchema)
  await expect(header + type).toMatchFileSnapshot('../../src/bench-spec/bench-document.ts')
  await expect(renderEditorSchema()).toMatchFileSnapshot('../../schema/bench.schema.json')
  const page = readFileSync(new URL('../../docs/spec-format.md', import.meta.url), 'utf8')
  const table = renderTable(benchSchema).join('\n')
  const fresh = page.replace(/(<!-- keys -->\n)[^]*(\n<!-- end of keys -->)/, `$1${table}$2`)
  expect(fresh).toContain(table)
  await expect(fresh).toMatchFileSnapshot('../../docs/spec-format.md')
})

test('the schemas are ones of draft-07', () => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true })
  for (const schema of [benchSchema, resultsSchema, requestSchema, recordingSchema]) {
    expect(ajv.validateSchema(schema)).toBe(true)
  }
})

test('every key of the schema has a description and examples', () => {
  const poor = listKeys(benchSchema, '').filter(
    ({ schema }) => schema.description === undefined || schema.examples === undefined,
  )
  expect(poor.map(({ key }) => key)).toEqual([])
})

interface Key {
  key: string
  schema: JsonSchema
}

function listKeys(schema: JsonSchema, prefix: string): Key[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    { key: prefix + name, schema: property },
    ...listKeys(property, `${prefix}${name}.`),
  ])
  const branches = (schema.anyOf ?? []).flatMap((branch) => listKeys(branch, prefix))
  const items = schema.items ? listKeys(schema.items, prefix.replace(/\.$/, '[].')) : []
  return [...own, ...branches, ...items]
}

function renderTable(schema: JsonSchema): string[] {
  // What a kind of a mix may have of its own is described where the document has it.
  const keys = listKeys(schema, '').filter(({ key }) => !/^mix\[\]\.\w+[.[]/.test(key))
  const rows = keys.map(({ key, schema: { description, default: preset, examples } }) =>
    [
      `\`${key}\``,
      preset === undefined ? '' : `\`${JSON.stringify(preset)}\``,
      (description ?? '').replaceAll('|', '\\|'),
      `\`${JSON.stringify(examples?.[0])}\``,
    ].join(' | '),
  )
  return [
    '| key | default | meaning | example |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ]
}
