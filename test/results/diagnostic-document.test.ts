import { Ajv } from 'ajv'
import { expect, test } from 'vitest'

import type { Diagnostic } from '../../src/metrics/diagnostic.ts'
import { toDiagnostic } from '../../src/results/diagnostic-document.ts'
import { diagnosticSchema } from '../../src/results/diagnostic-schema.ts'

const validate = new Ajv({ allErrors: true }).compile(diagnosticSchema)

const diagnostics: readonly [Diagnostic, numbers: object][] = [
  [
    {
      id: 'concurrency-held',
      level: 'info',
      concurrency: 4,
      fullShare: 0.123456789,
      meanInFlight: 3.987654321,
    },
    { concurrency: 4, stage: null, full_share: 0.123457, mean_in_flight: 3.98765 },
  ],
  [
    {
      id: 'concurrency-not-held',
      level: 'warn',
      concurrency: 4,
      peakInFlight: 3,
      meanInFlight: 2.987654321,
      requests: 60,
      failed: 1,
    },
    {
      concurrency: 4,
      stage: null,
      peak_in_flight: 3,
      mean_in_flight: 2.98765,
      requests: 60,
      failed: 1,
    },
  ],
  [
    { id: 'rate-not-sent', level: 'warn', due: 20.1234567, sent: 12.3456789, heldBack: 40 },
    { due_per_second: 20.1235, sent_per_second: 12.3457, held_back: 40 },
  ],
  [
    {
      id: 'requests-held-back',
      level: 'warn',
      heldBack: 40,
      maxConcurrency: 8,
      requests: 60,
      longest: 2012.3456789,
    },
    { held_back: 40, max_concurrency: 8, requests: 60, longest_ms: 2012.3457 },
  ],
  [
    { id: 'lengths-not-gauged', level: 'warn', cause: 'untold' },
    { cause: 'untold', failure: null },
  ],
  [
    { id: 'lengths-untold', level: 'warn', sides: ['input'], requests: 40 },
    { sides: ['input'], requests: 40 },
  ],
  [
    {
      id: 'lengths-missed',
      level: 'warn',
      side: 'output',
      asked: 128.123456789,
      got: 64.987654321,
      requests: 40,
    },
    { side: 'output', asked: 128.123, got: 64.9877, requests: 40 },
  ],
  [
    { id: 'inconsistent-times', level: 'warn', concurrency: 3, impliedInFlight: 20.161290322 },
    { concurrency: 3, implied_in_flight: 20.1613 },
  ],
  [
    {
      id: 'client-busy',
      level: 'warn',
      reasons: [{ kind: 'event-loop-busy', utilization: 0.512345678 }],
      slos: [{ slo: 'ttft p95 <= 20ms', status: 'PASS', unit: 'ms', reach: 2.0312345678 }],
    },
    {
      reasons: [{ kind: 'event-loop-busy', utilization: 0.512346 }],
      slos: [{ slo: 'ttft p95 <= 20ms', status: 'PASS', unit: 'ms', reach: 2.03123 }],
    },
  ],
  [
    {
      id: 'client-limited',
      level: 'warn',
      reasons: [
        { kind: 'event-loop-late', delay: 12.345678 },
        { kind: 'waited-for-core', share: 0.061234567 },
      ],
      slos: [{ slo: 'stall p95 <= 20ms', status: 'INCONCLUSIVE', unit: 'ms' }],
    },
    {
      reasons: [
        { kind: 'event-loop-late', delay_p99_ms: 12.3457 },
        { kind: 'waited-for-core', share: 0.0612346 },
      ],
      slos: [{ slo: 'stall p95 <= 20ms', status: 'INCONCLUSIVE', unit: 'ms', reach: null }],
    },
  ],
  [
    { id: 'requests-recorded', level: 'info', recorded: 3, bytes: 900, omitted: 7 },
    { recorded: 3, bytes: 900, omitted: 7 },
  ],
  [
    { id: 'no-last-word', level: 'info', answers: 7, requests: 60 },
    { answers: 7, requests: 60 },
  ],
  [
    { id: 'tokens-held-back', level: 'warn', heldBack: 51, inOneRead: 7, requests: 101 },
    { held_back: 51, in_one_read: 7, requests: 101 },
  ],
  [
    {
      id: 'end-unproven',
      level: 'warn',
      answers: 7,
      requests: 60,
      dialect: 'sse',
      names: ['start'],
    },
    { answers: 7, requests: 60, dialect: 'sse', names: ['start'] },
  ],
  [
    {
      id: 'output-missing',
      level: 'warn',
      path: 'a.b',
      missing: 7,
      requests: 60,
      at: 'a',
      keys: ['c'],
    },
    { path: 'a.b', missing: 7, requests: 60, at: 'a', keys: ['c'] },
  ],
  [
    { id: 'output-missing', level: 'warn', path: 'a', missing: 7, requests: 60, keys: [] },
    { path: 'a', missing: 7, requests: 60, at: null, keys: [] },
  ],
  [
    { id: 'ttft-without-content', level: 'warn', event: 'ping', lead: 80.123456 },
    { event: 'ping', lead_ms: 80.1235 },
  ],
  [
    { id: 'ttft-without-content', level: 'warn' },
    { event: null, lead_ms: null },
  ],
  [
    { id: 'estimated-tokens', level: 'warn', basis: 'mixed', slos: ['tpot p95 <= 40ms'] },
    { basis: 'mixed', slos: ['tpot p95 <= 40ms'] },
  ],
  [
    { id: 'percentile-of-few', level: 'warn', requests: 99, slos: ['ttft p99 <= 1s'] },
    { requests: 99, slos: ['ttft p99 <= 1s'] },
  ],
  [
    { id: 'percentile-of-few', level: 'info', requests: 99, slos: [] },
    { requests: 99, slos: [] },
  ],
  [
    { id: 'mixed-dialects', level: 'warn', dialects: [{ name: 'raw', count: 1 }] },
    { dialects: [{ name: 'raw', count: 1 }] },
  ],
  [{ id: 'dialect-guessed', level: 'info', dialect: 'raw' }, { dialect: 'raw' }],
  [
    { id: 'sockets-not-reused', level: 'warn', opened: 198, later: 199 },
    { opened: 198, later: 199 },
  ],
  [
    { id: 'server-closes-connections', level: 'warn', closed: 190, resent: 3, later: 199 },
    { closed: 190, resent: 3, later: 199 },
  ],
  [
    { id: 'warmup-failures', level: 'warn', failed: 1, warmup: 2, first: 'connect' },
    { failed: 1, warmup: 2, first: 'connect', status: null },
  ],
  [
    {
      id: 'warmup-failures',
      level: 'warn',
      failed: 1,
      warmup: 2,
      first: 'http_status',
      status: 503,
    },
    { failed: 1, warmup: 2, first: 'http_status', status: 503 },
  ],
  [{ id: 'default-body', level: 'warn', status: 400 }, { status: 400 }],
  [
    { id: 'requests-cancelled', level: 'info', cancelled: 1, requests: 201 },
    { cancelled: 1, requests: 201 },
  ],
  [{ id: 'server-restarted', level: 'warn' }, {}],
  [{ id: 'server-unread', level: 'warn', failure: 'status 404' }, { failure: 'status 404' }],
  [{ id: 'server-unread', level: 'warn' }, { failure: null }],
  [
    { id: 'server-scrapes-failed', level: 'info', failed: 1, scrapes: 3, failure: 'late' },
    { failed: 1, scrapes: 3, failure: 'late' },
  ],
  [
    { id: 'server-shared', level: 'warn', server: 40, client: 20 },
    { server: 40, client: 20 },
  ],
  [
    { id: 'server-partial', level: 'warn', server: 10, client: 20 },
    { server: 10, client: 20 },
  ],
  [
    { id: 'events-are-not-tokens', level: 'info', server: 400, events: 200 },
    { server: 400, events: 200 },
  ],
  [
    { id: 'tokens-disagree', level: 'warn', server: 180, usage: 200, events: 201 },
    { server: 180, usage: 200, events: 201 },
  ],
  [
    { id: 'prompt-tokens-disagree', level: 'warn', server: 139, usage: 140 },
    { server: 139, usage: 140 },
  ],
  [
    {
      id: 'prompts-repeat',
      level: 'warn',
      allowed: false,
      requests: 300,
      repeated: 298,
      different: 2,
      share: 0.993333333,
    },
    { allowed: false, requests: 300, repeated: 298, different: 2, share: 0.993333 },
  ],
  [
    { id: 'prompts-cached', level: 'warn', marked: true, cached: 9600, tokens: 12_000 },
    { marked: true, cached: 9600, tokens: 12_000 },
  ],
]

test.each(diagnostics)('$id stands in the document as the schema says', (diagnostic, numbers) => {
  const { id, level } = diagnostic
  const facts = toDiagnostic(diagnostic)
  expect(facts).toEqual({ id, level, ...numbers })
  validate({ ...facts, message: 'A sentence.' })
  expect(validate.errors).toBeNull()
})

test('every self-check of the schema is here', () => {
  const ids = (diagnosticSchema.anyOf ?? []).map(({ properties }) => properties?.['id']?.const)
  expect(new Set(diagnostics.map(([{ id }]) => id))).toEqual(new Set(ids))
})
