import { expect, test } from 'vitest'

import { parseResults } from '../../src/results/results-file.ts'
import { runs } from '../report/_runs.ts'

const text = JSON.stringify(runs.fail, null, 2)

test.each(Object.entries(runs))('the run "%s" is read as it was written', (_, results) => {
  const written = JSON.stringify(results, null, 2)
  expect(parseResults(written, 'results.json')).toEqual(JSON.parse(written))
})

test.each([
  [
    'another layout',
    text.replace('"schema_version": 2', '"schema_version": 7'),
    'results.json:2:21: schema_version: must be 2, got 7: the file was written by slogate 0.1.0 in another layout, which that version reads.',
  ],
  [
    'a word that does not exist',
    text.replace('"status": "FAIL"', '"status": "NO"'),
    /^results\.json:\d+:\d+: verdict\.status: must be one of PASS, FAIL, INCONCLUSIVE, ERROR, got "NO"\.$/,
  ],
  [
    'a key that is missing',
    text.replace('"name": "chat",', ''),
    /^results\.json:\d+:\d+: spec: the key "name" is required\.$/,
  ],
  ['a file that was cut short', text.slice(0, 200), /^results\.json:\d+:\d+: /],
  ['an empty file', '', /^results\.json:/],
  ['something else', '[]', /^results\.json:1:1: must be an object/],
])('refuses %s, naming file, line and key', (_, spoiled, message) => {
  expect(() => parseResults(spoiled, 'results.json')).toThrow(message)
})
