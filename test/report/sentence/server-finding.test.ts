import { expect, test } from 'vitest'

import { explainServerFinding } from '../../../src/report/sentence/server-finding.ts'
import type { ServerFindingDocument } from '../../../src/results/results.ts'
import { serverFindingSchema } from '../../../src/results/server-schema.ts'

const breakdown = {
  kind: 'breakdown',
  latency_ms: 190,
  queue_ms: 60,
  prefill_ms: 30,
  first_token_ms: 90,
  decode_ms: 80,
  outside_ms: 20,
} as const

const sentences: readonly [ServerFindingDocument, string][] = [
  [
    breakdown,
    'Of 190ms mean latency decode takes 42%, queueing 32%, prefill 16%, network and client 10%.',
  ],
  [
    {
      ...breakdown,
      queue_ms: null,
      prefill_ms: null,
      first_token_ms: 100,
      decode_ms: 90,
      outside_ms: 0,
    },
    'Of 190ms mean latency queueing and prefill take 53%, decode 47%, network and client 0%.',
  ],
  [{ kind: 'restarted' }, "The server's counters began anew during the run: it was started again."],
  [
    { kind: 'unread', failure: '/metrics: status 404' },
    "The server's metrics could not be read: /metrics: status 404.",
  ],
  [
    { kind: 'not-measured' },
    'The run ended before its measured phase, so that there is nothing to compare.',
  ],
  [
    { kind: 'uncounted' },
    'The server does not tell how many answers it finished: its times may be of others too.',
  ],
  [
    { kind: 'shared', server: 40, client: 20 },
    'The server finished 40 requests, this client completed 20: others use it too, and its times are not of this run alone.',
  ],
  [
    { kind: 'partial', server: 10, client: 20 },
    'The server finished 10 requests, this client completed 20: its metrics are of another server, or of one of several.',
  ],
  [
    { kind: 'several-choices', requests: 20, choices: 60 },
    'The server counts and times every choice of an answer, 60 for the 20 requests of this client: its times are not of whole requests.',
  ],
  [
    { kind: 'foreign-window', window: 100, finished: 34 },
    'The server tells the times of its latest 100 answers alone, and finished 34 since this run began: they are not of this run.',
  ],
  [
    {
      kind: 'impossible',
      part: { of: 'server', time: 'latency', mean_ms: 194 },
      whole: { of: 'client', time: 'latency', mean_ms: 190 },
    },
    "Where the time goes cannot be told: the server's latency of 194ms in the mean is longer than this client's latency of 190ms, of which it would be a part, so that these times are not of the same answers, or end with tokens that this client does not see.",
  ],
  [
    {
      kind: 'impossible',
      part: { of: 'server', time: 'queue', mean_ms: 88 },
      whole: { of: 'server', time: 'ttft', mean_ms: 60 },
    },
    "Where the time goes cannot be told: the server's queue of 88ms in the mean is longer than the server's ttft of 60ms, of which it would be a part, so that these times are not of the same answers.",
  ],
  [
    { kind: 'held-back', server_ms: 21, client_ms: 232 },
    'The server had the first token after 21ms in the mean, this client saw it after 232ms: it was held back on the way, as vLLM holds back a tool call until it can be read, and a buffering proxy everything.',
  ],
  [{ kind: 'nothing-finished' }, 'No answer was completed between the two scrapes.'],
  [{ kind: 'untold' }, 'The server does not tell how long its answers took.'],
]

test.each(sentences)('words $kind', (finding, sentence) => {
  expect(explainServerFinding(finding)).toBe(sentence)
})

test('every finding has its words here', () => {
  const kinds = (serverFindingSchema.anyOf ?? []).map(({ properties }) => properties?.['kind'])
  expect(new Set(sentences.map(([{ kind }]) => kind))).toEqual(
    new Set(kinds.map((kind) => kind?.const)),
  )
})
