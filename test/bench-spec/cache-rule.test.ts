import { expect, test } from 'vitest'

import { createMarker, writeShared } from '../../src/bench-spec/cache-rule.ts'

const phases = ['warmup', 'measured'] as const

function listMarkers(seed: number, requests: number, prompts = 1): string[] {
  const mark = createMarker(seed)
  return phases.flatMap((phase) =>
    Array.from({ length: requests }, (_, index) =>
      Array.from({ length: prompts }, (_, prompt) => mark({ phase, index })(prompt)),
    ).flat(),
  )
}

test('no two requests have the same marker, the warm-up and several prompts of a body included', () => {
  const markers = listMarkers(1, 10_000, 3)
  expect(new Set(markers).size).toBe(60_000)
})

test('all markers are of the same length, and hold nothing that JSON would escape', () => {
  for (const marker of listMarkers(1, 1000)) expect(marker).toMatch(/^\[#\d{12}\] $/)
})

test('the seed draws them: the same one the same, another one others', () => {
  expect(listMarkers(7, 100)).toEqual(listMarkers(7, 100))
  const [own, other] = [new Set(listMarkers(7, 5000)), listMarkers(8, 5000)]
  expect(other.filter((marker) => own.has(marker))).toEqual([])
  expect(listMarkers(2 ** 52, 1)).not.toEqual(listMarkers(0, 1))
})

test('markers of neighbours differ within the first characters', () => {
  const begins = new Set(listMarkers(1, 500).map((marker) => marker.slice(0, 6)))
  expect(begins.size).toBeGreaterThan(800)
})

test('what all prompts share has a word for a token, and the seed draws it', () => {
  const text = writeShared({ kind: 'shared', tokens: 256 }, 1)
  expect(text.trim().split(' ')).toHaveLength(256)
  expect(text).toMatch(/^[a-z. ]+\n\n$/i)
  expect(writeShared({ kind: 'shared', tokens: 256 }, 1)).toBe(text)
  expect(writeShared({ kind: 'shared', tokens: 256 }, 2)).not.toBe(text)
  expect(writeShared({ kind: 'bust' }, 1)).toBe('')
})
