import { expect, test } from 'vitest'

import { cleanMessage } from '../../src/bench-spec/plain-text.ts'
import { loadRecordings, readCut, type Reading, type Recording } from './recording.ts'

const recordings = loadRecordings()

/** Number of the read that holds the byte before `end`. */
function readOf(end: number | undefined, cuts: readonly number[]): number | undefined {
  return end === undefined ? undefined : cuts.filter((cut) => cut < end).length
}

/** What must come out of a recording that is cut at these offsets. */
function expectedReading({ expected, frameEnds }: Recording, cuts: readonly number[]) {
  const reads = cuts.length + 1
  const raw = expected.tokens === 'reads'
  const frame = (index: number | undefined) =>
    index === undefined ? undefined : readOf(frameEnds[index], cuts)
  const tokenTimes =
    expected.tokens === 'reads' ? [...Array(reads).keys()] : expected.tokens.map(frame)
  return {
    dialect: expected.dialect,
    tokenTimes,
    firstToken: tokenTimes[0],
    lastToken: tokenTimes.at(-1),
    firstContent: raw ? 0 : frame(expected.firstContent),
    firstOutput: raw ? 0 : frame(expected.firstOutput),
    completed: expected.completed === 'end' ? reads : frame(expected.completed),
    events: raw ? reads : expected.events,
    output: expected.output,
    promptTokens: expected.promptTokens,
    completionTokens: expected.completionTokens,
    fault: expected.fault,
  }
}

function actualReading({ marks, fault }: Reading) {
  return {
    dialect: marks.dialect,
    tokenTimes: marks.tokenTimes,
    firstToken: marks.firstToken,
    lastToken: marks.lastToken,
    firstContent: marks.firstContent,
    firstOutput: marks.firstOutput,
    completed: marks.completed,
    events: marks.events,
    output: marks.output,
    promptTokens: marks.promptTokens,
    completionTokens: marks.completionTokens,
    fault: fault && { ...fault, message: cleanMessage(fault.message) },
  }
}

function check(recording: Recording, cuts: readonly number[]): void {
  const { contentType, format } = recording.expected
  const reading = readCut(recording.bytes, cuts, { contentType, format })
  expect(
    actualReading(reading),
    cuts.length > 1 ? `${cuts.length + 1} reads` : `cut at ${cuts[0]}`,
  ).toEqual(expectedReading(recording, cuts))
}

function everyNth(size: number, length: number): number[] {
  return Array.from({ length: Math.ceil(length / size) - 1 }, (_, index) => (index + 1) * size)
}

test('every recording has bytes and a sentence that says what they are', () => {
  expect(recordings.length).toBeGreaterThan(40)
  for (const { bytes, name } of recordings) expect(bytes.length, name).toBeGreaterThan(0)
})

for (const recording of recordings) {
  const { name, bytes } = recording

  test(`${name}: read whole`, () => {
    check(recording, [])
  })

  test(`${name}: cut in two at every byte, it reads the same`, () => {
    for (let cut = 1; cut < bytes.length; cut++) check(recording, [cut])
  })

  test.each([1, 2, 3, 5, 7])(`${name}: in reads of %i bytes, it reads the same`, (size) => {
    check(recording, everyNth(size, bytes.length))
  })
}
