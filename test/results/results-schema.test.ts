import { Ajv } from 'ajv'
import { expect, test } from 'vitest'

import type { JsonSchema } from '../../src/bench-spec/json-schema.ts'
import { calibrationSchema } from '../../src/results/calibration-schema.ts'
import { clientReasonSchema, diagnosticSchema } from '../../src/results/diagnostic-schema.ts'
import {
  differenceSchema,
  dependenceSchema,
  doubtSchema,
  endSchema,
  reasonSchema,
  turnSchema,
  verdictReasonSchema,
} from '../../src/results/reasons-schema.ts'
import {
  cellSchema,
  distributionSchema,
  loadProcessSchema,
  resultsSchema,
  roundSchema,
  roundTimesSchema,
  settingSchema,
  sloSchema,
  stageSchema,
  summarySchema,
  workloadSchema,
} from '../../src/results/results-schema.ts'
import {
  serverFindingSchema,
  serverSchema,
  serverTimeSchema,
} from '../../src/results/server-schema.ts'
import { traceSchema } from '../../src/results/trace-document.ts'
import { renderInterface } from '../_interface.ts'
import { run, runs, slo } from '../report/_runs.ts'

const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
  resultsSchema,
)

test('results-document.ts and the published schema are what the schema says', async () => {
  const parts = Object.entries(named).map(([name, schema]) =>
    renderInterface(name, nameParts(schema)),
  )
  const types = [
    '// Made from results-schema.ts by its test: change it there and run `vitest -u`.\n',
    ...parts,
    renderInterface('Results', nameParts(resultsSchema)),
  ].join('\n')
  await expect(types).toMatchFileSnapshot('../../src/results/results-document.ts')
  await expect(`${JSON.stringify(resultsSchema, null, 2)}\n`).toMatchFileSnapshot(
    '../../schema/results.schema.json',
  )
})

/** Parts of the document that have a type of their own. */
const named: Readonly<Record<string, JsonSchema>> = {
  SettingDocument: settingSchema,
  TraceDocument: traceSchema,
  CellDocument: cellSchema,
  DistributionDocument: distributionSchema,
  DifferenceDocument: differenceSchema,
  ClientReasonDocument: clientReasonSchema,
  ReasonDocument: reasonSchema,
  DependenceDocument: dependenceSchema,
  DoubtDocument: doubtSchema,
  TurnDocument: turnSchema,
  SloDocument: sloSchema,
  VerdictReasonDocument: verdictReasonSchema,
  EndDocument: endSchema,
  SummaryDocument: summarySchema,
  WorkloadDocument: workloadSchema,
  RoundTimesDocument: roundTimesSchema,
  RoundDocument: roundSchema,
  StageDocument: stageSchema,
  DiagnosticDocument: diagnosticSchema,
  ServerTimeDocument: serverTimeSchema,
  ServerFindingDocument: serverFindingSchema,
  ServerDocument: serverSchema,
  CalibrationDocument: calibrationSchema,
  LoadProcessDocument: loadProcessSchema,
}

/** What has a type of its own is named where it is used. */
function nameParts(schema: JsonSchema): JsonSchema {
  const names = new Map(Object.entries(named).map(([name, part]) => [part, name]))
  const text = JSON.stringify(schema, (_, part: unknown) => {
    const type = part === schema ? undefined : names.get(part as JsonSchema)
    return type === undefined ? part : { type }
  })
  return JSON.parse(text) as JsonSchema
}

test.each(Object.entries(runs))('the run "%s" is valid', (_, results) => {
  validate(results)
  expect(validate.errors).toBeNull()
})

test('every key is required and described, and there are no others', () => {
  const walk = (schema: JsonSchema, path: string): string[] => [
    ...(schema.anyOf ?? []).flatMap((branch) => walk(branch, path)),
    ...(schema.items ? walk(schema.items, path) : []),
    ...(schema.type === 'object' && schema.additionalProperties !== false ? [path] : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, property]) => [
      ...(schema.required?.includes(key) && property.description ? [] : [`${path}.${key}`]),
      ...walk(property, `${path}.${key}`),
    ]),
  ]
  expect(walk(resultsSchema, '')).toEqual([])
})

test.each([
  ['a missing key', (results) => ({ ...results, target: undefined })],
  ['an unknown key', (results) => ({ ...results, extra: 1 })],
  ['another version of the layout', (results) => ({ ...results, schema_version: 3 })],
  [
    'NaN as null where a number must stand',
    (results) => ({ ...results, load: { ...results.load, seed: null } }),
  ],
] as [string, (results: typeof runs.pass) => object][])('refuses %s', (_, spoil) => {
  expect(validate(spoil(runs.pass))).toBe(false)
})

test('refuses a status that does not exist', () => {
  const odd = run({ verdict: { slos: [slo({})] } })
  const spoiled = JSON.parse(
    JSON.stringify(odd).replace('"status":"PASS"', '"status":"OK"'),
  ) as unknown
  expect(validate(spoiled)).toBe(false)
})
