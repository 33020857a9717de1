import { isDeepStrictEqual } from 'node:util'

import { dialectNames, type StreamFormat } from '../../src/bench-spec/stream-format.ts'
import { loadRecordings, readCut, type Reading } from '../stream/recording.ts'
import type { Chance } from './chance.ts'
import { Finding, type Fuzzer, tell } from './fuzzer.ts'
import { mutateBytes } from './mutation.ts'

const words = [
  'data: ',
  'data: [DONE]\n\n',
  '[DONE]',
  'event: error\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  'id: 7\n',
  'retry: 1\n',
  ': ping\n\n',
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  '\ufeff',
  '\0',
  '{',
  '}',
  '[',
  ']',
  '",',
  '{"error":{"message":"out of memory"}}',
  '{"choices":[]}',
  '"finish_reason":"stop"',
  '"finish_reason":null',
  '"content":""',
  '"content":null',
  '"usage":{"completion_tokens":-1}',
  '<html>',
  '\ud83d',
  '\\ud83d',
  '1e999',
  '['.repeat(20_000),
  `{"error":${'['.repeat(9000)}${']'.repeat(9000)}}`,
  'null',
]

const contentTypes = [
  'text/event-stream',
  'text/event-stream; charset=utf-8',
  'application/json',
  'application/x-ndjson',
  'text/plain',
  'text/html',
  'application/octet-stream',
  '',
]

interface Input {
  body: string
  format: StreamFormat | undefined
  contentType: string
}

/** Bodies that were recorded, spoilt, read whole and in pieces. */
export const streams: Fuzzer = {
  name: 'streams',
  purpose: 'spoilt bodies: never an exception, the same marks and words however the bytes are cut',
  cases: 60_000,
  slice: 600,
  start() {
    const recordings = loadRecordings()
    return {
      attempt(chance) {
        const { bytes, expected } = chance.pick(recordings)
        const other = chance.pick(recordings).bytes
        const joined = chance.happens(0.15) ? Buffer.concat([bytes, other]) : bytes
        const body = chance.happens(0.1) ? joined : mutateBytes(joined, chance, words)
        const contentType = chance.happens(0.7) ? expected.contentType : chance.pick(contentTypes)
        const format = drawFormat(expected.format, chance)
        const how = { format, contentType }
        const input: Input = { body: body.toString('latin1'), ...how }
        tell('reading failed', input, () => check(body, how, chance, input))
      },
    }
  },
}

function drawFormat(format: StreamFormat | undefined, chance: Chance): StreamFormat | undefined {
  if (chance.happens(0.6)) return format
  if (chance.happens(0.4)) return undefined
  return { dialect: chance.pick(dialectNames) }
}

function check(
  body: Buffer,
  how: { format: StreamFormat | undefined; contentType: string },
  chance: Chance,
  input: Input,
): void {
  const whole = readCut(body, [], how)
  checkMarks(whole, how.format, input)
  // Reads of a raw body are its events.
  if (whole.marks.dialect === 'raw') return
  const cuts = chance.some(1, 12, () => chance.below(body.length + 1)).sort((a, b) => a - b)
  const cut = readCut(body, cuts, how)
  const [one, other] = [comparable(whole), comparable(cut)]
  if (!isDeepStrictEqual(one, other)) {
    throw new Finding(
      `cut at ${cuts.join(', ')} it reads ${JSON.stringify(other)}, whole ${JSON.stringify(one)}`,
      input,
    )
  }
}

function checkMarks(
  { marks, fault }: Reading,
  format: StreamFormat | undefined,
  input: Input,
): void {
  const { tokenTimes, firstToken, lastToken, completed, events } = marks
  if (firstToken !== tokenTimes[0] || lastToken !== tokenTimes.at(-1)) {
    throw new Finding('first and last token are not the ends of the tokens', input)
  }
  if (tokenTimes.length > events) throw new Finding('more tokens than events', input)
  if (fault === undefined && completed === undefined && !/(finish|stop)_reason"/.test(input.body)) {
    throw new Finding('an answer without a fault has no end', input)
  }
  const needsToken = format?.completionEvent === undefined && format?.dialect !== 'json'
  if (fault === undefined && tokenTimes.length === 0 && needsToken) {
    throw new Finding('an answer without a token has no fault', input)
  }
  if (fault?.message.trim() === '') throw new Finding('a fault without words', input)
}

/** All but the instants, which are those of the reads. */
function comparable({ marks, fault }: Reading): object {
  const { dialect, tokenTimes, events, output, promptTokens, completionTokens } = marks
  return {
    dialect,
    tokens: tokenTimes.length,
    events,
    output,
    promptTokens,
    completionTokens,
    hasFirstContent: marks.firstContent !== undefined,
    hasFirstOutput: marks.firstOutput !== undefined,
    isCompleted: marks.completed !== undefined,
    fault,
  }
}
