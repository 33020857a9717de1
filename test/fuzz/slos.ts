import { isDeepStrictEqual } from 'node:util'

import { parseSlo, type ParsedSlo } from '../../src/bench-spec/slo-grammar.ts'
import { SloSyntaxError } from '../../src/bench-spec/slo-syntax.ts'
import { metricUnits } from '../../src/bench-spec/slo.ts'
import type { Chance } from './chance.ts'
import { Finding, type Fuzzer, tell } from './fuzzer.ts'
import { mutateText } from './mutation.ts'

const stats = ['p95', 'p99.9', 'p50', 'p0.1', 'mean', 'median', 'min', 'max', '', 'p100', 'P95']
const ops = ['<', '<=', '>', '>=', '=', '==', '≤', '≥', '=<']
const units = ['us', 'ms', 's', '%', '/s', 'tok/s', '', 'm', 'MS', 'tok / s']
const numbers = [
  '0',
  '800',
  '.5',
  '0.001',
  '1e3',
  '-1',
  '1,5',
  '١٢',
  '1e309',
  'NaN',
  'Infinity',
  '00012',
  '9'.repeat(30),
]
const words = [
  ...stats,
  ...ops,
  ...units,
  ...numbers,
  'baseline',
  'or',
  ' ',
  '{a=b}',
  '(',
  '∞',
  '+',
]

/** Objectives, as people and accidents write them. */
export const slos: Fuzzer = {
  name: 'slos',
  purpose:
    'texts of SLOs: one that means the same when its own spelling is read, or the word that is wrong',
  cases: 100_000,
  slice: 1500,
  start: () => ({
    attempt(chance) {
      const text = chance.happens(0.4) ? write(chance) : mutateText(write(chance), chance, words, 3)
      tell('reading failed', text, () => check(text))
    },
  }),
}

function write(chance: Chance): string {
  const metric = chance.pick([...Object.keys(metricUnits), 'e2e'])
  const bound = `${chance.pick(numbers)}${chance.happens(0.1) ? ' ' : ''}${chance.pick(units)}`
  const allowance = `baseline ${chance.pick(['+', '-'])} ${chance.pick(numbers)}%`
  const right = chance.happens(0.7)
    ? bound
    : `${allowance}${chance.happens(0.5) ? ` or ${bound}` : ''}`
  return [metric, chance.pick(stats), chance.pick(ops), right].join(' ')
}

function check(text: string): void {
  const read = readOrRefuse(text)
  if (read === undefined) return
  if ('bound' in read && !Number.isFinite(read.bound)) throw new Finding('no finite bound', text)
  const again = readOrRefuse(read.text)
  if (!isDeepStrictEqual(again, read)) {
    throw new Finding(
      `${JSON.stringify(read)} is written so that it reads ${JSON.stringify(again)}`,
      text,
    )
  }
}

function readOrRefuse(text: string): ParsedSlo | undefined {
  try {
    return parseSlo(text)
  } catch (error) {
    if (!(error instanceof SloSyntaxError)) throw error
    const { start, length, message } = error
    if (message === '' || start < 0 || start + length > text.length) {
      throw new Finding(`the wrong part is ${start}+${length}: ${message}`, text)
    }
    return undefined
  }
}
