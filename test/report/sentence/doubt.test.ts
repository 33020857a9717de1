import { expect, test } from 'vitest'

import { explainDoubt } from '../../../src/report/sentence/doubt.ts'
import type { DoubtDocument } from '../../../src/results/results.ts'

const target = 'candidate'
const error = { reach: 2.03, margin: 1.2 }

const sentences: readonly [DoubtDocument, 'PASS' | 'FAIL', 'ms' | 'share', string][] = [
  [
    { kind: 'not-streamed', target, held_back: 9, requests: 10 },
    'PASS',
    'ms',
    'not streamed as it was generated: look for a buffering proxy (the tokens of 9 of 10 answers came all at once or in bursts)',
  ],
  [
    { kind: 'estimated-tokens', target, estimated: 12, requests: 60 },
    'PASS',
    'ms',
    'estimated: the server sent no token count for 12 of 60 answers, and token events may be more or fewer than tokens',
  ],
  [
    { kind: 'client-late', target, delay_p99_ms: 2.03, ...error },
    'FAIL',
    'ms',
    "client-limited: it is 1.2ms beyond the bound, and up to 2.03ms may be the client's own (its event loop was late by 2.03ms (p99))",
  ],
  [
    { kind: 'client-late', target: 'baseline', delay_p99_ms: 2.03, ...error },
    'PASS',
    'ms',
    "the baseline: client-limited: it is 1.2ms within the bound, and up to 2.03ms may be the client's own (its event loop was late by 2.03ms (p99))",
  ],
  [
    {
      kind: 'calibrated-error',
      target,
      stat: 'p99',
      error_ms: 3,
      requests: 300,
      reach: 0.02,
      margin: 0.005,
    },
    'FAIL',
    'share',
    "client-limited: it is 0.5% beyond the bound, and up to 2% may be the client's own (its calibrated error at this load is 3ms, p99 of 300 requests)",
  ],
  [
    { kind: 'client-limited', target, reasons: [{ kind: 'event-loop-busy', utilization: 0.9 }] },
    'FAIL',
    'ms',
    'client-limited: by how much the load process was late is not known (its event loop was 90% busy)',
  ],
  [
    {
      kind: 'load-not-held',
      stage: null,
      target,
      concurrency: 4,
      peak_in_flight: 4,
      mean_in_flight: 3.2048,
    },
    'PASS',
    'ms',
    'load not held: 3.20 requests were in flight in the mean where 4 were asked for, and a lighter load may look better',
  ],
  [
    {
      kind: 'load-not-held',
      stage: null,
      target,
      concurrency: 4,
      peak_in_flight: 3,
      mean_in_flight: 2.5,
    },
    'PASS',
    'ms',
    'load not held: never more than 3 requests were in flight where 4 were asked for, and a lighter load may look better',
  ],
  [
    { kind: 'rate-not-sent', target, due_per_second: 20, sent_per_second: 12, held_back: 0 },
    'PASS',
    'ms',
    'rate not sent: 12/s were sent of 20/s that were due (the client came too late), and a lighter load may look better',
  ],
  [
    { kind: 'sent-late', target, delay_p99_ms: 40, reach: 35, margin: 10 },
    'FAIL',
    'ms',
    "client-limited: it is 10ms beyond the bound, and up to 35ms may be the client's own (requests left up to 40ms late (p99), not being held back)",
  ],
  [
    { kind: 'prompts-repeat', target, repeated: 298, requests: 300, share: 0.99333 },
    'PASS',
    'ms',
    'prompts repeat: 298 of 300 requests have the prompt of an earlier one, so that a cache may know 99.3% of what is asked, and an answer from a cache may come sooner; write cache: bust to measure without it, or cache: allowed if that is what is meant',
  ],
  [
    { kind: 'prompts-repeat', target, repeated: 0, requests: 300, share: 0.5 },
    'PASS',
    'ms',
    'prompts repeat: no prompt is the same, but they begin alike, so that a cache may know 50.0% of what is asked, and an answer from a cache may come sooner; write cache: bust to measure without it, or cache: allowed if that is what is meant',
  ],
  [
    { kind: 'prompts-cached', target, cached: 9600, tokens: 12_000 },
    'PASS',
    'ms',
    'prompts cached: 9600 of 12000 tokens of prompts came from a cache of the server, by its own count, and an answer from a cache may come sooner; write cache: bust to measure without it, or cache: allowed if that is what is meant',
  ],
  [
    { kind: 'load-thinned', target, delay_p50_ms: 8, in_flight_p50_ms: 30 },
    'PASS',
    'ms',
    'load not held: of the 30ms that a request was in flight the target was idle for 8ms, by which the client was late (medians), and a lighter load may look better',
  ],
]

test.each(sentences)('words %j', (doubt, from, unit, sentence) => {
  expect(explainDoubt(doubt, { from, unit })).toBe(sentence)
})
