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
  [
    'a self-check that does not exist',
    text.replace('"id": "dialect-guessed"', '"id": "dialect-gessed"'),
    /^results\.json:\d+:\d+: diagnostics\[1\]\.id: must be one of concurrency-held, .*, got "dialect-gessed"\. Did you mean "dialect-guessed"\?$/,
  ],
  [
    'a self-check without its numbers',
    text.replace(/"dialect": "openai-chat",/, ''),
    /^results\.json:\d+:\d+: diagnostics\[1\]: the key "dialect" is required\.$/,
  ],
  [
    'a self-check with a number that is none',
    text.replace('"mean_in_flight": 8.1', '"mean_in_flight": "8.1"'),
    /^results\.json:\d+:\d+: diagnostics\[0\]\.mean_in_flight: must be a number, got "8\.1"\.$/,
  ],
  [
    'a self-check that is no object',
    JSON.stringify({ ...runs.fail, diagnostics: ['late'] }),
    /^results\.json:1:\d+: diagnostics\[0\]: must be an object, got "late"\.$/,
  ],
  ['a file that was cut short', text.slice(0, 200), /^results\.json:\d+:\d+: /],
  ['an empty file', '', /^results\.json:/],
  ['something else', '[]', /^results\.json:1:1: must be an object/],
])('refuses %s, naming file, line and key', (_, spoiled, message) => {
  expect(() => parseResults(spoiled, 'results.json')).toThrow(message)
})
