import type { ClientTrust, RequestRecord, RunEnd } from '../../src/engine/record.ts'
import { findDoubts } from '../../src/metrics/doubt.ts'
import { summarize } from '../../src/metrics/summary.ts'
import { sentences } from '../../src/report/sentence/sentences.ts'
import { type Results, toResults } from '../../src/results/results.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'
import { judge } from '../../src/verdict/judge.ts'
import { completed, failed } from '../metrics/records.ts'
import { createNormal, createRandom } from '../verdict/random.ts'

export interface Judged {
  slos: readonly unknown[]
  gate?: {
    policy?: string
    confidence?: number
    failures?: string | { count?: string; burst?: number }
    max_extra_rounds?: number
  }
  /** Asked for; default: as many as there are records. */
  requests?: number
  looks?: number
  trust?: ClientTrust
  end?: RunEnd
}

/** What lands in results.json for these records, as it is read back. */
export function judgeRecords(records: readonly RequestRecord[], given: Judged): Results {
  const { slos, gate = {}, trust, looks, end = { kind: 'finished' } } = given
  const document = {
    url: 'http://127.0.0.1:8000/v1/chat/completions',
    requests: given.requests ?? records.length,
    rounds: 1,
    slo: slos,
    gate,
  }
  const spec = checkSpec(document, { env: {}, baseDir: '.', name: 'chat' })
  const { goodput } = spec
  const findDoubt = findDoubts('candidate', records, trust, { goodput })
  const input = {
    spec,
    summary: summarize(records, { goodput }),
    rounds: [],
    workload: [],
    diagnostics: [],
    verdict: judge(spec.slos, records, { ...spec, end, findDoubt, looks }),
    end,
    ...(trust && { trust }),
    version: '0.1.0',
    startedAt: '2026-01-15T10:30:00.000Z',
    finishedAt: '2026-01-15T10:30:27.000Z',
    environment: { node: '24.0.0', platform: 'linux', arch: 'x64', cpu: 'Example CPU', cores: 2 },
  }
  return JSON.parse(JSON.stringify(toResults(input, sentences))) as Results
}

/** A run of random size, luck, failures and lengths of answers, one token included; the same one for the same seed. */
export function createRun(seed: number): RequestRecord[] {
  const random = createRandom(seed)
  const normal = createNormal(random)
  const rounds = 1 + Math.floor(random() * 8)
  const n = rounds * (2 + Math.floor(random() * 80))
  const luck = random() < 0.5 ? 0 : random() * 0.4
  const failing = random() < 0.5 ? 0 : random() * 0.2
  const short = random() < 0.5 ? 1 : 2
  const shifts = Array.from({ length: rounds }, () => luck * normal())
  return Array.from({ length: n }, (_, index) => {
    const round = Math.floor((index * rounds) / n)
    const shape = {
      index,
      round,
      at: index * 50,
      ttft: 100 * Math.exp((shifts[round] ?? 0) + 0.4 * normal()),
      gap: 10 * Math.exp(0.3 * normal()),
      events: short + Math.floor(random() * 10),
    }
    return random() < failing ? failed(shape) : completed({ ...shape, tokens: shape.events })
  })
}
