import { expect, test } from 'vitest'

import type { BenchDocument } from '../../src/bench-spec/bench-document.ts'
import { checkSpec } from '../../src/bench-spec/loading.ts'
import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import { tagSpec } from '../../src/bench-spec/tagging.ts'
import { createComposer } from '../../src/engine/composer.ts'
import { createInterleavedSchedule } from '../../src/engine/interleaving.ts'
import type { LoadPlan } from '../../src/engine/load-plan.ts'
import { planRequests } from '../../src/engine/planned-requests.ts'
import { createSchedule, type Schedule, type Ticket } from '../../src/engine/schedule.ts'

const mix: BenchDocument['mix'] = [
  {
    name: 'chat',
    weight: '70%',
    body: { model: '{{served_by}}', prompt: '{{prompt}}', stream: true },
    stream_format: 'openai-chat',
    data_source: { type: 'csv', file: 'topics.csv', shuffle: true },
  },
  {
    name: 'embed',
    weight: '20%',
    url: '/v1/embeddings',
    stream_format: 'json',
    body: { input: 'a' },
  },
  { name: 'long', weight: '10%', body: { prompt: 'long', stream: true } },
]

const spec = checkSpec(
  {
    url: 'http://127.0.0.1:8000/v1/chat/completions',
    mix,
    requests: 100,
    warmup: 4,
    rounds: 2,
    concurrency: 4,
    baseline: { url: 'http://127.0.0.1:9000' },
    slo: ['latency p95 <= baseline + 10%'],
  },
  { env: {}, baseDir: new URL('../../fixtures/datasets/', import.meta.url).pathname },
)
const plan: LoadPlan = { load: spec.load, timeouts: spec.timeouts, ...planRequests(spec) }

function takeAll(schedule: Schedule): Ticket[] {
  const tickets: Ticket[] = []
  for (;;) {
    const ticket = schedule.take(0, 0)
    if (ticket === undefined || ticket === 'wait') return tickets
    tickets.push(ticket)
  }
}

test('each kind has its share, its own rows in their order, and is read as its own format', () => {
  const compose = createComposer(plan)
  const sent = takeAll(createSchedule(spec.load)).map((ticket) => ({
    ...ticket,
    ...compose(ticket),
  }))
  const measured = sent.filter(({ phase }) => phase === 'measured')
  const kinds = measured.map(({ request }) => request.kind)
  expect([0, 1, 2].map((kind) => kinds.filter((each) => each === kind).length)).toEqual([
    70, 20, 10,
  ])
  expect(new Set(sent.slice(0, 3).map(({ request }) => request.kind)).size).toBe(3)

  const chats = measured.filter(({ request }) => request.kind === 0)
  const count = spec.mix?.[0]?.dataset?.rows.length ?? 0
  expect(new Set(chats.slice(0, count).map(({ request }) => request.row)).size).toBe(count)
  expect(chats.every(({ stream }) => stream?.dialect === 'openai-chat')).toBe(true)
  const embeds = measured.filter(({ request }) => request.kind === 1)
  expect(embeds.map(({ stream }) => stream?.dialect)).toEqual(embeds.map(() => 'json'))
  expect(embeds[0]?.request.url).toBe('http://127.0.0.1:8000/v1/embeddings')
  expect(embeds[0]?.request.headers['accept']).toContain('application/json')
})

test.each([2, 3])('%i load processes together send what one sends', (of) => {
  const all = takeAll(createSchedule(spec.load)).map((ticket) => {
    const { request } = createComposer(plan)(ticket)
    return `${ticket.phase} ${ticket.index}: ${request.kind} ${request.row} ${request.body}`
  })
  const parts = Array.from({ length: of }, (_, index) => {
    const share = { index, of }
    const compose = createComposer({ ...plan, share })
    return takeAll(createSchedule(spec.load, 0, share)).map((ticket) => {
      const { request } = compose(ticket)
      return `${ticket.phase} ${ticket.index}: ${request.kind} ${request.row} ${request.body}`
    })
  })
  expect(parts.flat().toSorted()).toEqual(all.toSorted())
})

test('two targets are sent the same kinds and rows, each at its own base', () => {
  const compose = createComposer(plan)
  const tickets = takeAll(createInterleavedSchedule(spec.load))
  const sides = (['candidate', 'baseline'] as const).map((side) => {
    const own = tickets.filter(({ target, phase }) => target === side && phase === 'measured')
    return own.map((ticket) => compose(ticket).request)
  })
  const [candidate = [], baseline = []] = sides
  const told = (requests: typeof candidate) =>
    requests.map(({ kind, row, body }) => ({ kind, row, body }))
  expect(told(baseline)).toEqual(told(candidate))
  expect(new Set(baseline.map(({ url }) => url))).toEqual(
    new Set(['http://127.0.0.1:9000/v1/chat/completions', 'http://127.0.0.1:9000/v1/embeddings']),
  )
})

test('which requests have a tag is known before anything is sent, and is what is sent', () => {
  const tagging = tagSpec(spec)
  const compose = createComposer(plan)
  for (const written of ['kind=embed', 'kind=chat, topic=billing', 'model=small', 'topic=*']) {
    const tags = parseSlo(`latency p95 {${written}} <= 1s`).tags ?? []
    const expected = tagging.list(tags, 100)
    const sent = Array.from({ length: 100 }, (_, index) => index).filter((index) => {
      const { request } = compose({ target: 'candidate', phase: 'measured', index, round: 0 })
      const { kind = 0, row } = request
      return tagging.has(row === undefined ? { kind } : { kind, row }, tags)
    })
    expect(sent).toEqual(expected)
  }
  expect(tagging.list(parseSlo('latency p95 {kind=embed} <= 1s').tags ?? [], 100)).toHaveLength(20)
  expect(tagging.names).toEqual(['kind', 'model', ...(spec.mix?.[0]?.dataset?.columns ?? [])])
  expect(tagging.values('kind')).toEqual(['chat', 'embed', 'long'])
})
