import type { RequestRecord } from '../../src/engine/record.ts'
import { slo } from '../metrics/slos.ts'
import { partOf } from './deviates.ts'
import type { Experiment, Place, Question } from './experiment.ts'
import { normalAbove } from './normal-tail.ts'
import { answerByGaps, planRequests } from './requests.ts'
import { sigma, type Source } from './service.ts'

interface Engine {
  name: string
  requests: number
  /** Of each request. */
  tokens: number
  concurrency: number
  /** Parts of the variance of ln(gap), 0–1: of the step, which all in flight make together, and of the request. */
  step: number
  request: number
}

const small = { requests: 200, tokens: 50, concurrency: 16 }

const engines: readonly Engine[] = [
  { name: 'independent gaps', ...small, step: 0, request: 0 },
  { name: 'requests of their own speed', ...small, step: 0, request: partOf(0.2, 0.4) },
  { name: 'shared stalls', ...small, step: 1, request: 0 },
  { name: 'shared stalls', requests: 300, tokens: 100, concurrency: 32, step: 1, request: 0 },
]

export const gaps: readonly Experiment[] = engines.map((engine) => ({
  name: `chunk_gap, ${describe(engine)}`,
  subject: 'chunk_gap',
  service: describe(engine),
  parts: undefined,
  n: engine.requests,
  concurrency: engine.concurrency,
  questions: [
    ask('p95', 'bound', above(0.05)),
    ask('p95', '20 % slack', 1.2 * above(0.05)),
    ask('p95', '50 % slack', 1.5 * above(0.05)),
    ask('p95', '2q', above(0.1)),
    ask('p95', '4q', above(0.2)),
    ask('p99', 'bound', above(0.01)),
  ],
  prepare: (source) => prepareSteps(source, engine),
}))

function describe({ name, requests, tokens, concurrency }: Engine): string {
  return `${name}, ${requests} × ${tokens}, ${concurrency} in flight`
}

function ask(asked: string, place: Place, bound: number): Question {
  return { asked, place, slo: slo(`chunk_gap ${asked} <= ${bound}`, { level: 'warn' }) }
}

function toGap(deviate: number): number {
  return 20 * Math.exp(sigma * deviate)
}

function above(share: number): number {
  return toGap(normalAbove(share))
}

/**
 * A server that makes one token of every request in flight at each step. Slots are apart by a part
 * of an answer, so that not all of them begin anew at once.
 */
function prepareSteps({ normal }: Source, engine: Engine): () => readonly RequestRecord[] {
  const { tokens, concurrency } = engine
  const records = planRequests({ ...engine, events: tokens })
  const steps = new Float64Array(tokens * (Math.ceil(engine.requests / concurrency) + 1))
  const [ofStep, ofRequest, own] = [
    engine.step,
    engine.request,
    1 - engine.step - engine.request,
  ].map(Math.sqrt) as [number, number, number]
  return () => {
    if (ofStep > 0) for (let i = 0; i < steps.length; i++) steps[i] = ofStep * normal()
    for (const [index, record] of records.entries()) {
      const [turn, slot] = [Math.floor(index / concurrency), index % concurrency]
      const first = turn * tokens + Math.floor((slot * tokens) / concurrency) + 1
      const speed = ofRequest > 0 ? ofRequest * normal() : 0
      answerByGaps(record, (gap) =>
        toGap((steps[first + gap] ?? 0) + speed + (own > 0 ? own * normal() : 0)),
      )
    }
    return records
  }
}
