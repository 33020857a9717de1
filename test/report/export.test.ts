import { Ajv } from 'ajv'
import { validate } from 'ctrf'
import { expect, test } from 'vitest'

import { renderBencher } from '../../src/report/export/bencher.ts'
import { renderCtrf } from '../../src/report/export/ctrf.ts'
import { renderBenchmark } from '../../src/report/export/github-action-benchmark.ts'
import { renderOpenMetrics } from '../../src/report/export/open-metrics.ts'
import { renderPrometheus } from '../../src/report/export/prometheus-text.ts'
import type { Results } from '../../src/results/results.ts'
import { parseExposition } from '../mock/exposition.ts'
import { parseOpenMetrics } from './_open-metrics.ts'
import { hostile, run, runs, slo } from './_runs.ts'

const all: readonly Results[] = Object.values(runs)

interface Bench {
  name: string
  value: number
  unit: string
  range?: string
  extra?: string
}

/** As the action takes an entry: what is no number becomes one, `null` for example 0. */
function extractBenches(text: string): Bench[] {
  return (JSON.parse(text) as Record<string, unknown>[]).map((entry) => {
    const { name, value, unit, range, extra } = entry
    for (const word of [name, unit])
      if (typeof word !== 'string') throw new Error(`no text: ${String(word)}`)
    if (value === null || !Number.isFinite(Number(value)))
      throw new Error(`no number: ${String(value)}`)
    if (
      Object.keys(entry).some((key) => !['name', 'value', 'unit', 'range', 'extra'].includes(key))
    )
      throw new Error(`unknown key in ${JSON.stringify(entry)}`)
    return { name, value: Number(value), unit, range, extra } as Bench
  })
}

const directions = ['smaller', 'bigger'] as const

test('github-action-benchmark: times in one file, rates in the other', () => {
  const [smaller, bigger] = directions.map((better) =>
    extractBenches(renderBenchmark([runs.pass], better)),
  )
  expect(smaller?.find(({ name }) => name === 'chat/ttft p95 <= 800ms')).toEqual({
    name: 'chat/ttft p95 <= 800ms',
    value: 640.1234,
    unit: 'ms',
    extra: 'n: 300\nlimits: 611ms to 700ms',
  })
  expect(smaller?.find(({ name }) => name === 'chat/latency p50')).toMatchObject({
    value: 2210,
    unit: 'ms',
  })
  expect(bigger).toContainEqual({
    name: 'chat/success_rate',
    value: 99.3333,
    unit: '%',
    extra: 'n: 300',
  })
  expect(bigger?.find(({ name }) => name === 'chat/output_tokens_per_second')?.unit).toBe(
    'tokens/s',
  )
  expect(bigger?.every(({ unit }) => unit !== 'ms')).toBe(true)
})

test('github-action-benchmark: a floor under a time is better when bigger', () => {
  const floor = run({ verdict: { slos: [slo({ id: 'slow enough', op: '>=' })] } })
  const names = (better: 'smaller' | 'bigger'): string[] =>
    extractBenches(renderBenchmark([floor], better)).map(({ name }) => name)
  expect(names('bigger')).toContain('chat/slow enough')
  expect(names('smaller')).not.toContain('chat/slow enough')
})

function namesOf(results: readonly Results[]): string[] {
  return directions.flatMap((better) =>
    extractBenches(renderBenchmark(results, better)).map(({ name }) => name),
  )
}

test('every name is there once, and the same from run to run', () => {
  const names = namesOf([...all, ...all])
  expect(new Set(names).size).toBe(names.length)
  const later = run({ summary: { requests_per_second: 99 }, started_at: '2027-01-01T00:00:00Z' })
  expect(namesOf([later])).toEqual(namesOf([runs.pass]))
  // An SLO may be called like a figure that every run has.
  const called = run({ verdict: { slos: [slo({ id: 'ttft p95' })] } })
  expect(new Set(namesOf([called])).size).toBe(namesOf([called]).length)
})

/** https://bencher.dev/bmf.json, with the lengths of its documentation; nothing else is allowed here. */
const bencherSchema = {
  type: 'object',
  propertyNames: { minLength: 1, maxLength: 1024 },
  additionalProperties: {
    type: 'object',
    propertyNames: { maxLength: 64, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' },
    additionalProperties: {
      type: 'object',
      properties: {
        value: { type: 'number' },
        lower_value: { type: 'number' },
        upper_value: { type: 'number' },
      },
      required: ['value'],
      additionalProperties: false,
    },
  },
}

test('Bencher: a benchmark per run and per SLO, a measure per figure and unit', () => {
  const report = JSON.parse(renderBencher(all))
  const ajv = new Ajv()
  expect(ajv.validate(bencherSchema, report), ajv.errorsText()).toBe(true)
  const one = JSON.parse(renderBencher([runs.pass]))
  expect(one['chat/ttft p95 <= 800ms']).toEqual({
    'ttft-p95-ms': { value: 640.1234, lower_value: 610.5, upper_value: 700.25 },
  })
  expect(one.chat).toMatchObject({
    'ttft-p95-ms': { value: 639 },
    'chunk-gap-p50-ms': { value: 30.25 },
    'success-rate': { value: 0.993333 },
    'requests-per-second': { value: 11.6089 },
  })
  const long = run({ spec: { name: 'x'.repeat(2000), file: null, sha256: null } })
  expect(ajv.validate(bencherSchema, JSON.parse(renderBencher([long])))).toBe(true)
})

test('OpenMetrics: base units, states, and a strict reader accepts all of it', () => {
  for (const each of [...all.map((one) => [one]), all, []])
    parseOpenMetrics(renderOpenMetrics(each))
  const families = parseOpenMetrics(renderOpenMetrics([runs.fail]))
  const value = (family: string, series: string): number | undefined =>
    families.get(family)?.series.get(series)
  expect(families.get('slogate_ttft_seconds')).toMatchObject({ type: 'gauge', unit: 'seconds' })
  expect(value('slogate_ttft_seconds', 'slogate_ttft_seconds{spec="chat",stat="p50"}')).toBe(0.355)
  expect(
    value(
      'slogate_slo_ttft_seconds',
      'slogate_slo_ttft_seconds{spec="chat",slo="ttft p95 <= 800ms",stat="p95"}',
    ),
  ).toBe(0.912)
  expect(value('slogate_success_rate_ratio', 'slogate_success_rate_ratio{spec="chat"}')).toBe(
    0.993333,
  )
  expect(value('slogate_run_passed', 'slogate_run_passed{spec="chat"}')).toBe(0)
  expect(
    value(
      'slogate_slo_status',
      'slogate_slo_status{spec="chat",slo="latency p99 <= 5s",level="error",slogate_slo_status="INCONCLUSIVE"}',
    ),
  ).toBe(1)
})

test('OpenMetrics: what failed requests fill is infinite', () => {
  const text = renderOpenMetrics([runs.infinite])
  expect(text).toContain(
    'slogate_slo_ttft_seconds{spec="chat",slo="ttft p95 <= 800ms",stat="p95"} +Inf',
  )
  parseOpenMetrics(text)
})

const seriesOf = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

test('Prometheus: the series of the OpenMetrics file, in types that every reader knows', () => {
  for (const each of [...all.map((one) => [one]), all]) {
    const text = renderPrometheus(each)
    const types = [...parseExposition(text).values()].map(({ type }) => type)
    expect(new Set(types)).toEqual(new Set(['gauge']))
    expect(seriesOf(text)).toEqual(seriesOf(renderOpenMetrics(each)))
  }
  const families = parseExposition(renderPrometheus([runs.infinite]))
  expect(families.get('slogate_run_info')?.series.size).toBe(1)
  expect(
    families
      .get('slogate_slo_ttft_seconds')
      ?.series.get('slogate_slo_ttft_seconds{spec="chat",slo="ttft p95 <= 800ms",stat="p95"}'),
  ).toBe(Infinity)
  expect(renderPrometheus([])).toBe('')
})

test.each([
  ['no end', (text: string) => text.replace('# EOF\n', '')],
  ['text after the end', (text: string) => `${text}x 1\n`],
  [
    'a unit that is not in the name',
    (text: string) =>
      text.replace('# UNIT slogate_ttft_seconds seconds', '# UNIT slogate_ttft_seconds ms'),
  ],
  ['a series twice', (text: string) => text.replace(/^(slogate_run_passed.*)$/m, '$1\n$1')],
  [
    'two states at once',
    (text: string) => text.replace('slogate_run_status="FAIL"} 0', 'slogate_run_status="FAIL"} 1'),
  ],
  ['a bare quote', (text: string) => text.replace('spec="chat"', 'spec="ch"at"')],
])('the reader of OpenMetrics refuses %s', (_, spoil) => {
  const text = renderOpenMetrics([runs.pass])
  parseOpenMetrics(text)
  expect(() => parseOpenMetrics(spoil(text))).toThrow()
})

test('CTRF: keeps to the schema of its own package in every state', () => {
  for (const each of [...all.map((one) => [one]), all]) {
    const report = JSON.parse(renderCtrf(each))
    expect(validate(report)).toMatchObject({ valid: true })
    const { summary, tests } = report.results
    expect(summary.tests).toBe(tests.length)
    expect(summary.passed + summary.failed + summary.other).toBe(tests.length)
  }
  const report = JSON.parse(renderCtrf([runs.pass]))
  delete report.results.summary.other
  expect(validate(report).valid).toBe(false)
})

function statusesOf(results: Results): string[] {
  return JSON.parse(renderCtrf([results])).results.tests.map(
    ({ status, rawStatus }: { status: string; rawStatus: string }) => `${rawStatus} ${status}`,
  )
}

test('CTRF: undecided is other, unless the policy blocks it', () => {
  // Of level warn: a miss is passed.
  expect(statusesOf(runs.fail)).toEqual([
    'PASS passed',
    'FAIL passed',
    'INCONCLUSIVE other',
    'FAIL failed',
  ])
  expect(statusesOf(runs.inconclusive)).toEqual(['PASS passed', 'INCONCLUSIVE failed'])
  expect(statusesOf(runs.noData)).toEqual(['ERROR failed'])
  const [test] = JSON.parse(renderCtrf([runs.pass])).results.tests
  expect(test).toMatchObject({
    name: 'ttft p95 <= 800ms',
    suite: ['chat'],
    filePath: 'bench/chat.bench.yaml',
    line: 7,
    start: Date.parse('2026-01-15T10:30:00.000Z'),
    stop: Date.parse('2026-01-15T10:30:27.000Z'),
  })
})

test('CTRF: no message begins with the name that readers show before it', () => {
  for (const each of all) {
    const { tests } = JSON.parse(renderCtrf([each])).results
    for (const { name, message } of tests) {
      if (message !== undefined) expect(message.startsWith(name)).toBe(false)
    }
  }
  const named = runs.fail.verdict.slos.map((slo) => ({ ...slo, id: 'a name' }))
  const { tests } = JSON.parse(
    renderCtrf([{ ...runs.fail, verdict: { ...runs.fail.verdict, slos: named } }]),
  ).results
  expect(tests.at(-1).message).toMatch(/^\S+ .*[<>]=? \S+: /)
})

test.each(['noData', 'interrupted'] as const)('a run that was %s exports no figures', (name) => {
  for (const better of directions) {
    const names = extractBenches(renderBenchmark([runs[name]], better)).map((each) => each.name)
    // That not one request was answered is a figure.
    expect(names).toEqual(name === 'noData' && better === 'bigger' ? ['chat/success_rate'] : [])
  }
  const text = renderOpenMetrics([runs[name]])
  expect(text).not.toContain('_seconds')
  expect(text).toContain('slogate_run_status="ERROR"} 1')
  expect(text).not.toMatch(/NaN|null|undefined/)
  expect(Object.keys(JSON.parse(renderBencher([runs[name]])))).toHaveLength(
    name === 'noData' ? 1 : 0,
  )
})

test('whatever a spec or a target wrote stays text', () => {
  const texts = [
    ...directions.map((better) => renderBenchmark([runs.hostile], better)),
    renderBencher([runs.hostile]),
    renderOpenMetrics([runs.hostile]),
    renderPrometheus([runs.hostile]),
    renderCtrf([runs.hostile]),
  ]
  for (const text of texts) {
    expect(text).not.toMatch(/(?!\n)\p{Cc}|\u202e|\\u001b/u)
    expect(text).not.toMatch(/^\s*::/m)
    expect(text).not.toMatch(/##\w*\[/)
  }
  expect(hostile).toContain('\u001b')
})
