import { sentences } from '../../src/report/sentence/sentences.ts'
import type {
  DiagnosticDocument,
  DistributionDocument,
  Results,
  ServerDocument,
  ServerFindingDocument,
  ServerTimeDocument,
  SloDocument,
} from '../../src/results/results.ts'
import type { DiagnosticFacts } from '../../src/results/wording.ts'

/** Whatever a target may send to trick a reader of the reports. */
export const hostile =
  '::error::owned\n::add-mask::x ##[error]y ##vso[task.complete]z \u001b[31mred\u001b[0m \u0007\u0000' +
  '</details><img src=x onerror=alert(1)> <script>alert(1)</script> @everyone #12 | a `b` *c* _d_ ' +
  '[e](https://evil.example) ]]> ]]]> [[ATTACHMENT|/etc/passwd]] <skipped/> \u202egnp.exe \ud800 \uffff 😀 &amp; "q"'

function distribution(p50: number, count = 298): DistributionDocument {
  return {
    count,
    min: p50 / 2,
    mean: p50 * 1.1,
    stddev: count > 1 ? p50 / 4 : null,
    p50,
    p75: p50 * 1.2,
    p90: p50 * 1.5,
    p95: p50 * 1.8,
    p99: p50 * 2.2,
    max: p50 * 2.5,
  }
}

/** An SLO's document, its sentence as every report tells it; `end`: of its run. */
export function slo(
  given: Partial<Omit<SloDocument, 'why'>>,
  end: Results['end'] = { kind: 'finished' },
): SloDocument {
  const text = given.text ?? 'ttft p95 <= 800ms'
  const document = {
    id: text,
    text,
    metric: 'ttft',
    tags: [],
    stat: 'p95',
    op: '<=',
    bound: 800,
    unit: 'ms',
    level: 'error',
    purpose: null,
    line: 7,
    column: 5,
    status: 'PASS',
    method: 'exact',
    observed: 640.1234,
    margin: 159.8766,
    n: 300,
    exceedances: 3,
    pass_at_most: 8,
    fail_at_least: 22,
    interval: { low: 610.5, high: 700.25 },
    dependence: { fail: { kind: 'none' }, pass: { kind: 'none' } },
    rounds: null,
    allowance: null,
    relative: null,
    p_fail: 0.9999,
    p_pass: 0.00012,
    p_fail_adjusted: 1,
    more_requests: null,
    reason: {
      kind: 'exceedances',
      failed: 0,
      left: 0,
      requests: 300,
      without_value: 0,
      asked: 300,
    },
    turns: [],
    ...given,
  } as const satisfies Omit<SloDocument, 'why'>
  return { ...document, why: sentences.slo(document, end) }
}

const nothingCompleted = {
  kind: 'nothing-completed',
  target: 'candidate',
  total: 300,
  failed: 300,
  most: { kind: 'connect', status: null },
} as const
const interrupted = { kind: 'interrupted', reason: 'SIGINT', why: 'SIGINT' } as const
const foreign = { fact: 'cpu', baseline: 'Other CPU', candidate: 'Example CPU' }

export const failed: SloDocument = slo({
  status: 'FAIL',
  observed: 912,
  margin: -112,
  exceedances: 38,
  interval: { low: 880, high: 950 },
  p_fail: 0.000001,
  p_pass: 1,
  p_fail_adjusted: 0.000002,
})
export const undecided: SloDocument = slo({
  text: 'latency p99 <= 5s',
  metric: 'latency',
  stat: 'p99',
  bound: 5000,
  status: 'INCONCLUSIVE',
  observed: 4567,
  margin: 433,
  exceedances: 1,
  pass_at_most: 0,
  fail_at_least: 7,
  interval: { low: 4210, high: null },
  more_requests: 180,
})
const successRate: SloDocument = slo({
  text: 'success_rate >= 99%',
  metric: 'success_rate',
  stat: 'value',
  op: '>=',
  bound: 0.99,
  unit: 'share',
  observed: 0.993333,
  margin: 0.003333,
  exceedances: 2,
  interval: { low: 0.979, high: 0.998 },
})
export const warned: SloDocument = slo({
  text: 'chunk_gap p99 <= 60ms',
  metric: 'chunk_gap',
  stat: 'p99',
  bound: 60,
  level: 'warn',
  status: 'FAIL',
  observed: 71.234,
  margin: -11.234,
  n: 19200,
  exceedances: 420,
  pass_at_most: 160,
  fail_at_least: 230,
  interval: { low: 68.1, high: 75.5 },
})
const compared: SloDocument = slo({
  text: 'ttft p95 <= baseline + 10% or 20ms',
  bound: 633.6,
  status: 'FAIL',
  method: 'ratio',
  observed: 691.2,
  margin: -57.6,
  exceedances: null,
  pass_at_most: null,
  fail_at_least: null,
  interval: null,
  dependence: null,
  rounds: 10,
  relative: {
    baseline: 576,
    change: 0.2,
    low: 0.15,
    high: 0.25,
    allowed: 0.1,
    rounds: 10,
  },
  allowance: { change: 0.1, floor: 20 },
  reason: { kind: 'ratio', asked: 300 },
})
const fewerPoints: SloDocument = slo({
  ...compared,
  text: 'success_rate >= baseline - 1%',
  metric: 'success_rate',
  stat: 'value',
  op: '>=',
  bound: 0.99,
  unit: 'share',
  status: 'PASS',
  observed: 0.993333,
  margin: 0.003333,
  relative: {
    baseline: 1,
    change: -0.006667,
    low: -0.0099,
    high: 0.0011,
    allowed: -0.01,
    rounds: 10,
  },
  allowance: { change: -0.01, floor: null },
})
const unmeasured: SloDocument = slo({
  status: 'ERROR',
  method: 'none',
  observed: null,
  margin: null,
  n: 0,
  exceedances: null,
  pass_at_most: null,
  fail_at_least: null,
  interval: null,
  dependence: null,
  rounds: null,
  p_fail: null,
  p_pass: null,
  p_fail_adjusted: null,
  reason: nothingCompleted,
})

function serverTime(mean: number, more: Partial<ServerTimeDocument> = {}): ServerTimeDocument {
  return {
    count: 304,
    mean,
    p50: 250,
    p95: 1000,
    p99: null,
    percentiles: 'at-most',
    client: { count: 303, mean: mean + 2.5, p50: mean, p95: mean * 1.5, p99: mean * 2 },
    ...more,
  }
}

/** A self-check as it is stored, with its sentence. */
function diagnostic(facts: DiagnosticFacts): DiagnosticDocument {
  return { ...facts, message: sentences.diagnostic(facts) }
}

function conclude(finding: ServerFindingDocument): Pick<ServerDocument, 'finding' | 'message'> {
  return { finding, message: sentences.server(finding) }
}

const vllm: ServerDocument = {
  source: 'vllm',
  url: 'http://127.0.0.1:8000/metrics',
  interval_ms: 1000,
  scrapes: 29,
  failed_scrapes: 0,
  failure: null,
  covers: { from_ms: 1.2, to_ms: 25690.5, warmup: 5 },
  requests: { server: 304, client: 303, agrees: true },
  prompt_tokens: { server: 15200, usage: 15150, agrees: true },
  output_tokens: { server: 19456, usage: 19392, events: 19392, agrees: true },
  prefix_cache: { queries: 15200, hits: 9440 },
  ttft_ms: serverTime(390.4),
  latency_ms: serverTime(2310.2),
  queue_ms: serverTime(212.5, { client: null }),
  prefill_ms: serverTime(171.2, { client: null }),
  decode_ms: serverTime(1919.7, { client: null }),
  token_gap_ms: serverTime(30.4, { count: 19152 }),
  timeline: [
    { at_ms: -310.5, running: 0, waiting: 0 },
    { at_ms: 1.2, running: 8, waiting: 2 },
    { at_ms: 690.1, running: null, waiting: null },
    { at_ms: 25689.5, running: 0, waiting: 0 },
  ],
  ...conclude({
    kind: 'breakdown',
    latency_ms: 2312.7,
    queue_ms: 212.5,
    prefill_ms: 177.9,
    first_token_ms: 390.4,
    decode_ms: 1919.8,
    outside_ms: 2.5,
  }),
}

const passing: Results = {
  schema_version: 2,
  tool: { name: 'slogate', version: '0.1.0' },
  spec: { name: 'chat', file: 'bench/chat.bench.yaml', sha256: 'ab'.repeat(32) },
  cell: null,
  target: {
    url: 'http://127.0.0.1:8000/v1/chat/completions',
    method: 'POST',
    hermetic: false,
  },
  request: {
    model: 'example-7b',
    output_limit: { key: 'max_tokens', tokens: 64 },
    timeout_ms: 300_000,
    connect_timeout_ms: 10_000,
    ttft_timeout_ms: 2000,
    idle_timeout_ms: null,
  },
  load: {
    kind: 'closed',
    concurrency: 10,
    requests: 300,
    duration_ms: null,
    think_time_ms: null,
    warmup: 10,
    rounds: 5,
    seed: 1,
    keep_alive: true,
    resend: true,
    transport: 'lean',
    workload: [{ kind: 'value', name: 'body.model', value: 'a' }],
  },
  stream: { asked: 'openai-chat', dialects: [{ name: 'openai-chat', count: 300 }] },
  dataset: { source: 'prompts.csv', rows: 5, columns: ['content'], synthetic: null },
  started_at: '2026-01-15T10:30:00.000Z',
  finished_at: '2026-01-15T10:30:27.000Z',
  end: { kind: 'finished' },
  environment: { node: '24.0.0', platform: 'linux', arch: 'x64', cpu: 'Example CPU', cores: 2 },
  summary: {
    requests: {
      total: 300,
      completed: 298,
      failed: 2,
      cancelled: 0,
      left: 0,
      leaving: 0,
      resent: 0,
      warmup: 10,
    },
    sessions: null,
    success_rate: 0.993333,
    duration_ms: 25670.1234,
    wall_ms: 25694.5678,
    requests_per_second: 11.6089,
    output_tokens_per_second: 742.97,
    output_tokens: 19072,
    token_basis: 'usage',
    prompts: { counted: 298, tokens: 12516, told: 0, cached_tokens: null, cached_share: null },
    goodput: null,
    sent_rate: null,
    ttft_ms: distribution(355),
    ttfo_ms: null,
    latency_ms: distribution(2210),
    scheduled_ttft_ms: null,
    scheduled_latency_ms: null,
    stream_end_ms: distribution(2234),
    tpot_ms: distribution(29.4),
    chunk_gap_ms: distribution(30.25, 18774),
    stall_ms: distribution(44),
    dispatch_delay_ms: distribution(0.31),
    client_queue_ms: distribution(0.05),
    failures: [
      { kind: 'timeout.ttft', status: null, count: 2, sample: 'first token: not within 2000 ms' },
    ],
  },
  stages: [],
  mix: [],
  rounds: [],
  tracing: null,
  baseline: null,
  diagnostics: [],
  client: {
    event_loop_utilization: 0.21,
    event_loop_delay_p50_ms: 0.1,
    event_loop_delay_p99_ms: 0.8,
    event_loop_delay_max_ms: 2.4,
    gc_pauses: 12,
    gc_total_ms: 18.2,
    gc_max_ms: 3.1,
    cpu_share: 0.25,
    run_queue_share: null,
    processes: null,
  },
  server: null,
  calibration: null,
  verdict: {
    status: 'PASS',
    policy: 'pr',
    confidence: 0.95,
    failures: 'as-infinite',
    looks: { planned: 1, taken: 1, confidence: 0.95 },
    passed: true,
    exit_code: 0,
    reason: { kind: 'slos', slos: ['ttft p95 <= 800ms', 'success_rate >= 99%'], blocking: 2 },
    why: '2 of 2 SLOs of level error hold.',
    slos: [slo({}), successRate],
  },
}

/** What the two load processes of a run told of themselves. */
export function splitClient(): NonNullable<Results['client']> {
  const { client } = passing
  if (client === null) throw new Error('a passing run tells of its client')
  const { processes: _, ...first } = client
  const second = { ...first, event_loop_utilization: 0.34, cpu_share: 0.4 }
  return { ...second, processes: [first, second] }
}

/** A passing run with parts of it replaced. */
export function run(
  given: Partial<Omit<Results, 'summary' | 'verdict'>> & {
    summary?: Partial<Results['summary']>
    verdict?: Partial<Omit<Results['verdict'], 'why'>>
  } = {},
): Results {
  const verdict = { ...passing.verdict, ...given.verdict }
  const { slos, status } = verdict
  const blocking = slos.filter(({ level }) => level === 'error')
  const texts = blocking.filter((each) => each.status === status).map(({ text }) => text)
  const found = { kind: 'slos', slos: texts, blocking: blocking.length } as const
  const reason = given.verdict?.reason ?? (slos.length === 0 ? { kind: 'no-slo' as const } : found)
  const end = given.end ?? passing.end
  return structuredClone({
    ...passing,
    ...given,
    summary: { ...passing.summary, ...given.summary },
    verdict: { ...verdict, reason, why: sentences.verdict({ status, reason }, end) },
  })
}

const nothing: Partial<Results['summary']> = {
  success_rate: 0,
  duration_ms: null,
  wall_ms: 8.4,
  requests_per_second: null,
  output_tokens_per_second: null,
  output_tokens: null,
  token_basis: 'none',
  prompts: { counted: 0, tokens: null, told: 0, cached_tokens: null, cached_share: null },
  ttft_ms: null,
  latency_ms: null,
  stream_end_ms: null,
  tpot_ms: null,
  chunk_gap_ms: null,
  stall_ms: null,
  dispatch_delay_ms: null,
  client_queue_ms: null,
}

/** One run of every kind, by name. */
export const runs = {
  pass: run(),
  fail: run({
    diagnostics: [
      diagnostic({
        id: 'concurrency-not-held',
        level: 'warn',
        stage: null,
        concurrency: 10,
        peak_in_flight: 10,
        mean_in_flight: 8.1,
        requests: 300,
        failed: 2,
      }),
      diagnostic({ id: 'dialect-guessed', level: 'info', kind: null, dialect: 'openai-chat' }),
    ],
    verdict: {
      status: 'FAIL',
      passed: false,
      exit_code: 1,
      slos: [successRate, warned, undecided, failed],
    },
  }),
  inconclusive: run({
    verdict: {
      status: 'INCONCLUSIVE',
      policy: 'release',
      passed: false,
      exit_code: 2,
      slos: [slo({}), undecided],
    },
  }),
  infinite: run({
    summary: {
      requests: {
        total: 300,
        completed: 270,
        failed: 30,
        cancelled: 0,
        left: 0,
        leaving: 0,
        resent: 0,
        warmup: 0,
      },
    },
    verdict: {
      status: 'FAIL',
      passed: false,
      exit_code: 1,
      slos: [
        slo({
          ...failed,
          observed: 'infinite',
          margin: 'infinite',
          interval: { low: 950, high: 'infinite' },
        }),
      ],
    },
  }),
  noData: run({
    summary: {
      ...nothing,
      requests: {
        total: 300,
        completed: 0,
        failed: 300,
        cancelled: 0,
        left: 0,
        leaving: 0,
        resent: 0,
        warmup: 0,
      },
      failures: [
        {
          kind: 'connect',
          status: null,
          count: 300,
          sample: 'connect ECONNREFUSED 127.0.0.1:8000',
        },
      ],
    },
    verdict: {
      status: 'ERROR',
      passed: false,
      exit_code: 4,
      reason: nothingCompleted,
      slos: [unmeasured],
    },
  }),
  interrupted: run({
    end: interrupted,
    summary: {
      requests: {
        total: 43,
        completed: 33,
        failed: 0,
        cancelled: 10,
        left: 0,
        leaving: 0,
        resent: 0,
        warmup: 10,
      },
      success_rate: 1,
      ttft_ms: distribution(355, 33),
      latency_ms: distribution(2210, 33),
      tpot_ms: distribution(29.4, 33),
      stall_ms: distribution(44, 33),
      failures: [],
    },
    verdict: {
      status: 'ERROR',
      passed: false,
      exit_code: 130,
      slos: [
        slo(
          {
            ...unmeasured,
            observed: 640,
            n: 33,
            turns: [{ kind: 'ended', from: 'INCONCLUSIVE', to: 'ERROR' }],
          },
          interrupted,
        ),
      ],
    },
  }),
  open: run({
    load: {
      ...withoutConcurrency(passing.load),
      kind: 'open',
      rate_per_second: 12,
      trace: null,
      burstiness: 1,
      max_concurrency: 20,
      warmup: 24,
    },
    summary: {
      sent_rate: { due_per_second: 12.21, sent_per_second: 12.19, held_back: 3 },
      scheduled_ttft_ms: distribution(361),
      scheduled_latency_ms: distribution(2216),
    },
    diagnostics: [
      diagnostic({
        id: 'requests-held-back',
        level: 'warn',
        held_back: 3,
        max_concurrency: 20,
        requests: 300,
        longest_ms: 112.4,
      }),
    ],
  }),
  traced: run({
    load: {
      ...withoutConcurrency(passing.load),
      kind: 'open',
      rate_per_second: 60.65,
      burstiness: null,
      trace: { format: 'mooncake', speed: 2, cached_share: 0.6342 },
      max_concurrency: 1024,
      warmup: 0,
    },
    summary: {
      sent_rate: { due_per_second: 60.65, sent_per_second: 60.63, held_back: 0 },
      dispatch_delay_ms: distribution(0.4),
      scheduled_ttft_ms: distribution(361),
      scheduled_latency_ms: distribution(2216),
      prompts: {
        counted: 298,
        tokens: 436_500,
        told: 298,
        cached_tokens: 270_630,
        cached_share: 0.62,
      },
    },
  }),
  one: run({
    load: { ...passing.load, kind: 'closed', concurrency: 1, requests: 1, rounds: 1 },
    summary: {
      requests: {
        total: 1,
        completed: 1,
        failed: 0,
        cancelled: 0,
        left: 0,
        leaving: 0,
        resent: 0,
        warmup: 0,
      },
      success_rate: 1,
      ttft_ms: distribution(355, 1),
      latency_ms: distribution(2210, 1),
      tpot_ms: null,
      chunk_gap_ms: null,
      stall_ms: null,
      token_basis: 'estimated',
      failures: [],
    },
    verdict: {
      status: 'INCONCLUSIVE',
      slos: [
        slo({
          ...undecided,
          observed: 4567,
          n: 1,
          exceedances: 0,
          pass_at_most: null,
          fail_at_least: null,
        }),
      ],
    },
  }),
  relative: run({
    baseline: {
      kind: 'interleaved',
      source: 'https://stable.example.com/v1/chat/completions',
      comparable: true,
      differences: [],
      contrasts: [],
      summary: { ...passing.summary, ttft_ms: distribution(320) },
    },
    verdict: {
      status: 'FAIL',
      passed: false,
      exit_code: 1,
      slos: [compared, fewerPoints, slo({})],
    },
  }),
  incomparable: run({
    baseline: {
      kind: 'file',
      source: 'baselines/chat.json',
      comparable: false,
      differences: [foreign],
      contrasts: [{ fact: 'model', baseline: 'a', candidate: 'b' }],
      summary: passing.summary,
    },
    verdict: {
      status: 'INCONCLUSIVE',
      slos: [
        slo({
          ...compared,
          bound: null,
          status: 'INCONCLUSIVE',
          relative: {
            baseline: 'infinite',
            change: null,
            low: null,
            high: null,
            allowed: 0.1,
            rounds: 0,
          },
          allowance: { change: 0.1, floor: null },
          turns: [
            {
              kind: 'not-comparable',
              from: 'INCONCLUSIVE',
              to: 'INCONCLUSIVE',
              differences: [foreign],
            },
          ],
        }),
      ],
    },
  }),
  noSlo: run({ verdict: { status: 'INCONCLUSIVE', slos: [] } }),
  chinese: run({
    spec: { name: '聊天接口压测', file: 'bench/聊天.bench.yaml', sha256: null },
    verdict: {
      status: 'FAIL',
      passed: false,
      exit_code: 1,
      slos: [slo({ ...failed, id: '首token', purpose: '用户在等' }), successRate],
    },
  }),
  hostile: run({
    spec: { name: hostile, file: hostile, sha256: null },
    target: { url: `http://127.0.0.1/${hostile}`, method: 'POST', hermetic: true },
    end: { kind: 'crashed', message: hostile, why: hostile },
    baseline: {
      kind: 'file',
      source: hostile,
      comparable: false,
      differences: [{ fact: 'cpu', baseline: hostile, candidate: hostile }],
      contrasts: [{ fact: 'model', baseline: hostile, candidate: hostile }],
      summary: passing.summary,
    },
    diagnostics: [
      diagnostic({
        id: 'ttft-without-content',
        level: 'warn',
        kind: null,
        event: hostile,
        lead_ms: null,
      }),
    ],
    server: {
      ...vllm,
      source: null,
      url: `http://127.0.0.1/${hostile}`,
      failure: hostile,
      covers: null,
      requests: null,
      prompt_tokens: null,
      output_tokens: null,
      ttft_ms: null,
      latency_ms: null,
      queue_ms: null,
      prefill_ms: null,
      decode_ms: null,
      token_gap_ms: null,
      timeline: [],
      ...conclude({ kind: 'unread', failure: hostile }),
    },
    summary: {
      failures: [{ kind: 'http_status', status: 500, count: 2, sample: hostile }],
    },
    verdict: {
      status: 'FAIL',
      passed: false,
      exit_code: 1,
      slos: [
        slo({ ...failed, id: hostile }),
        slo({ ...undecided, id: 'skips' }),
        slo({ ...unmeasured, id: hostile }),
        slo({ ...undecided, id: 'skips' }),
      ],
    },
  }),
  server: run({
    server: vllm,
    summary: {
      ...passing.summary,
      prompts: {
        counted: 298,
        tokens: 14900,
        told: 290,
        cached_tokens: 9248,
        cached_share: 0.620671,
      },
    },
  }),
} as const satisfies Record<string, Results>

function withoutConcurrency(load: Results['load']): Omit<ClosedDocument, 'kind' | 'concurrency'> {
  const { kind: _, concurrency: __, ...rest } = load as ClosedDocument
  return rest
}

type ClosedDocument = Extract<Results['load'], { kind: 'closed' }>

/** What a run has whose requests had trace ids. */
export const tracing: NonNullable<Results['tracing']> = {
  run_id: '5f3a9c1be2d04477',
  sampled: true,
  request_id_header: 'x-request-id',
  slowest: [
    {
      metric: 'ttft',
      ms: 912.345678,
      number: 17,
      row: 3,
      trace_id: '5f3a9c1be2d04477aa00000000000001',
    },
    {
      metric: 'latency',
      ms: 4567.891,
      number: 18,
      row: null,
      trace_id: '5f3a9c1be2d04477aa00000000000002',
    },
  ],
  failed: [
    {
      kind: 'http_status',
      status: 503,
      number: 19,
      row: null,
      trace_id: '5f3a9c1be2d04477aa00000000000003',
    },
  ],
}
