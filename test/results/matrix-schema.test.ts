import { Ajv } from 'ajv'
import { expect, test } from 'vitest'

import type { JsonSchema } from '../../src/bench-spec/json-schema.ts'
import { matrixCellSchema, matrixSchema } from '../../src/results/matrix-schema.ts'
import { listMatrices } from '../../src/results/matrix.ts'
import { settingSchema, sloSchema, summarySchema } from '../../src/results/results-schema.ts'
import { renderInterface } from '../_interface.ts'
import { swept } from '../report/_matrix.ts'

const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
  matrixSchema,
)

test('matrix-document.ts and the published schema are what the schema says', async () => {
  const types = [
    '// Made from matrix-schema.ts by its test: change it there and run `vitest -u`.\n',
    "import type { SettingDocument, SloDocument, SummaryDocument } from './results-document.ts'\n",
    renderInterface('MatrixCellDocument', nameParts(matrixCellSchema)),
    renderInterface('Matrix', nameParts(matrixSchema)),
  ].join('\n')
  await expect(types).toMatchFileSnapshot('../../src/results/matrix-document.ts')
  await expect(`${JSON.stringify(matrixSchema, null, 2)}\n`).toMatchFileSnapshot(
    '../../schema/matrix.schema.json',
  )
})

const named = new Map<JsonSchema, string>([
  [settingSchema, 'SettingDocument'],
  [sloSchema, 'SloDocument'],
  [summarySchema, 'SummaryDocument'],
  [matrixCellSchema, 'MatrixCellDocument'],
])

/** What has a type of its own is named where it is used. */
function nameParts(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema, (_, part: unknown) => {
    const type = part === schema ? undefined : named.get(part as JsonSchema)
    return type === undefined ? part : { type }
  })
  return JSON.parse(text) as JsonSchema
}

test('what the cells of a matrix come to is valid', () => {
  for (const runs of Object.values(swept)) {
    for (const matrix of listMatrices(runs)) {
      validate(matrix)
      expect(validate.errors).toBeNull()
    }
  }
})
