import { cancelSchema } from './cancel.ts'
import { conversationSchema } from './conversation.ts'
import { describeDistribution } from './distribution-reading.ts'
import { durationPattern } from './duration.ts'
import { expectationSchema } from './expectation-schema.ts'
import { describeObject, describeText, type JsonSchema } from './json-schema.ts'
import { addMatrix } from './matrix-schema.ts'
import { addMix } from './mix-schema.ts'
import { percentPattern } from './percent.ts'
import { streamsPerProcess } from './process-count.ts'
import { ratePattern } from './rate.ts'
import { sloSchema } from './slo-schema.ts'
import { dialectNames } from './stream-format.ts'
import { thinkTimeSchema } from './think-time.ts'
import { traceKeys } from './trace-schema.ts'
import { requestIdHeaderSchema, traceContextSchema } from './tracing-reading.ts'

/** A bare number is in seconds, as `timeout` always was. */
function duration(description: string, rest: JsonSchema): JsonSchema {
  return {
    description: `${description} A number is in seconds; a text has its unit (us, ms, s, m, h).`,
    type: ['number', 'string'],
    exclusiveMinimum: 0,
    pattern: durationPattern,
    ...rest,
  }
}

function count(description: string, minimum: number, rest: JsonSchema): JsonSchema {
  return { description, type: 'integer', minimum, ...rest }
}

const dialect: JsonSchema = { enum: [...dialectNames] }

const failureCount: JsonSchema = {
  description: 'Whether a failed request counts as infinitely slow in a percentile.',
  type: 'string',
  enum: ['as-infinite', 'exclude'],
  default: 'as-infinite',
  examples: ['exclude'],
}

const warmupRequests = count('Requests sent before the measured ones.', 0, { examples: [10] })

const mock: JsonSchema = {
  type: 'object',
  properties: {
    scenario: { description: 'Prepared options by name.', examples: ['ideal', 'queue-storm-14'] },
    profile: { description: 'The server to behave like.', examples: ['vllm', 'qwen-vllm'] },
    latency: {
      description: 'How latency comes about.',
      examples: ['fixed', { tier: 'linear', base: '30ms', per_token: '0.25ms', slowdown: 2 }],
    },
    ttft: { description: 'Time to the first token.', examples: ['40ms'] },
    itl: { description: 'Time between tokens.', examples: ['5ms'] },
    tokens: { description: 'Tokens in an answer.', examples: [64] },
    tokens_per_event: { description: 'Tokens sent in one event.', type: 'integer', examples: [1] },
    queue: {
      description: 'How many requests run and wait at once.',
      examples: [{ running: 3, waiting: 10 }],
    },
    prefix_cache: {
      description: 'Whether shared beginnings of prompts need no prefill.',
      examples: [true, { block_tokens: 16, blocks: 16384 }],
    },
    cold_start: {
      description: 'How much later the first answer is.',
      examples: ['2s', { requests: 3, delay: '2s' }],
    },
    stalls: {
      description: 'When the engine stands still, and every answer with it.',
      examples: [{ every: '2s', for: '80ms' }],
    },
    faults: {
      description: 'What goes wrong, and for which requests.',
      type: 'array',
      examples: [[{ kind: 'http-error', status: 503, when: { every: 7 } }]],
    },
    seed: {
      description: 'Seed of everything random in the mock. Default: `seed` of the spec.',
      type: 'integer',
      examples: [1],
    },
    usage: { description: 'When token counts are sent.', examples: ['asked', 'always', 'never'] },
    text: {
      description: 'What an answer says: plain words, or also what careless readers trip over.',
      examples: ['plain', 'tricky'],
    },
    role_chunk: {
      description: 'When the chunk with the role is sent.',
      examples: ['first_token', 'accept'],
    },
    finish_style: {
      description: 'Whether the finish reason comes with the last content.',
      examples: ['merged', 'separate'],
    },
    reasoning: {
      description: 'How many tokens of an answer are reasoning.',
      examples: [{ tokens: 20 }],
    },
    tool_calls: {
      description: 'Tool calls in the place of text, or behind it.',
      examples: [{ count: 1, after: 0 }],
    },
    usage_delay: { description: 'Time from the last content to the usage.', examples: ['0ms'] },
    close_delay: {
      description: 'Time from the end of the answer to the end of the body.',
      examples: ['0ms'],
    },
    dify: { description: 'What a Dify app looks like.', examples: [{ app: 'chatflow' }] },
    script: {
      description: 'File with a recorded stream, relative to the spec.',
      examples: ['recorded.sse'],
    },
    models: { description: 'Names of the models that are served.', examples: [['qwen']] },
    api_key: { description: 'Key that requests must carry.', examples: ['${API_KEY}'] },
    latency_factor: { description: 'Multiplies every delay.', type: 'number', examples: [1] },
    allow_overrides: {
      description: 'Whether x-mock-* headers may change an answer.',
      type: 'boolean',
      examples: [true],
    },
    read_delay: { description: 'Time until a request is read.', examples: ['0ms'] },
    dies_after: {
      description: 'Requests after which every answer is an error.',
      type: 'integer',
      examples: [100],
    },
    start_delay: { description: 'Time until the server is ready.', examples: ['0ms'] },
    deterministic_ids: {
      description: 'Whether ids repeat between runs.',
      type: 'boolean',
      examples: [true],
    },
  },
  additionalProperties: true,
}

const document = describeObject(
  {
    $schema: describeText('Where this schema is, for editors.', {
      examples: ['../node_modules/slogate/schema/bench.schema.json'],
    }),
    name: describeText('Name of the bench. Default: the name of the file.', { examples: ['chat'] }),
    url: describeText('The endpoint; a path is enough with `mock`. May hold {{column}}.', {
      examples: ['http://127.0.0.1:8000/v1/chat/completions'],
    }),
    method: {
      description: 'HTTP method.',
      enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      default: 'POST',
      examples: ['POST'],
    },
    headers: {
      description: 'Headers of every request. May hold {{column}}.',
      type: 'object',
      additionalProperties: { type: ['string', 'number', 'boolean'] },
      default: {},
      examples: [{ Authorization: 'Bearer ${API_KEY}' }],
    },
    body: {
      description:
        'Body of every request: a text is sent as it is, anything else as JSON, null not at all. May hold {{column}}. Default for POST: {"stream": true}.',
      examples: [{ model: 'qwen', prompt: '{{content}}', stream: true }],
    },
    timeout: duration('Deadline of a whole request.', { default: 300, examples: [300, '5m'] }),
    connect_timeout: duration('Deadline of connecting.', { default: '10s', examples: ['10s'] }),
    ttft_timeout: duration('Deadline of the first token.', { examples: ['30s'] }),
    idle_timeout: duration('Longest silence within a stream.', { examples: ['15s'] }),
    keep_alive: {
      description:
        'Whether a connection serves one request after the other. With false each request opens its own and says `connection: close`.',
      type: 'boolean',
      default: true,
      examples: [false],
    },
    resend: {
      description:
        'Whether a request is sent once more, on a new connection, where the server closes a kept one without a byte of a response.',
      type: 'boolean',
      default: true,
      examples: [false],
    },
    trace_context: traceContextSchema,
    request_id_header: requestIdHeaderSchema,
    data_source: describeObject(
      {
        type: {
          description:
            'Format of the file, of conversations a list of turns in each row; or `synthetic`: prompts are made up; or `trace`: sent when it says.',
          enum: ['csv', 'jsonl', 'synthetic', 'conversations', 'trace'],
          examples: ['csv'],
        },
        file: describeText("The file, relative to the spec's directory.", {
          examples: ['prompts.csv'],
        }),
        column: describeText('The only column that may be used. Default: all.', {
          examples: ['content'],
        }),
        encoding: describeText('Character encoding of the file.', {
          default: 'utf-8',
          examples: ['utf-8', 'gbk'],
        }),
        shuffle: {
          description:
            'Whether rows are sent in an order that `seed` draws, a new one in each pass.',
          type: 'boolean',
          default: false,
          examples: [true],
        },
        repeats: {
          description:
            'Whether a row may be sent again: allowed (which a PASS under policy `release` takes), or forbidden, so that too few rows, or two of them with the same prompt, are an error. Default: it may, and nobody has said so.',
          enum: ['allowed', 'forbidden'],
          examples: ['forbidden'],
        },
        ...traceKeys,
        input_tokens: describeDistribution(
          'count',
          'Of `synthetic`: tokens of a prompt, its shared prefix included.',
          { examples: [512] },
        ),
        output_tokens: describeDistribution(
          'count',
          'Of `synthetic`: tokens of an answer, for `max_tokens: "{{output_tokens}}"`.',
          { examples: [128] },
        ),
        shared_prefix: count(
          'Of `synthetic`: tokens that the prompts of a group begin with. Default: none.',
          1,
          { examples: [256] },
        ),
        groups: count(
          'Of `synthetic`: how many different shared prefixes there are, which prompts have in turn.',
          1,
          { default: 1, examples: [8] },
        ),
        rows: count(
          'Of `synthetic`: how many prompts there are. Default: as many as requests are sent, so that none repeats.',
          1,
          { examples: [1000] },
        ),
      },
      {
        description:
          'Rows for the {{column}} placeholders; request i uses row i modulo rows, or as shuffled.',
        required: ['type'],
        examples: [{ type: 'csv', file: 'prompts.csv', column: 'content' }],
      },
    ),
    cache: {
      description:
        'What a cache of the server may know of the prompts: whatever repeats (which a PASS under policy `release` takes), nothing (each begins with a marker that `seed` draws), or a common beginning of so many tokens and nothing behind it. Default: whatever repeats, and nobody has said so.',
      examples: ['bust', 'allowed', { shared: 256 }],
      anyOf: [
        { type: 'string', enum: ['allowed', 'bust'] },
        describeObject(
          {
            shared: count('Tokens of the common beginning, about one for each of its words.', 1, {
              maximum: 1_000_000,
              examples: [256],
            }),
          },
          { required: ['shared'] },
        ),
      ],
    },
    conversation: conversationSchema,
    stream_format: {
      description: 'How the stream is read. Default: chosen from the response.',
      examples: ['openai-chat', { type: 'sse', completion_event: 'workflow_finished' }],
      anyOf: [
        { type: 'string', ...dialect },
        describeObject(
          {
            type: {
              description: 'Name of the dialect to start from.',
              ...dialect,
              examples: ['sse'],
            },
            first_token_event: describeText('Event that stops the TTFT clock.', {
              examples: ['message'],
            }),
            completion_event: describeText('Event that ends the answer.', {
              examples: ['workflow_finished'],
            }),
            output_path: describeText("Dotted path of the output in the completion event's data.", {
              examples: ['data.outputs.result', 'choices.0.delta.content'],
            }),
            content_type: describeText('Content type to expect instead of the usual one.', {
              examples: ['text/plain'],
            }),
          },
          { required: ['type'] },
        ),
      ],
    },
    expect: expectationSchema,
    concurrency: count('Requests in flight; each is replaced as soon as it has ended.', 1, {
      default: 10,
      examples: [10],
    }),
    rate: {
      description:
        'Requests due per second or minute, whatever became of those before; in place of `concurrency`.',
      type: 'string',
      pattern: ratePattern,
      examples: ['20/s', '600/min'],
    },
    arrival: {
      description:
        'How requests come at the rate: evenly, as a Poisson process, or with times between two of them of a gamma distribution of this shape (1: Poisson; below it they come in bursts). `seed` draws them.',
      default: 'poisson',
      examples: ['poisson', 'constant', { gamma: 0.5 }],
      anyOf: [
        { type: 'string', enum: ['constant', 'poisson'] },
        describeObject(
          {
            gamma: {
              description: 'Shape of the distribution, the burstiness of other tools.',
              type: 'number',
              minimum: 0.01,
              examples: [0.5],
            },
          },
          { required: ['gamma'] },
        ),
      ],
    },
    max_concurrency: count(
      'The most requests in flight at a rate: one that finds so many waits, is sent late and counted. Default: 1024, or as many as open files allow.',
      1,
      { examples: [200] },
    ),
    requests: count(
      'Measured requests. Default: as many as the SLOs need, at least 100 (500 with `mock`, and 20 waves of a `concurrency`) and at most 5000; unlimited with `duration`.',
      1,
      {
        default: 100,
        examples: [300],
      },
    ),
    sessions: count(
      'Measured conversations, in place of `requests`. Default: as few as have as many requests.',
      1,
      { examples: [50] },
    ),
    total_requests: count('Alias of `requests`.', 1, { examples: [100] }),
    duration: duration('How long measured requests are started.', { examples: ['60s'] }),
    stages: {
      description:
        'The load in stages, one after the other, in place of `concurrency` or `rate`, `requests` and `duration`.',
      type: 'array',
      items: describeObject(
        {
          name: describeText('Unique; the tag `stage` of an SLO. Default: its number, from 1.', {
            examples: ['peak'],
          }),
          duration: duration('How long it lasts, its ramp included.', { examples: ['30s'] }),
          concurrency: count('Requests in flight, after the ramp.', 1, { examples: [32] }),
          rate: {
            description:
              'Requests due per second or minute, after the ramp; in place of `concurrency`, in all stages or in none.',
            type: 'string',
            pattern: ratePattern,
            examples: ['20/s'],
          },
          ramp: duration(
            'Time in which what the stage before asks for, nothing before the first one, becomes what this one does. Default: at once.',
            { examples: ['10s'] },
          ),
        },
        { required: ['duration'] },
      ),
      examples: [
        [
          { name: 'warm', duration: '20s', concurrency: 4 },
          { name: 'peak', duration: '30s', concurrency: 32, ramp: '10s' },
        ],
      ],
    },
    warmup: {
      description:
        'Requests before the measured ones, left out of every figure. Default: `concurrency`, or those of two seconds of `rate`, at most 1000.',
      examples: [{ requests: 10 }, 10, false],
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'boolean', const: false },
        describeObject({ requests: warmupRequests }, { required: ['requests'] }),
      ],
    },
    rounds: count(
      'Equal slices of the run for the statistics. Default: 5, with at least 10 requests in each; 10 where a baseline alternates, which takes an even number.',
      1,
      { default: 5, examples: [5] },
    ),
    seed: count(
      'Fixes the order of rows under `data_source.shuffle`, the prompts of a `synthetic` source, the arrivals at a `rate`, and what a mock without a seed of its own draws.',
      0,
      { default: 1, examples: [1] },
    ),
    load: describeObject(
      {
        processes: count(
          `Load processes. Default: one for each ${streamsPerProcess} requests in flight, but one core is left to others; one where a baseline alternates.`,
          1,
          { examples: [2] },
        ),
        transport: {
          description:
            'What the connections are: a client of our own, or undici, as a second witness and for a server that our own refuses to understand.',
          type: 'string',
          enum: ['lean', 'undici'],
          default: 'lean',
          examples: ['undici'],
        },
      },
      { description: 'What sends the load.', examples: [{ processes: 2 }] },
    ),
    mock: {
      description: 'Runs against the bundled mock server: true, or its options.',
      default: false,
      examples: [true, { ttft: '40ms', itl: '5ms' }],
      anyOf: [{ type: 'boolean' }, mock],
    },
    baseline: describeObject(
      {
        url: describeText(
          'A second target. Its rounds alternate with those of `url`, whose path it takes if it has none.',
          { examples: ['https://stable.example.com/v1/chat/completions'] },
        ),
        headers: {
          description: 'Headers that differ from `headers`.',
          type: 'object',
          additionalProperties: { type: ['string', 'number', 'boolean'] },
          examples: [{ Authorization: 'Bearer ${STABLE_KEY}' }],
        },
        body: {
          description: 'Body in place of `body`.',
          examples: [{ model: 'qwen-stable', prompt: '{{content}}', stream: true }],
        },
        mock: {
          description: 'A second mock server: its options that differ from those of `mock`.',
          type: 'object',
          additionalProperties: true,
          examples: [{ ttft: '40ms' }],
        },
        file: describeText("`results.json` of an earlier run, relative to the spec's directory.", {
          examples: ['baselines/chat.json'],
        }),
      },
      {
        description: 'What relative SLOs compare with: a second target, or an earlier run.',
        examples: [
          { url: 'https://stable.example.com/v1/chat/completions' },
          { file: 'baselines/chat.json' },
        ],
      },
    ),
    server_metrics: {
      description:
        "Scrapes the server's own metrics before, during and after the measured requests: true looks for them at the origin of `url`, a path or a URL says where they are.",
      default: false,
      examples: [true, '/metrics', { url: 'http://10.0.0.7:8000/metrics', interval: '2s' }],
      anyOf: [
        { type: 'boolean' },
        { type: 'string', minLength: 1 },
        describeObject({
          url: describeText('Path at the origin of the target, or a URL.', {
            examples: ['/metrics'],
          }),
          interval: duration('Time between two scrapes, 100ms or more.', {
            default: '1s',
            examples: ['1s'],
          }),
        }),
      ],
    },
    slo: sloSchema,
    think_time: thinkTimeSchema,
    cancel: cancelSchema,
    abort: {
      description:
        'Whether to stop when the outcome is certain whatever the remaining requests do; takes `requests`, not `duration`.',
      enum: ['never', 'certain'],
      default: 'never',
      examples: ['certain'],
    },
    max_error_rate: {
      description:
        'Share of failed requests; a run that is proven to be above it is stopped and is an ERROR. Default: no limit.',
      type: 'string',
      pattern: percentPattern,
      examples: ['50%'],
    },
    gate: describeObject(
      {
        policy: {
          description:
            '`pr` blocks on FAIL, `release` passes only on PASS, `point` compares observed values alone.',
          enum: ['pr', 'release', 'point'],
          default: 'pr',
          examples: ['release'],
        },
        confidence: {
          description: 'Confidence of a verdict.',
          type: 'number',
          exclusiveMinimum: 0.5,
          exclusiveMaximum: 1,
          default: 0.95,
          examples: [0.95],
        },
        max_extra_rounds: count(
          'Rounds that may be added to a run that would else be INCONCLUSIVE; the confidence of each look is raised for it.',
          0,
          { default: 0, examples: [3] },
        ),
        failures: {
          description:
            'Whether a failed request counts as infinitely slow in a percentile, and how failures come.',
          anyOf: [
            failureCount,
            describeObject({
              count: failureCount,
              burst: {
                description:
                  'Failures that come in a row, on average. A PASS of a success rate then takes about 2 × as many − 1 times the requests.',
                type: 'number',
                minimum: 1,
                examples: [5],
              },
            }),
          ],
          default: 'as-infinite',
          examples: ['exclude', { burst: 5 }],
        },
      },
      { description: 'How the verdict is reached.', examples: [{ policy: 'release' }] },
    ),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'slogate bench',
    description: 'A bench of a streaming LLM endpoint and the SLOs it must keep.',
    required: ['url'],
  },
)

/** The bench document: what is checked, what editors know, what the documentation lists. */
export const benchSchema: JsonSchema = addMatrix(addMix(document))
