import { expect, test } from 'vitest'

import { explainDiagnostic } from '../../../src/report/sentence/diagnostic.ts'
import { diagnosticSchema } from '../../../src/results/diagnostic-schema.ts'
import type { DiagnosticFacts } from '../../../src/results/wording.ts'

const sentences: readonly [DiagnosticFacts, string][] = [
  [
    {
      id: 'concurrency-held',
      level: 'info',
      stage: null,
      concurrency: 4,
      full_share: 0.9871,
      mean_in_flight: 3.98765,
    },
    'Concurrency 4 was held 98.71% of the time between ramp-up and drain (mean 3.99).',
  ],
  [
    {
      id: 'concurrency-not-held',
      level: 'warn',
      stage: null,
      concurrency: 4,
      peak_in_flight: 1,
      mean_in_flight: 1,
      requests: 4,
      failed: 3,
    },
    'Concurrency 4 was never reached, 1 was the most: raise requests or lower concurrency.',
  ],
  [
    {
      id: 'concurrency-not-held',
      level: 'warn',
      stage: null,
      concurrency: 1,
      peak_in_flight: 1,
      mean_in_flight: 0.5,
      requests: 60,
      failed: 30,
    },
    'Concurrency 1 was not held, the mean between ramp-up and drain was 0.50: the figures are those of a lighter load; look for slow connects or a busy client.',
  ],
  [
    {
      id: 'concurrency-not-held',
      level: 'warn',
      stage: null,
      concurrency: 1,
      peak_in_flight: 1,
      mean_in_flight: 0.5,
      requests: 60,
      failed: 31,
    },
    'Concurrency 1 was not held, the mean between ramp-up and drain was 0.50: the figures are those of a lighter load; look at the failures first, 31 of 60 requests.',
  ],
  [
    {
      id: 'rate-not-sent',
      level: 'warn',
      due_per_second: 20.1,
      sent_per_second: 12.3,
      held_back: 40,
    },
    'The rate was not sent: 12.3/s were sent of 20.1/s that were due (40 requests had to wait for one in flight to end): the figures are those of a lighter load.',
  ],
  [
    {
      id: 'requests-held-back',
      level: 'warn',
      held_back: 40,
      max_concurrency: 8,
      requests: 60,
      longest_ms: 2012.3,
    },
    '40 of 60 requests were due when 8 were in flight, and were sent up to 2.012s late: raise max_concurrency, or take it for what the service can bear.',
  ],
  [
    { id: 'inconsistent-times', level: 'warn', concurrency: 3, implied_in_flight: 20.1613 },
    "The latencies add up to 20.16 requests in flight, but no more than 3 were allowed (Little's law): do not trust the times of this run.",
  ],
  [
    {
      id: 'client-busy',
      level: 'warn',
      reasons: [
        { kind: 'event-loop-busy', utilization: 0.5 },
        { kind: 'waited-for-core', share: 0.06 },
      ],
      slos: [
        { slo: 'ttft p95 <= 800ms', status: 'PASS', unit: 'ms', reach: 2.03 },
        { slo: 'stall p95 <= 20ms', status: 'INCONCLUSIVE', unit: 'ms', reach: 2.03 },
        { slo: 'goodput >= 95%', status: 'INCONCLUSIVE', unit: 'share', reach: 0.02 },
      ],
    },
    'The load process was near its limits (its event loop was 50% busy, it waited for a core 6% of the time): "ttft p95 <= 800ms" may be up to 2.03ms shorter than shown, its PASS stands; "stall p95 <= 20ms" is too close to its bound for an error of up to 2.03ms; "goodput >= 95%" is too close to its bound for an error of up to 2%.',
  ],
  [
    {
      id: 'client-limited',
      level: 'warn',
      reasons: [{ kind: 'event-loop-late', delay_p99_ms: 12.3456 }],
      slos: [
        { slo: 'ttft p95 >= 800ms', status: 'FAIL', unit: 'ms', reach: null },
        { slo: 'stall p95 <= 20ms', status: 'INCONCLUSIVE', unit: 'ms', reach: null },
      ],
    },
    'The load process could not keep up (its event loop was late by 12.35ms (p99)): "ttft p95 >= 800ms" may be shorter than shown, its FAIL stands; "stall p95 <= 20ms" is too close to its bound for an unknown error.',
  ],
  [
    { id: 'requests-recorded', level: 'info', recorded: 3, bytes: 900, omitted: 0 },
    '3 requests were recorded, 900 bytes, which takes time from the client: a run to look at, not to judge by.',
  ],
  [
    { id: 'requests-recorded', level: 'info', recorded: 3, bytes: 900, omitted: 7 },
    '3 requests were recorded, 900 bytes (7 bytes more were not kept, beyond the limits), which takes time from the client: a run to look at, not to judge by.',
  ],
  [
    { id: 'no-last-word', level: 'info', answers: 7, requests: 60 },
    '7 of 60 answers ended without a last word ([DONE], message_stop): their finish reason and a clean end of the body count as their end.',
  ],
  [
    { id: 'tokens-held-back', level: 'warn', held_back: 51, in_one_read: 0, requests: 101 },
    'The tokens of 51 of 101 answers came all at once or in bursts, not streamed as they were generated: look for a buffering proxy.',
  ],
  [
    { id: 'tokens-held-back', level: 'warn', held_back: 51, in_one_read: 50, requests: 101 },
    'The tokens of 51 of 101 answers came all at once or in bursts, not streamed as they were generated (50 in one read: it may be no stream): look for a buffering proxy.',
  ],
  [
    {
      id: 'end-unproven',
      level: 'warn',
      answers: 7,
      requests: 60,
      dialect: 'sse',
      names: ['start', 'end'],
    },
    '7 of 60 answers had a clean end of the body and no other, as sse allows, and one that was cut would look the same: set completion_event to the last of its events (start, end).',
  ],
  [
    {
      id: 'end-unproven',
      level: 'info',
      answers: 7,
      requests: 60,
      dialect: 'ndjson',
      names: [],
    },
    '7 of 60 answers had a clean end of the body and no other, as ndjson allows, and one that was cut would look the same: set type to a format with a last word, if it is one.',
  ],
  [
    {
      id: 'output-missing',
      level: 'warn',
      path: 'data.outputs.result',
      missing: 7,
      requests: 60,
      at: 'data.outputs',
      keys: ['answer', 'files'],
    },
    '7 of 60 answers held nothing at output_path "data.outputs.result": "data.outputs" holds answer, files.',
  ],
  [
    {
      id: 'output-missing',
      level: 'warn',
      path: 'data.text',
      missing: 7,
      requests: 60,
      at: '',
      keys: [],
    },
    '7 of 60 answers held nothing at output_path "data.text": the payload holds no keys.',
  ],
  [
    {
      id: 'output-missing',
      level: 'warn',
      path: 'data.text',
      missing: 7,
      requests: 60,
      at: null,
      keys: [],
    },
    '7 of 60 answers held nothing at output_path "data.text": no event came that should have it, set completion_event.',
  ],
  [
    { id: 'ttft-without-content', level: 'warn', event: 'workflow_started', lead_ms: 80 },
    'The TTFT clock stops at the event "workflow_started" that carries no text of the answer, 80ms (median) before the first content: set first_token_event to the event that does.',
  ],
  [
    { id: 'ttft-without-content', level: 'warn', event: null, lead_ms: null },
    'The TTFT clock stops at an event that carries no text of the answer: set first_token_event to the event that does.',
  ],
  [
    { id: 'estimated-tokens', level: 'warn', basis: 'estimated', slos: ['tpot p95 <= 40ms'] },
    'The server sent no token count for all answers, so token events are counted instead and tpot is unknown there ("tpot p95 <= 40ms"): ask for usage, for example with stream_options.include_usage.',
  ],
  [
    {
      id: 'estimated-tokens',
      level: 'warn',
      basis: 'mixed',
      slos: ['tpot p95 <= 40ms', 'output_tokens_per_second >= 100'],
    },
    'The server sent no token count for some answers, so token events are counted instead and tpot is unknown there ("tpot p95 <= 40ms", "output_tokens_per_second >= 100"): ask for usage, for example with stream_options.include_usage.',
  ],
  [
    { id: 'percentile-of-few', level: 'info', requests: 99, slos: [] },
    'p99 of 99 requests is simply the maximum: ask for at least 100 to read it.',
  ],
  [
    { id: 'percentile-of-few', level: 'warn', requests: 99, slos: ['ttft p99 <= 800ms'] },
    'With 99 requests the percentile is simply the maximum in "ttft p99 <= 800ms": ask for more requests or a lower percentile.',
  ],
  [
    {
      id: 'mixed-dialects',
      level: 'warn',
      dialects: [
        { name: 'openai-chat', count: 200 },
        { name: 'raw', count: 1 },
      ],
    },
    'The answers were read as different dialects (200 as openai-chat, 1 as raw): set stream_format.',
  ],
  [
    { id: 'dialect-guessed', level: 'info', dialect: 'openai-chat' },
    'The answers were read as openai-chat, chosen from the response: set stream_format to be sure.',
  ],
  [
    { id: 'sockets-not-reused', level: 'warn', opened: 198, later: 199 },
    '198 of 199 later requests had to open a new connection: let the server keep connections alive.',
  ],
  [
    { id: 'server-closes-connections', level: 'warn', closed: 190, resent: 3, later: 199 },
    'The server closed its connection after 190 of 199 answers though it announces keep-alive (3 requests were sent once more): set keep_alive: false, or let the server keep connections alive.',
  ],
  [
    { id: 'server-closes-connections', level: 'warn', closed: 199, resent: 0, later: 199 },
    'The server closed its connection after 199 of 199 answers though it announces keep-alive: set keep_alive: false, or let the server keep connections alive.',
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
    '1 of 2 warm-up requests failed, the first with http_status 503: the target may not have been ready.',
  ],
  [
    { id: 'warmup-failures', level: 'warn', failed: 1, warmup: 2, first: 'connect', status: null },
    '1 of 2 warm-up requests failed, the first with connect: the target may not have been ready.',
  ],
  [
    {
      id: 'warmup-failures',
      level: 'warn',
      failed: 2,
      warmup: 2,
      first: 'http_status',
      status: 401,
    },
    '2 of 2 warm-up requests failed, the first with http_status 401: the target refuses what is sent.',
  ],
  [
    {
      id: 'prompts-repeat',
      level: 'warn',
      allowed: false,
      requests: 300,
      repeated: 298,
      different: 2,
      share: 0.99333,
    },
    '298 of 300 requests have the prompt of an earlier one, so that a cache may know 99.3% of what is asked (2 different prompts): write cache: bust to measure without it, or cache: allowed if that is what is meant.',
  ],
  [
    {
      id: 'prompts-repeat',
      level: 'info',
      allowed: true,
      requests: 300,
      repeated: 0,
      different: 310,
      share: 0.5,
    },
    'No prompt is the same, but they begin alike, so that a cache may know 50.0% of what is asked (310 different prompts), as the spec allows.',
  ],
  [
    {
      id: 'prompts-repeat',
      level: 'info',
      allowed: false,
      requests: 1000,
      repeated: 3,
      different: 997,
      share: 0.003,
    },
    '3 of 1000 requests have the prompt of an earlier one, so that a cache may know 0.3% of what is asked (997 different prompts).',
  ],
  [
    { id: 'prompts-cached', level: 'warn', marked: true, cached: 9600, tokens: 12_000 },
    '9600 of 12000 tokens of prompts came from a cache of the server, by its own count, more than repeats in this run explain: an earlier run may have sent the same: give each run a seed of its own.',
  ],
  [
    { id: 'prompts-cached', level: 'warn', marked: false, cached: 9600, tokens: 12_000 },
    '9600 of 12000 tokens of prompts came from a cache of the server, by its own count, more than repeats in this run explain: an earlier run may have sent them: write cache: bust and give each run a seed of its own, or cache: allowed if that is what is meant.',
  ],
  [
    { id: 'default-body', level: 'warn', status: 400 },
    'The target refuses the body {"stream": true}, which is sent where nothing says what to send, with HTTP 400: write what it expects as body of a spec, or behind --body where there is none.',
  ],
  [
    { id: 'requests-cancelled', level: 'info', cancelled: 1, requests: 201 },
    '1 of 201 requests were in flight when the run was stopped: they count nowhere.',
  ],
  [
    { id: 'server-unread', level: 'warn', failure: '/metrics: status 404' },
    "The server's metrics could not be read: /metrics: status 404.",
  ],
  [
    { id: 'server-unread', level: 'warn', failure: null },
    'The run ended before its measured phase, so that there is nothing to compare.',
  ],
  [
    {
      id: 'server-scrapes-failed',
      level: 'info',
      failed: 1,
      scrapes: 3,
      failure: 'no answer within 3 s',
    },
    "1 of 3 scrapes of the server's metrics failed, the first with no answer within 3 s.",
  ],
  ...[
    ['failed', 'a request to gauge it failed (HTTP 503: busy)'] as const,
    ['unsent', 'the requests to gauge it were not sent'] as const,
    ['untold', 'its answers told no usage'] as const,
    ['unrelated', 'a longer prompt did not come to more prompt_tokens'] as const,
  ].map(([cause, why]): [DiagnosticFacts, string] => [
    {
      id: 'lengths-not-gauged',
      level: 'warn',
      cause,
      failure: cause === 'failed' ? 'HTTP 503: busy' : null,
    },
    `How many tokens the server makes of a word could not be found out before the load, ${why}: prompts were written as if each word were one token.`,
  ]),
  [
    { id: 'lengths-untold', level: 'warn', sides: ['input', 'output'], requests: 40 },
    'None of 40 answers said how many tokens its prompt and the answer had, so nobody knows whether that was as asked: ask for usage, for example with stream_options: { include_usage: true }.',
  ],
  [
    { id: 'lengths-missed', level: 'warn', side: 'input', asked: 512, got: 640, requests: 40 },
    'Prompts were 25% longer than asked, 640 tokens in the mean of 40 requests, 512 were asked for: the figures are those of other prompts.',
  ],
  [
    { id: 'lengths-missed', level: 'warn', side: 'output', asked: 128, got: 64, requests: 40 },
    'Answers were 50% shorter than asked, 64 tokens in the mean of 40 requests, 128 were asked for: the model stopped by itself, so let it not, with ignore_eos: true or min_tokens: "{{output_tokens}}" where the server has it.',
  ],
  [
    { id: 'lengths-missed', level: 'warn', side: 'output', asked: 128, got: 256, requests: 40 },
    'Answers were 100% longer than asked, 256 tokens in the mean of 40 requests, 128 were asked for: limit them with max_tokens: "{{output_tokens}}".',
  ],
  [
    { id: 'server-restarted', level: 'warn' },
    "The server's counters began anew during the run: it was started again.",
  ],
  [
    { id: 'server-shared', level: 'warn', server: 40, client: 20 },
    'The server finished 40 requests, this client completed 20: others use it too, and its times are not of this run alone.',
  ],
  [
    { id: 'server-partial', level: 'warn', server: 10, client: 20 },
    'The server finished 10 requests, this client completed 20: its metrics are of another server, or of one of several.',
  ],
  [
    { id: 'tokens-disagree', level: 'warn', server: 180, usage: 200, events: 201 },
    'The server generated 180 tokens by its metrics, 200 by the usage in its answers, in 201 token events: do not trust its counts of tokens.',
  ],
  [
    { id: 'prompt-tokens-disagree', level: 'warn', server: 139, usage: 140 },
    'The server read 139 tokens of prompts by its metrics, 140 by the usage in its answers.',
  ],
  [
    { id: 'events-are-not-tokens', level: 'info', server: 400, events: 200 },
    'The server generated 400 tokens, its answers came in 200 token events: ask for usage, for example with stream_options.include_usage.',
  ],
]

test.each(sentences)('words $id', (facts, sentence) => {
  expect(explainDiagnostic(facts)).toBe(sentence)
})

test('every self-check has its words here', () => {
  const ids = (diagnosticSchema.anyOf ?? []).map(({ properties }) => properties?.['id']?.const)
  expect(new Set(sentences.map(([{ id }]) => id))).toEqual(new Set(ids))
})
