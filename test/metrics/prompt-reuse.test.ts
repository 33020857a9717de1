import { expect, test } from 'vitest'

import type { Repetition } from '../../src/bench-spec/repetition.ts'
import { diagnosePrompts, findReuse, type PromptFacts } from '../../src/metrics/prompt-reuse.ts'

/** Of 1000 requests `repeated` have the prompt of an earlier one, all as long. */
function repeat(repeated: number): Repetition {
  return { requests: 1000, repeated, different: 1000 - repeated, share: repeated / 1000 }
}

/** A server that says that so many of 10,000 tokens came from its cache. */
function tell(cachedTokens: number): PromptFacts['prompts'] {
  const share = cachedTokens / 10_000
  return { counted: 1000, promptTokens: 10_000, told: 1000, cachedTokens, share }
}

const silent: PromptFacts['prompts'] = { counted: 1000, promptTokens: 10_000, told: 0 }
const undeclared: PromptFacts = { cache: undefined, repetition: repeat(0), prompts: silent }

function levelsOf(facts: Partial<PromptFacts>): string[] {
  return diagnosePrompts({ ...undeclared, ...facts }).map(({ id, level }) => `${id} ${level}`)
}

test('a few repeats do no harm, and are told', () => {
  expect(findReuse({ ...undeclared, repetition: repeat(49) })).toBeUndefined()
  expect(levelsOf({ repetition: repeat(49) })).toEqual(['prompts-repeat info'])
  expect(findReuse({ ...undeclared, repetition: repeat(50) })).toEqual({
    kind: 'prompts-repeat',
    repeated: 50,
    requests: 1000,
    share: 0.05,
  })
  expect(levelsOf({ repetition: repeat(50) })).toEqual(['prompts-repeat warn'])
})

test('nothing is said where nothing repeats', () => {
  expect(levelsOf({})).toEqual([])
  expect(levelsOf({ repetition: undefined })).toEqual([])
  expect(levelsOf({ prompts: tell(100) })).toEqual([])
})

test('what the server took from a cache counts where repeats do not explain it', () => {
  const facts = { prompts: tell(600), repetition: repeat(40) }
  expect(findReuse({ ...undeclared, ...facts })).toEqual({
    kind: 'prompts-cached',
    cached: 600,
    tokens: 10_000,
  })
  expect(levelsOf(facts)).toEqual(['prompts-cached warn'])
  expect(levelsOf({ cache: { kind: 'bust' }, ...facts })).toEqual(['prompts-cached warn'])
  expect(levelsOf({ prompts: tell(600), repetition: repeat(900) })).toEqual(['prompts-repeat warn'])
})

test('what the spec allows is told and not doubted, what it shares is its own', () => {
  const facts = { prompts: tell(9000), repetition: repeat(900) }
  for (const cache of [{ kind: 'allowed' }, { kind: 'shared', tokens: 8 }] as const) {
    expect(findReuse({ ...facts, cache })).toBeUndefined()
  }
  expect(levelsOf({ ...facts, cache: { kind: 'allowed' } })).toEqual(['prompts-repeat info'])
  expect(levelsOf({ ...facts, cache: { kind: 'shared', tokens: 8 } })).toEqual([])
})

test('prompts with markers repeat nothing', () => {
  const facts = { cache: { kind: 'bust' } as const, repetition: repeat(900) }
  expect(findReuse({ ...undeclared, ...facts })).toBeUndefined()
  expect(levelsOf(facts)).toEqual([])
})
