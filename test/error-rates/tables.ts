import type { Finding } from './crew.ts'
import type { Place, Subject } from './experiment.ts'
import { mainSize, percentiles, sizes } from './first-tokens.ts'
import { exceptions, findException, ordinary, toPercent } from './limits.ts'
import { lookFor, type Rates } from './rates.ts'
import { services } from './services.ts'

/** Paragraphs and tables in Markdown; what was not simulated is left out. */
export function renderTables(
  findings: readonly Finding[],
  { runs, seed }: { runs: number; seed: number },
): string[] {
  const find = lookFor(findings)
  const named = (subject: Subject): string[] => [
    ...new Set(
      findings
        .filter(({ experiment }) => experiment.subject === subject)
        .map(({ experiment }) => experiment.service),
    ),
  ]
  const ttft = named('ttft')
  const lookAt = (service: string, n: number, asked: string, place: Place) =>
    find({ subject: 'ttft', service, n, asked, place })
  return [
    `Simulated by \`npm run error-rates\`: ${runs} runs for each cell, seed ${seed}, from records to verdict. Every service keeps its bound exactly, so that each decision is an error. In % of runs, PASS / FAIL. With * a run is too short for the service: see the end.`,
    ...renderTable(
      ['service', 'how its times come about'],
      services
        .filter(({ name }) => ttft.includes(name))
        .map(({ name, account }) => [name, account]),
    ),
    ...percentiles.flatMap(({ asked }) =>
      renderTable(
        [`\`ttft ${asked}\` at the bound, requests:`, ...sizes.map(String)],
        ttft.map((service) => [
          service,
          ...sizes.map((n) => both(lookAt(service, n, asked, 'bound'))),
        ]),
      ),
    ),
    ...renderPower(ttft, lookAt),
    ...renderOutcomes(named('success_rate'), find),
    ...renderGaps(named('chunk_gap'), find),
    ...renderLimits(findings),
  ]
}

type Find = ReturnType<typeof lookFor>

function renderPower(
  ttft: readonly string[],
  lookAt: (service: string, n: number, asked: string, place: Place) => Rates | undefined,
): string[] {
  const columns = [
    { title: '`p95` PASS, 20 % slack', asked: 'p95', place: '20 % slack', of: 'pass' },
    { title: '50 % slack', asked: 'p95', place: '50 % slack', of: 'pass' },
    { title: '`p95` FAIL, 2q', asked: 'p95', place: '2q', of: 'fail' },
    { title: '4q', asked: 'p95', place: '4q', of: 'fail' },
    { title: '30 %', asked: 'p95', place: '30 %', of: 'fail' },
    { title: '`p99` FAIL, 2q', asked: 'p99', place: '2q', of: 'fail' },
    { title: '4q', asked: 'p99', place: '4q', of: 'fail' },
    { title: '30 %', asked: 'p99', place: '30 %', of: 'fail' },
  ] as const
  const table = renderTable(
    [`${mainSize} requests`, ...columns.map(({ title }) => title)],
    ttft.map((service) => [
      service,
      ...columns.map(({ asked, place, of }) => one(lookAt(service, mainSize, asked, place), of)),
    ]),
  )
  if (table.length === 0) return []
  return [
    'What is found where the service is not at the bound: the bound is 20 % or 50 % higher than what it keeps, or so many times as many requests are above it as may be (q), or 30 % of all.',
    ...table,
  ]
}

function renderOutcomes(kinds: readonly string[], find: Find): string[] {
  const rows = ['99 %', '95 %'].flatMap((asked) =>
    kinds.map((service) => {
      const lookAt = (n: number, place: Place) =>
        find({ subject: 'success_rate', service, n, asked, place })
      return [
        `\`>= ${asked.replace(' ', '')}\`, ${service}`,
        ...sizes.map((n) => both(lookAt(n, 'bound'))),
        one(lookAt(1000, 'q / 2'), 'pass'),
        one(lookAt(1000, '4q'), 'fail'),
        one(lookAt(100, '30 %'), 'fail'),
      ]
    }),
  )
  return renderTable(
    [
      '`success_rate` at the bound, requests:',
      ...sizes.map(String),
      'PASS of q ÷ 2, 1000',
      'FAIL of 4q, 1000',
      'FAIL of 30 %, 100',
    ],
    rows,
  )
}

function renderGaps(engines: readonly string[], find: Find): string[] {
  const rows = engines.map((service) => {
    const lookAt = (asked: string, place: Place) =>
      find({ subject: 'chunk_gap', service, asked, place })
    return [
      service,
      both(lookAt('p95', 'bound')),
      both(lookAt('p99', 'bound')),
      one(lookAt('p95', '20 % slack'), 'pass'),
      one(lookAt('p95', '2q'), 'fail'),
    ]
  })
  return renderTable(
    [
      '`chunk_gap` at the bound, requests × tokens',
      'p95',
      'p99',
      'p95 PASS, 20 % slack',
      'p95 FAIL, 2q',
    ],
    rows,
  )
}

function renderLimits(findings: readonly Finding[]): string[] {
  const atBound = findings.flatMap(({ experiment, tallies }) =>
    experiment.questions.flatMap(({ place }, i) => {
      const tally = tallies[i]
      if (place !== 'bound' || tally === undefined) return []
      return [{ exception: findException(experiment), tally }]
    }),
  )
  const rows = [undefined, ...exceptions].flatMap((exception) => {
    const tallies = atBound.filter((each) => each.exception === exception)
    if (tallies.length === 0) return []
    const worst = (of: 'pass' | 'fail'): string =>
      toPercent(Math.max(...tallies.map(({ tally }) => tally[of] / tally.runs)))
    const { pass, fail } = exception ?? ordinary
    return [
      [
        exception === undefined ? 'long enough' : `* ${exception.when}`,
        `${worst('pass')} of ${toPercent(pass)}`,
        `${worst('fail')} of ${toPercent(fail)}`,
        exception?.because ?? '',
      ],
    ]
  })
  return renderTable(
    ['a run that holds', 'worst false PASS, of at most', 'worst false FAIL, of at most', 'why'],
    rows,
  )
}

function both(rates: Rates | undefined): string {
  if (rates === undefined) return ''
  const { pass, fail, excepted } = rates
  return `${toPercent(pass)} / ${toPercent(fail)}${excepted ? ' *' : ''}`
}

function one(rates: Rates | undefined, of: 'pass' | 'fail'): string {
  return rates === undefined ? '' : toPercent(rates[of])
}

/** No table without a figure. */
function renderTable(header: readonly string[], rows: readonly string[][]): string[] {
  const known = rows.filter(([, ...cells]) => cells.some((cell) => cell !== ''))
  if (known.length === 0) return []
  return [
    [renderRow(header), `|${'---|'.repeat(header.length)}`, ...known.map(renderRow)].join('\n'),
  ]
}

function renderRow(cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === '' ? ' |' : ` ${cell} |`)).join('')}`
}
