import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parse as readAsJson } from 'junit2json'
import { parse as readAsResult } from 'test-results-parser'
import { expect, onTestFinished, test } from 'vitest'

import { renderJunit } from '../../src/report/junit.ts'
import type { Results } from '../../src/results/results.ts'
import { run, runs, slo, undecided, warned } from './_runs.ts'

/** One SLO of each kind, under ids that show in the order of the file. */
const every = run({
  verdict: {
    status: 'FAIL',
    passed: false,
    exit_code: 1,
    slos: [
      slo({ id: 'pass', line: 3 }),
      slo({ id: 'fail', line: 4, status: 'FAIL' }),
      slo({
        id: 'error',
        line: 5,
        status: 'ERROR',
        method: 'none',
        observed: null,
        reason: { kind: 'no-value', target: 'candidate' },
      }),
      { ...undecided, id: 'undecided', line: 6 },
      { ...warned, id: 'warned', line: 7 },
    ],
  },
})

interface ReadCase {
  name: string
  status: string
  message: string | undefined
}

type Reader = (results: readonly Results[], mode: 'rich' | 'strict') => Promise<ReadCase[]>

/** By xml2js, as the action dorny/test-reporter reads. */
const junit2json: Reader = async (results, mode) => {
  const suites = await readAsJson(renderJunit(results, { mode }))
  if (suites === undefined || suites === null || !('testsuite' in suites))
    throw new Error('no suites')
  return (suites.testsuite ?? []).flatMap(({ testcase = [] }) =>
    testcase.map(({ name = '', failure, error, skipped }) => {
      const [problem] = failure ?? error ?? []
      const status = failure ? 'failure' : error ? 'error' : skipped ? 'skipped' : 'passed'
      return { name, status, message: problem?.message ?? skipped?.[0]?.message }
    }),
  )
}

/** By fast-xml-parser; it counts errors as failures. */
const testResultsParser: Reader = async (results, mode) => {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'junit.xml')
  writeFileSync(file, renderJunit(results, { mode }))
  const { suites } = readAsResult({ type: 'junit', files: [file] })
  return suites.flatMap(({ cases }) =>
    cases.map(({ name, status, failure }) => ({ name, status, message: failure || undefined })),
  )
}

const modes = ['rich', 'strict'] as const

test.each(modes)('junit2json reads every kind of outcome as it is meant: %s', async (mode) => {
  expect(await junit2json([every], mode)).toEqual([
    { name: 'pass', status: 'passed', message: undefined },
    {
      name: 'fail',
      status: 'failure',
      message: expect.stringMatching(/^ttft p95 <= 800ms: ttft p95 is /),
    },
    {
      name: 'error',
      status: 'error',
      message: 'ttft p95 <= 800ms: No ttft: no request gave a value.',
    },
    {
      name: 'undecided',
      status: 'skipped',
      message: expect.stringContaining('latency p99 <= 5s: '),
    },
    { name: 'warned', status: 'passed', message: undefined },
  ])
})

test.each(modes)(
  'test-results-parser reads every kind of outcome as it is meant: %s',
  async (mode) => {
    expect(await testResultsParser([every], mode)).toEqual([
      { name: 'pass', status: 'PASS', message: undefined },
      {
        name: 'fail',
        status: 'FAIL',
        message: expect.stringMatching(/^ttft p95 <= 800ms: ttft p95 is /),
      },
      {
        name: 'error',
        status: 'FAIL',
        message: 'ttft p95 <= 800ms: No ttft: no request gave a value.',
      },
      { name: 'undecided', status: 'SKIP', message: undefined },
      { name: 'warned', status: 'PASS', message: undefined },
    ])
  },
)

test('a miss at level warn is passed, and its properties say so in either mode', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const mode of modes) {
    writeFileSync(join(folder, `${mode}.xml`), renderJunit([every], { mode }))
    const { suites } = readAsResult({ type: 'junit', files: [join(folder, `${mode}.xml`)] })
    expect(suites[0]?.cases[4]?.metadata).toMatchObject({
      status: 'FAIL',
      level: 'warn',
      id: 'warned',
    })
  }
})

test('a case is placed on its line of the spec, by attributes that readers of annotations look at', async () => {
  const xml = renderJunit([every], { mode: 'rich' })
  const places = [...xml.matchAll(/<testcase line="(\d+)" [^\n]*? file="([^"]*)"/g)]
  expect(places.map(([, line, file]) => `${file}:${line}`)).toEqual(
    [3, 4, 5, 6, 7].map((line) => `bench/chat.bench.yaml:${line}`),
  )
  expect(renderJunit([every], { mode: 'strict' })).not.toMatch(/ line="/)
  const nowhere = { ...every, spec: { ...every.spec, file: null } }
  expect(renderJunit([nowhere], { mode: 'rich' })).not.toMatch(/ line="/)
})

test.each([
  ['junit2json', junit2json],
  ['test-results-parser', testResultsParser],
] as const)('%s finds every case of every run under a name of its own', async (_, read) => {
  const results: readonly Results[] = Object.values(runs)
  const cases = results.reduce((sum, { verdict }) => sum + Math.max(1, verdict.slos.length), 0)
  for (const mode of modes) {
    const names = (await read(results, mode)).map(({ name }) => name)
    expect(names).toHaveLength(cases)
    for (const each of results) {
      const own = (await read([each], mode)).map(({ name }) => name)
      expect(new Set(own).size).toBe(own.length)
      expect(own).toEqual(
        (await read([{ ...each, started_at: '2026-02-01T00:00:00Z' }], mode)).map(
          ({ name }) => name,
        ),
      )
    }
  }
})
