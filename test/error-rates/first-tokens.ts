import { slo } from '../metrics/slos.ts'
import type { Experiment, Place, Question } from './experiment.ts'
import { answerAfter, planRequests } from './requests.ts'
import type { Service } from './service.ts'
import { services } from './services.ts'

export const percentiles = [
  { asked: 'p50', q: 0.5 },
  { asked: 'p95', q: 0.05 },
  { asked: 'p99', q: 0.01 },
] as const

export const sizes = [300, 500, 1000, 3000] as const

/** The size at which the power is looked at as well. */
export const mainSize = 500

/** One of each service and size. */
export const firstTokens: readonly Experiment[] = services.flatMap((service) =>
  sizes.map((n): Experiment => ({
    name: `ttft, ${service.name}, ${n} requests`,
    subject: 'ttft',
    service: service.name,
    parts: service.parts,
    n,
    concurrency: service.concurrency,
    questions: [
      ...percentiles.map(({ asked, q }) => ask(asked, 'bound', service.above(q))),
      ...(n === mainSize ? askForPower(service) : []),
    ],
    prepare: (source) => {
      const records = planRequests({ requests: n, concurrency: service.concurrency, events: 1 })
      const ttfts = new Float64Array(n)
      return () => {
        service.draw(source, ttfts)
        for (const [i, record] of records.entries()) answerAfter(record, ttfts[i] ?? 0)
        return records
      }
    },
  })),
)

function askForPower({ above }: Service): Question[] {
  const p95 = above(0.05)
  return [
    ask('p95', '20 % slack', 1.2 * p95),
    ask('p95', '50 % slack', 1.5 * p95),
    ask('p95', '2q', above(0.1)),
    ask('p95', '4q', above(0.2)),
    ask('p95', '30 %', above(0.3)),
    ask('p99', '2q', above(0.02)),
    ask('p99', '4q', above(0.04)),
    ask('p99', '30 %', above(0.3)),
  ]
}

function ask(asked: string, place: Place, bound: number): Question {
  // Of level `warn`, because many are asked about the same run: Holm corrects for those that block.
  return { asked, place, slo: slo(`ttft ${asked} <= ${bound}`, { level: 'warn' }) }
}
