import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { readTable, repository } from '../_pages.ts'
import { putSection, readSection } from '../_section.ts'
import { times } from '../metrics/records.ts'
import { createNormal, createRandom } from '../verdict/random.ts'
import { simulateAll } from './crew.ts'
import { experiments, findExperiment } from './experiments.ts'
import { findExcesses } from './limits.ts'
import { heading, renderSection } from './section.ts'
import { services } from './services.ts'
import { simulate } from './simulation.ts'

const page = readFileSync(join(repository, 'docs/verdicts.md'), 'utf8')

test.for(services.map((service) => [service.name, service] as const))(
  'is exactly at the bound: %s',
  ([, service]) => {
    const random = createRandom(1)
    const source = { random, normal: createNormal(random) }
    const ttfts = new Float64Array(500)
    const runs = 300
    for (const share of [0.5, 0.05, 0.01]) {
      const bound = service.above(share)
      const found = times(runs, () => {
        service.draw(source, ttfts)
        return ttfts.filter((ttft) => ttft > bound).length / ttfts.length
      })
      const mean = found.reduce((a, b) => a + b) / runs
      const variance = found.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (runs - 1)
      // What runs differ by says how exactly their mean is known, whatever the requests share.
      expect(Math.abs(mean - share)).toBeLessThan(4 * Math.sqrt(variance / runs))
    }
  },
)

test.for([
  'ttft, independent, 500 requests',
  'ttft, cache hits independent, 500 requests',
  'ttft, stalls, 8 in flight, 500 requests',
  'success_rate 95 % (bound), failures singly, 500 requests',
])('errs no more often than is documented: %s', (name) => {
  const experiment = findExperiment(name)
  const tallies = simulate(experiment, { part: 0, runs: 150, seed: 1 })
  const excesses = experiment.questions.flatMap((question, i) => {
    const tally = tallies[i]
    return tally === undefined ? [name] : findExcesses(experiment, question, tally)
  })
  expect(excesses).toEqual([])
})

test('says what passes its limit by more than chance', () => {
  const experiment = findExperiment('ttft, independent, 500 requests')
  const [p50] = experiment.questions
  if (p50 === undefined) throw new Error('no question')
  expect(findExcesses(experiment, p50, { runs: 4000, pass: 255, fail: 240 })).toEqual([])
  expect(findExcesses(experiment, p50, { runs: 4000, pass: 300, fail: 260 })).toEqual([
    'ttft, independent, 500 requests, p50: false PASS 7.5 %, at most 5.5 % documented',
    'ttft, independent, 500 requests, p50: false FAIL 6.5 %, at most 5.0 % documented',
  ])
  const gross = findExperiment('success_rate 99 % (30 %), failures singly, 100 requests')
  const [question] = gross.questions
  if (question === undefined) throw new Error('no question')
  expect(findExcesses(gross, question, { runs: 4000, pass: 0, fail: 3950 })).toEqual([])
  expect(findExcesses(gross, question, { runs: 4000, pass: 0, fail: 3900 })).toHaveLength(1)
})

test('leaves out what was not simulated, and replaces its section of the page only', async () => {
  const chosen = experiments.filter(({ name }) => name === 'ttft, independent, 300 requests')
  const { signal } = new AbortController()
  const findings = await simulateAll(chosen, {
    runs: 20,
    seed: 1,
    workers: 1,
    signal,
    onProgress: () => {},
  })
  const section = renderSection(findings, { runs: 20, seed: 1 })
  expect(readTable(section, header('p95'))).toEqual([
    ['independent', expect.stringMatching(/^\d+\.\d \/ \d+\.\d$/), '', '', ''],
  ])
  expect(section).not.toContain('chunk_gap')
  const replaced = putSection(page, section)
  expect(readSection(replaced, heading)).toBe(section)
  expect(putSection(replaced, readSection(page, heading))).toBe(page)
})

test('the documents name every service, and a cell of them is that of a new simulation', () => {
  const section = readSection(page, heading)
  const names = services.map(({ name }) => name)
  expect(readTable(section, '| service | how its times come about |')).toEqual(
    services.map(({ name, account }) => [name, account]),
  )
  expect(readTable(section, header('p95')).map(([name]) => name)).toEqual(names)

  // A cell that takes little time: the 4000 runs of it are those of the page.
  const experiment = findExperiment('success_rate 99 % (30 %), failures singly, 100 requests')
  const runs = 4000
  const shards = times(8, (part) => simulate(experiment, { part, runs: runs / 8, seed: 1 }))
  const failed = shards.reduce((sum, [tally]) => sum + (tally?.fail ?? 0), 0)
  const shares = /^\| `>= 99%`, failures singly \|.*\| ([\d.]+) \|$/m.exec(section)
  expect(shares?.[1]).toBe(((100 * failed) / runs).toFixed(1))
})

function header(percentile: string): string {
  return `| \`ttft ${percentile}\` at the bound, requests: | 300 | 500 | 1000 | 3000 |`
}
