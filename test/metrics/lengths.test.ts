import { describe, expect, test } from 'vitest'

import type { Dataset } from '../../src/bench-spec/spec.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { type Gauge, type Gauging, readGauge } from '../../src/metrics/gauge.ts'
import { diagnoseLengths } from '../../src/metrics/length-diagnostics.ts'
import { compareLengths, type Lengths } from '../../src/metrics/lengths.ts'
import { cancelled, completed, failed, times } from './records.ts'

function gauging(words: number, promptTokens?: number): Gauging {
  const record = completed({ index: 0 })
  return { words, record: promptTokens === undefined ? record : { ...record, promptTokens } }
}

describe('two prompts', () => {
  test('tell how many tokens a word is, and what stands around it', () => {
    // 12 tokens of template, and 1.3 for each word.
    expect(readGauge(gauging(10, 25), gauging(410, 545))).toEqual({
      kind: 'told',
      rate: { tokensPerWord: 1.3, overhead: 12 },
    })
  })

  test('tell of no template below nothing', () => {
    const gauge = readGauge(gauging(10, 9), gauging(410, 409))
    expect(gauge).toEqual({ kind: 'told', rate: { tokensPerWord: 1, overhead: 0 } })
  })

  const long = gauging(400, 500)
  test.each<[string, Gauging, Gauging, object]>([
    ['one failed', { words: 8, record: failed() }, long, { kind: 'failed', message: 'busy' }],
    ['one was broken off', { words: 8, record: cancelled() }, long, { kind: 'unsent' }],
    ['one was not sent', { words: 8, record: undefined }, long, { kind: 'unsent' }],
    ['one told no usage', gauging(8), long, { kind: 'untold' }],
    ['more words are no more tokens', gauging(8, 500), long, { kind: 'unrelated' }],
    ['fewer words are more tokens', gauging(8, 600), long, { kind: 'unrelated' }],
    ['a word is hundreds of tokens', gauging(8, 5), gauging(9, 500), { kind: 'unrelated' }],
  ])('tell nothing where %s: each word is taken for a token', (_, first, second, cause) => {
    expect(readGauge(first, second)).toEqual({
      kind: 'assumed',
      rate: { tokensPerWord: 1, overhead: 0 },
      cause,
    })
  })
})

const told: Gauge = { kind: 'told', rate: { tokensPerWord: 1.3, overhead: 12 } }

/** Ten rows that ask for 100, 200 … 1000 tokens, and for answers of 20. */
const dataset: Dataset = {
  source: 'synthetic',
  columns: ['prompt', 'input_tokens', 'output_tokens'],
  rows: times(10, (row) => ({ input_tokens: 100 * (row + 1), output_tokens: 20 })),
}

function answer(row: number, tokens: { prompt?: number; completion?: number }): RequestRecord {
  const { completionTokens: _, ...record } = completed({ index: row })
  return {
    ...record,
    row,
    ...(tokens.prompt === undefined ? {} : { promptTokens: tokens.prompt }),
    ...(tokens.completion === undefined ? {} : { completionTokens: tokens.completion }),
  }
}

function compare(records: readonly RequestRecord[], each = 1): Lengths {
  const findChoices = () => ({ each, all: each })
  return compareLengths(records, dataset, { gauge: told, findChoices })
}

test('lengths are compared request by request, of the measured ones that completed', () => {
  const records = times(10, (row) =>
    answer(row, { prompt: (row + 1) * (row === 9 ? 120 : 101), completion: row === 0 ? 10 : 20 }),
  )
  const others = [
    { ...answer(0, { prompt: 9, completion: 9 }), phase: 'warmup' as const },
    failed({ index: 3 }),
  ]
  expect(compare([...records, ...others])).toEqual({
    gauge: told,
    input: {
      requests: 10,
      told: 10,
      asked: 550,
      got: 574.5,
      errorP50: expect.closeTo(0.01, 9),
      errorP95: expect.closeTo(0.2, 9),
    },
    output: { requests: 10, told: 10, asked: 20, got: 19, errorP50: 0, errorP95: 0.5 },
  })
})

test('of answers that tell only now and then, those are compared', () => {
  const records = [answer(0, { prompt: 110, completion: 20 }), answer(9, {})]
  const { input } = compare(records)
  expect(input).toMatchObject({ requests: 2, told: 1, asked: 100, got: 110 })
})

test('several answers to a prompt may have as many tokens each', () => {
  const records = [answer(0, { prompt: 100, completion: 60 })]
  expect(compare(records, 3).output).toMatchObject({ asked: 60, got: 60 })
})

test('where no answer tells, what was asked stands alone', () => {
  const { input, output } = compare(times(10, (row) => answer(row, {})))
  expect(input).toEqual({ requests: 10, told: 0, asked: 550 })
  expect(output).toEqual({ requests: 10, told: 0, asked: 20 })
  expect(compare([failed()]).input).toEqual({ requests: 0, told: 0, asked: 0 })
})

/** Of one answer that tells so many tokens of its prompt, 100 asked, and of itself, 20 asked. */
function lengthsOf(prompt: number | undefined, completion: number | undefined): Lengths {
  return compare([
    answer(0, {
      ...(prompt === undefined ? {} : { prompt }),
      ...(completion === undefined ? {} : { completion }),
    }),
  ])
}

function assumed(cause: Extract<Gauge, { kind: 'assumed' }>['cause']): Gauge {
  return { kind: 'assumed', rate: { tokensPerWord: 1, overhead: 0 }, cause }
}

describe('a self-check', () => {
  test('says nothing of lengths that are off by a tenth', () => {
    expect(diagnoseLengths(lengthsOf(110, 18))).toEqual([])
    expect(diagnoseLengths(lengthsOf(90, 22))).toEqual([])
  })

  test('says of each side that it is off by more', () => {
    expect(diagnoseLengths(lengthsOf(111, 17))).toEqual([
      { id: 'lengths-missed', level: 'warn', side: 'input', asked: 100, got: 111, requests: 1 },
      { id: 'lengths-missed', level: 'warn', side: 'output', asked: 20, got: 17, requests: 1 },
    ])
  })

  test('says of which side nothing is known', () => {
    expect(diagnoseLengths(lengthsOf(undefined, undefined))).toEqual([
      { id: 'lengths-untold', level: 'warn', sides: ['input', 'output'], requests: 1 },
    ])
    expect(diagnoseLengths(lengthsOf(undefined, 20))).toMatchObject([{ sides: ['input'] }])
    expect(diagnoseLengths(lengthsOf(100, undefined))).toMatchObject([{ sides: ['output'] }])
  })

  test('says that prompts were written by an assumption, once', () => {
    const failing = assumed({ kind: 'failed', message: 'HTTP 503: busy' })
    expect(diagnoseLengths({ ...lengthsOf(100, 20), gauge: failing })).toEqual([
      { id: 'lengths-not-gauged', level: 'warn', cause: 'failed', failure: 'HTTP 503: busy' },
    ])
    const untold = assumed({ kind: 'untold' })
    expect(diagnoseLengths({ ...lengthsOf(undefined, 20), gauge: untold })).toMatchObject([
      { id: 'lengths-untold' },
    ])
    expect(diagnoseLengths({ ...lengthsOf(100, 20), gauge: untold })).toMatchObject([
      { id: 'lengths-not-gauged', cause: 'untold' },
    ])
  })
})
