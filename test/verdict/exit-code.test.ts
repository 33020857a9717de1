import { expect, test } from 'vitest'

import {
  exitCodeMeanings,
  exitCodes,
  listExitCodes,
  toSignalCode,
} from '../../src/verdict/exit-code.ts'
import { worstExitCode } from '../../src/verdict/policy.ts'

test('every code has its words, and no two names share a code', () => {
  const codes = Object.values(exitCodes)
  expect(Object.keys(exitCodeMeanings)).toEqual(codes.map(String))
  expect(new Set(codes).size).toBe(codes.length)
})

test('codes are listed with their words in ascending order', () => {
  expect(listExitCodes({ 3: 'bad spec or usage', 0: 'pass' })).toBe('0 pass, 3 bad spec or usage')
  expect(listExitCodes()).toMatch(
    /^0 pass, 1 SLO missed, 2 inconclusive .*, 143 ended by SIGTERM or SIGHUP$/,
  )
})

test('of several codes every one has its place', () => {
  const found: number[] = []
  for (let left: number[] = Object.values(exitCodes); left.length > 0;) {
    const worst = worstExitCode(left)
    found.push(worst)
    left = left.filter((code) => code !== worst)
  }
  expect(found).toEqual([1, 3, 4, 130, 143, 2, 0])
  expect(worstExitCode([])).toBe(0)
})

test('the code of a signal is the one that shells give', () => {
  expect(toSignalCode('SIGINT')).toBe(130)
  expect(toSignalCode('SIGTERM')).toBe(143)
  // The terminal was closed: told, and ended, like SIGTERM.
  expect(toSignalCode('SIGHUP')).toBe(143)
})
