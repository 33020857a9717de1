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
    'Of 190ms mean latency decode takes 42%, queueing 32%, prefill 16%, network and client 11%.',
  ],
  [
    {
      ...breakdown,
      queue_ms: null,
      prefill_ms: null,
      first_token_ms: 100,
      decode_ms: 94,
      outside_ms: -4,
    },
    'Of 190ms mean latency queueing and prefill take 53%, decode 49%, network and client 0%.',
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
