import { expect, test } from 'vitest'

import type { BenchDocument } from '../../src/bench-spec/bench-document.ts'
import { orderKinds } from '../../src/bench-spec/kind-order.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { renderHtml } from '../../src/report/html/page.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import {
  compareFingerprints,
  type Differences,
  takeFingerprint,
} from '../../src/results/fingerprint.ts'
import type { Results } from '../../src/results/results.ts'
import { type CheckedSpec, checkSpec } from '../../src/run/checked-spec.ts'
import { steer } from '../../src/run/steering.ts'
import { completed, failed, times } from '../metrics/records.ts'
import { driveOf, resultsOf, url } from './_drive.ts'

const chat = { name: 'chat', weight: 3, body: { model: 'big', max_tokens: 8, stream: true } }
const embed = {
  name: 'embed',
  weight: 1,
  url: '/v1/embeddings',
  body: { model: 'small', input: 'a' },
  stream_format: 'json',
} as const
const asked = { mix: [chat, embed], requests: 40 } satisfies Partial<BenchDocument>

/** In each four requests one is of the second kind, which fails once. */
const records: RequestRecord[] = times(40, (index) => {
  const kind = index % 4 === 3 ? 1 : 0
  if (index === 3) return { ...failed({ index }), kind }
  const dialect = kind === 1 ? 'json' : 'openai-chat'
  const marks = { index, at: index * 100, ttft: 20, gap: 10, tokens: 3 }
  return { ...completed(marks), dialect, kind }
})

function checkMix(given: Partial<BenchDocument>): CheckedSpec {
  return checkSpec(
    { url, concurrency: 1, ...asked, ...given },
    { env: {}, baseDir: '.', name: 'mix' },
  )
}

function resultsFor(given: Partial<BenchDocument> = {}, sent = records): Results {
  const driven = driveOf({ ...asked, ...given }, sent)
  return resultsOf({ ...driven, spec: checkMix(given) })
}

test('the document has what each kind was and what it gave', () => {
  const { mix, request, stream, dataset, target } = resultsFor()
  expect(mix).toMatchObject([
    {
      name: 'chat',
      share: 0.75,
      url: 'http://127.0.0.1:8000/v1/chat/completions',
      method: 'POST',
      model: 'big',
      output_limit: { key: 'max_tokens', tokens: 8 },
      stream_format: null,
      dataset: null,
      summary: { requests: { total: 30, completed: 30 }, success_rate: 1 },
    },
    {
      name: 'embed',
      share: 0.25,
      url: 'http://127.0.0.1:8000/v1/embeddings',
      model: 'small',
      output_limit: null,
      stream_format: 'json',
      summary: {
        requests: { total: 10, completed: 9, failed: 1 },
        success_rate: 0.9,
        ttft_ms: null,
      },
    },
  ])
  expect(request).toMatchObject({ model: null, output_limit: null })
  expect([stream.asked, dataset]).toEqual([null, null])
  expect(target.url).toBe('http://127.0.0.1:8000/v1/chat/completions')
})

test('every report has a row for each kind, hostile names as text', () => {
  const hostile = '</td><b>|`x`'
  const results = resultsFor({ mix: [chat, { ...embed, name: hostile }] })
  const terminal = renderTerminal(results, { color: false, unicode: true })
  expect(terminal).toMatch(/kind +share +n +success/)
  expect(terminal).toMatch(/chat +75\.0% +30 +100\.0%/)
  const markdown = renderMarkdown([results])
  expect(markdown).toContain('| chat | 75.0% | 30 | 100.0% |')
  expect(markdown).toContain('/v1/embeddings')
  expect(markdown).not.toContain(hostile)
  const page = renderHtml(results, records)
  expect(page).toContain('Kinds of request')
  expect(page).toContain('kind chat')
  expect(page).not.toContain(hostile)
})

/** Self-checks about a kind, or about all requests. */
function nameChecks({ diagnostics }: Results): string[] {
  return diagnostics.flatMap((each) => ('kind' in each ? `${each.id} ${each.kind}` : []))
}

test('a kind is read in one way, however others are, and self-checks name it', () => {
  expect(nameChecks(resultsFor())).toEqual(['dialect-guessed chat'])
  const mixed = records.map((record, index) =>
    index === 0 ? { ...record, dialect: 'openai-completions' } : record,
  )
  const results = resultsFor({}, mixed)
  expect(nameChecks(results)).toEqual(['mixed-dialects chat'])
  expect(results.diagnostics.find(({ id }) => id === 'mixed-dialects')?.message).toContain(
    'The answers of kind chat were read as different dialects',
  )
})

function compareWith(given: Partial<BenchDocument>): Differences {
  return compareFingerprints(takeFingerprint(resultsFor()), takeFingerprint(resultsFor(given)))
}

test('two runs differ in a kind as they would in the one of a spec without a mix', () => {
  expect(compareWith({})).toEqual({ differences: [], contrasts: [] })
  const other = compareWith({
    mix: [
      { ...chat, weight: 1, body: { ...chat.body, model: 'tuned', max_tokens: 16 } },
      { ...embed, url: '/v1/rerank' },
    ],
  })
  expect(other.contrasts).toEqual([
    { fact: 'mix[chat].model', baseline: 'big', candidate: 'tuned' },
  ])
  expect(other.differences).toEqual([
    { fact: 'mix[chat].share', baseline: '75%', candidate: '50%' },
    { fact: 'mix[chat].max_tokens', baseline: '8', candidate: '16' },
    { fact: 'mix[embed].share', baseline: '25%', candidate: '50%' },
    { fact: 'mix[embed].path', baseline: '/v1/embeddings', candidate: '/v1/rerank' },
  ])
})

test('an SLO of a kind is certain by the requests of that kind alone', () => {
  const slo = ['latency p90 {kind=embed} <= 1ms']
  const { halt, add } = steer(checkMix({ requests: 400, abort: 'certain', slo }))
  const deal = orderKinds([3, 1], 1)
  const seen: RequestRecord[] = []
  let halted: number | undefined
  for (const [index, record] of times(400, (place) => {
    const { kind } = deal({ phase: 'measured', index: place })
    return { ...completed({ index: place, at: place * 100, ttft: 20, gap: 10, tokens: 3 }), kind }
  }).entries()) {
    seen.push(record)
    add([record], 4)
    if (halt(seen) === undefined) continue
    halted = index
    break
  }
  // Of the hundred requests of its kind some are left, which can do nothing for it any more.
  expect(halted).toBeGreaterThan(20)
  expect(halted).toBeLessThan(399)
})
