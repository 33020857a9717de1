import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { expect, test } from 'vitest'

import { findSchemas, type JsonSchema } from '../src/bench-spec/json-schema.ts'
import { fewestToPass } from '../src/bench-spec/sample-size.ts'
import { benchSchema } from '../src/bench-spec/schema.ts'
import { parseSlo } from '../src/bench-spec/slo-grammar.ts'
import { metricUnits, type RelativeSlo } from '../src/bench-spec/slo.ts'
import { createTruth } from '../src/mock/metrics/truth.ts'
import { tools } from '../src/report/tool/tools.ts'
import { diagnosticSchema } from '../src/results/diagnostic-schema.ts'
import { reasonSchema, turnSchema } from '../src/results/reasons-schema.ts'
import { serverFindingSchema } from '../src/results/server-schema.ts'
import { dialects } from '../src/stream/dialects.ts'
import { testExactly } from '../src/verdict/exact.ts'
import { judge } from '../src/verdict/judge.ts'
import type { Pair } from '../src/verdict/ratio.ts'
import { testRounds } from '../src/verdict/rounds.ts'
import { readCodes, readPages, readTable, repository } from './_pages.ts'
import { load, times } from './metrics/records.ts'
import { type Services, simulatePairs, simulateRuns } from './verdict/_rounds.ts'
import { curtail, lookAgain } from './verdict/looking.ts'
import { createNormal, createRandom } from './verdict/random.ts'

const pages = readPages()
const pageOf = (name: string): string => pages.find((page) => page.name === name)?.text ?? ''
const readme = pageOf('README.md')
const metrics = pageOf('docs/metrics.md')
const verdicts = pageOf('docs/verdicts.md')

test('every link leads somewhere, and every file that is named exists', () => {
  const broken = pages.flatMap(({ name, text }) => {
    const prose = withoutBlocks(text)
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !leadsSomewhere(name, target))
    const files = readCodes(prose)
      .filter((code) => /^(?:src|test|docs|bench|examples|fixtures|schema)\/[\w./-]*$/.test(code))
      .filter((file) => !file.includes('.bench.') && !file.endsWith('prompts.csv'))
      .filter((file) => !existsSync(join(repository, file)))
    return [...links, ...files].map((target) => `${name}: ${target}`)
  })
  expect(broken).toEqual([])
})

function leadsSomewhere(page: string, target: string): boolean {
  if (/^https?:/.test(target)) return true
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(repository, file))) return false
  return anchor === undefined || listAnchors(file).includes(anchor)
}

function listAnchors(page: string): string[] {
  const text = readFileSync(join(repository, page), 'utf8')
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test.for(['README.md', 'docs/from-python-tool.md'])(
  '%s says the same in Chinese, its examples to the letter',
  (name) => {
    const other = name.replace(/md$/, 'zh-CN.md')
    const [english, chinese] = [pageOf(name), pageOf(other)]
    for (const list of [listBlocks, listLevels, listRows, listTargets]) {
      expect(list(chinese)).toEqual(list(english))
    }
    expect(english).toContain(`](${basename(other)})`)
    expect(chinese).toContain(`](${basename(name)})`)
  },
)

function withoutBlocks(text: string): string {
  return text.replace(/^```[^]*?^```/gm, '')
}

function listBlocks(text: string): string[] {
  return [...text.matchAll(/^```[^]*?^```$/gm)].map(String)
}

function listLevels(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/^(#+) /gm)].map(([, level = '']) => level)
}

/** How many cells a row has, and the code in its first, which is the same in every language. */
function listRows(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/^\|(.*?)\|.*$/gm)].map(([row, first = '']) =>
    JSON.stringify([row.split('|').length, readCodes(first)]),
  )
}

/** Where links lead, but for those between the languages, and whatever the language. */
function listTargets(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace('.zh-CN', ''))
    .filter((target) => !/^(README|from-python-tool)\.md$/.test(target))
    .toSorted()
}

test('every file that the documents of the Python tool name is here, or what replaces it is told [T22]', () => {
  const notes = pageOf('docs/from-python-tool.md')
  const rows = readTable(notes, '| named | here |')
  const named = [
    'UNIVERSAL_STREAMING_API.md',
    'UV_USAGE.md',
    'PROJECT_STRUCTURE.md',
    'config.json',
    'config_csv_example.json',
    'configs/config_dify_sse.json',
    'test_data.csv',
    'stream_test_enhanced.py',
    'stream_concurrent_test.py',
    'test_results.json',
    '/tps-test.html',
  ]
  expect(rows.flatMap(([names = '']) => readCodes(names)).toSorted()).toEqual(named.toSorted())
  const shipped = rows.find(([, here = '']) => readCodes(here).includes('examples/'))
  const files = readCodes(shipped?.[0] ?? '').map((name) => join('examples', basename(name)))
  expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([])
  const { files: inPackage } = JSON.parse(
    readFileSync(join(repository, 'package.json'), 'utf8'),
  ) as { files: string[] }
  expect(inPackage).toEqual(expect.arrayContaining(['examples', 'docs', 'README.zh-CN.md']))
})

test('the tables name what there is, whole', () => {
  const { dependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    dependencies: object
  }
  const mockPage = pageOf('docs/mock.md')
  const options = findSchemas(benchSchema, ['mock']).flatMap(({ properties = {} }) =>
    Object.keys(properties),
  )
  const arrival = {
    path: '',
    dialect: null,
    phase: null,
    key: 'k',
    conn: 1,
    conn_req: 1,
    recv_ms: 0,
  }
  const expected: [found: readonly string[], wanted: readonly string[]][] = [
    [firstCodes(readme, '| package | why |'), [...Object.keys(dependencies), 'vitest']],
    [firstCodes(readme, '| `stream_format` | reads |').slice(1), Object.keys(dialects).slice(1)],
    [firstCodes(readme, '| metric | stops or counts |'), [...Object.keys(metricUnits), 'e2e']],
    [firstCodes(metrics, '| metric | definition | unknown when |'), Object.keys(metricUnits)],
    [firstCodes(metrics, '| kind | means |'), failureKinds()],
    [firstCodes(mockPage, '| option | default | meaning |'), options],
    [firstCodes(mockPage, '| key | holds |'), Object.keys(createTruth().open(arrival))],
    [
      readTable(
        pageOf('docs/architecture.md'),
        '| folder | takes | gives | third-party package, and the one file that imports it |',
      ).flatMap(([folder = '']) => readCodes(folder)),
      readdirSync(join(repository, 'src'), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `src/${name}/`),
    ],
  ]
  for (const [found, wanted] of expected)
    expect(found.toSorted()).toEqual([...new Set(wanted)].sort())
})

const source = (file: string): string => readFileSync(join(repository, 'src', file), 'utf8')

function firstCodes(text: string, header: string): string[] {
  return readTable(text, header).flatMap(([first = '']) => readCodes(first))
}

function failureKinds(): string[] {
  const [own = ''] = /type FailureKind =[^]*?StreamFault/.exec(source('engine/record.ts')) ?? []
  const [stream = ''] = /interface StreamFault [^]*?message/.exec(source('stream/reader.ts')) ?? []
  return [...(own + stream).matchAll(/\| '([\w.]+)'/g)].map(([, kind = '']) => kind)
}

test('the tables of self-checks and of findings of a server are those of the schema', () => {
  expect(readTable(metrics, '| id | level | says |')).toEqual(
    describeMembers(diagnosticSchema, 'id').map(([id, says, { level }]) => [
      id,
      (level?.enum ?? []).map((word) => code(String(word))).join(' or '),
      says,
    ]),
  )
  expect(readTable(metrics, '| kind of `finding` | says |')).toEqual(
    describeMembers(serverFindingSchema, 'kind').map(([kind, says]) => [kind, says]),
  )
})

/** Of each member of a union what it is told by, its description as part of a sentence, and its keys. */
function describeMembers(
  { anyOf = [] }: JsonSchema,
  key: string,
): [name: string, says: string, properties: NonNullable<JsonSchema['properties']>][] {
  return anyOf.map(({ description = '', properties = {} }) => [
    code(String(properties[key]?.const)),
    description.charAt(0).toLowerCase() + description.slice(1).replace(/\.$/, ''),
    properties,
  ])
}

test('every SLOGATE_ variable is told', () => {
  const [, paths = ''] = /const paths[^{]*\{([^}]*)\}/.exec(source('bench-spec/overrides.ts')) ?? []
  // By the last key of the path at which each stands in a spec.
  const names = [...paths.matchAll(/'(\w+)'\],$/gm)].map(([, name = '']) => name.toUpperCase())
  const told = readCodes(pageOf('docs/spec-format.md')).filter((code) =>
    /^SLOGATE_[A-Z]/.test(code),
  )
  expect([...new Set(told)].sort()).toEqual(names.map((name) => `SLOGATE_${name}`).sort())
})

const code = (text: string): string => `\`${text}\``

test('the definitions of other tools are those that their reports are made by', () => {
  expect(readTable(metrics, '| tool | its command | version | percentiles |')).toEqual(
    Object.entries(tools).map(([word, { name, version, percentiles }]) => [
      code(word),
      code(name),
      version,
      percentiles,
    ]),
  )
  const header = '| tool | metric | definition | ours | how ours differs |'
  expect(readTable(metrics, header)).toEqual(
    Object.entries(tools).flatMap(([word, { metrics, rates, goodput }]) =>
      [...metrics, ...rates, ...(goodput ? [goodput] : [])].map(
        ({ name, definition, ours, difference }) => [
          code(word),
          name,
          definition,
          code(ours),
          difference,
        ],
      ),
    ),
  )
})

test('what is said of other tools is said of the versions that were read', () => {
  const titles = {
    vllm: 'vllm bench serve',
    guidellm: 'GuideLLM',
    aiperf: 'AIPerf',
    evalscope: 'EvalScope perf',
    'inference-perf': 'inference-perf',
  }
  const columns = Object.entries(titles).map(([word, title]) => `${title} ${tools[word]?.version}`)
  expect(columns).toHaveLength(Object.keys(tools).length)
  const rows = readTable(readme, `| | slogate | ${columns.join(' | ')} | k6 2.2.0 |`)
  for (const row of rows) expect(row).toHaveLength(columns.length + 3)
})

const alpha = 0.05
const confidences = [0.9, 0.95, 0.975, 0.99]

test('the numbers of requests and of bad ones are those of the code', () => {
  for (const [name, ...row] of readTable(verdicts, '| | 90 % | 95 % | 97.5 % | 99 % |')) {
    const q = 1 - Number(name?.slice(1)) / 100
    expect(row).toEqual(confidences.map((confidence) => String(fewestToPass(q, confidence))))
  }
  const minimum = readTable(readme, '| SLO | p50 | p90 | p95 | p99 | p99.9 |')
  const shares = [50, 90, 95, 99, 99.9].map((p) => String(fewestToPass(1 - p / 100, 0.95)))
  expect(minimum).toEqual([['minimum n', ...shares]])
  const deciding = readTable(verdicts, '| n | p90 | p95 | p99 |')
  expect(deciding).toHaveLength(7)
  for (const [n, ...row] of deciding) {
    const found = [0.1, 1 - 0.95, 1 - 0.99].map((q) => {
      const { passAtMost, failAtLeast } = testExactly({ size: Number(n), hits: 0 }, q, alpha)
      return `${passAtMost ?? 'never'} / ${failAtLeast}`
    })
    expect(row).toEqual(found)
  }
})

test('every reason and every turn of a verdict is named, and no other', () => {
  const reasons = readTable(verdicts, '| `reason.kind` | what it says |').map(([kind]) => kind)
  expect(reasons).toEqual(listKinds(reasonSchema).map((kind) => `\`${kind}\``))
  const turns = readTable(verdicts, '| found | becomes | `turns[].kind` in results.json |')
  const named = new Set(turns.flatMap(([, , kind = '']) => readCodes(kind)))
  expect([...named].toSorted()).toEqual(listKinds(turnSchema).toSorted())
})

function listKinds({ anyOf = [] }: JsonSchema): string[] {
  return anyOf.map(({ properties }) => String(properties?.['kind']?.const))
}

/** Simulations take their time: without TABLES=all only the first lines of a table are computed anew. */
const everything = process.env['TABLES'] === 'all'

/** Of each line. */
const comparedRuns = 2000

/** What each table is about, and how many times as slow its candidate is. */
const slower = [
  ['candidate 10 % slower, which is allowed', 1.1],
  ['the same service twice', 1],
  ['candidate 25 % slower', 1.25],
] as const
const ratios = slower.map(([, ratio]) => ratio)
type Ratio = (typeof ratios)[number]

const comparisons: Readonly<Record<string, Omit<Services, 'ratio'>>> = {
  'independent requests': {},
  correlated: { likeness: 0.5 },
  'strongly correlated': { likeness: 0.9 },
  'lucky rounds, σ 0.1': { luck: 0.1 },
  drift: { drift: 0.03 },
  'drift, lucky rounds, σ 0.1': { drift: 0.03, luck: 0.1 },
}

function readComparisons(title: string): string[][] {
  const columns = 'policy `point`: FAIL | before and after: FAIL / PASS | slogate: FAIL / PASS'
  return readTable(verdicts, `| ${title} | ${columns} |`)
}

test.for(slower)('the services of comparisons are those of the simulation: %s', ([title]) => {
  expect(readComparisons(title).map(([name]) => name)).toEqual(Object.keys(comparisons))
})

test.for(Object.entries(comparisons).slice(0, everything ? undefined : 1))(
  'the error rates of comparisons are those of a new simulation: %s',
  ([name, services]) => {
    const point = everything ? judgePoints(services) : undefined
    // Another ratio only scales the runs of two services that are alike.
    const [ABBA, AABB] = (['ABBA', 'AABB'] as const).map((order) => {
      const normal = createNormal(createRandom(1))
      return times(comparedRuns, () => simulatePairs(normal, { ...services, ratio: 1 }, { order }))
    })
    for (const [title, ratio] of slower) {
      const row = readComparisons(title).find(([first]) => first === name)
      expect(row).toEqual([
        name,
        point === undefined ? row?.[1] : point[ratio],
        judgeComparisons(AABB ?? [], ratio),
        judgeComparisons(ABBA ?? [], ratio),
      ])
    }
  },
)

test.runIf(everything)(
  'what rounds of 100 requests do to a strong correlation is what a new simulation finds',
  () => {
    const [, told] = /With rounds of 100 requests it is ([\d.]+ \/ [\d.]+)\./.exec(verdicts) ?? []
    const normal = createNormal(createRandom(1))
    const services = { ratio: 1, ...comparisons['strongly correlated'] }
    const runs = times(comparedRuns, () => simulatePairs(normal, services, { size: 100 }))
    expect(told).toBe(judgeComparisons(runs, 1.1))
  },
)

/** Of `p95 <= baseline + 10%`, from requests to verdict. */
function judgePoints(services: Omit<Services, 'ratio'>): Record<Ratio, string> {
  const normal = createNormal(createRandom(1))
  const gate = {
    policy: 'point',
    confidence: 0.95,
    failures: 'as-infinite',
    maxExtraRounds: 0,
  } as const
  // A candidate that is slower by a ratio is as far from 10 % as one that is not is from this.
  const slos = ratios.map((ratio) => {
    const allowance = { change: 1.1 / ratio - 1 }
    return {
      ...parseSlo('ttft p95 <= baseline + 10%'),
      id: String(ratio),
      allowance,
    } as RelativeSlo
  })
  const counts = { 1.1: 0, 1: 0, 1.25: 0 }
  for (let i = 0; i < comparedRuns; i++) {
    const { candidate, baseline } = simulateRuns(normal, { ...services, ratio: 1 })
    const reference = { kind: 'interleaved', records: baseline } as const
    const given = { gate, load, end: { kind: 'finished' }, reference } as const
    const verdict = judge(slos, candidate, given)
    for (const [k, ratio] of ratios.entries()) {
      if (verdict.slos[k]?.status === 'FAIL') counts[ratio]++
    }
  }
  const told = (ratio: Ratio): string => inPercent(counts[ratio], comparedRuns)
  return { 1.1: told(1.1), 1: told(1), 1.25: told(1.25) }
}

/** FAILs and PASSes of `p95 <= baseline + 10%`, in % of the runs. */
function judgeComparisons(runs: readonly Pair[][], ratio: number): string {
  const counts = { fail: 0, pass: 0 }
  for (const pairs of runs) {
    const changes = pairs.map(({ candidate, baseline }) => (ratio * candidate) / baseline)
    const { pFail = 1, pPass = 1 } = testRounds(changes, { op: '<=', bound: 1.1 }, alpha) ?? {}
    if (pFail <= alpha) counts.fail++
    if (pPass <= alpha) counts.pass++
  }
  return `${inPercent(counts.fail, runs.length)} / ${inPercent(counts.pass, runs.length)}`
}

function inPercent(count: number, runs: number): string {
  return ((100 * count) / runs).toFixed(1)
}

/** `luck`: σ of ln(time) between rounds; `likeness`: correlation with the request before. */
const services = {
  'independent requests': { luck: 0, likeness: 0 },
  correlated: { luck: 0, likeness: 0.5 },
  'lucky rounds, σ 0.1': { luck: 0.1, likeness: 0 },
}

test('the error rates with extra rounds are those of a new simulation', () => {
  const header =
    '| service at the bound | extra rounds | each look at 5 %: FAIL / PASS | slogate: FAIL / PASS |'
  const expected = Object.entries(services).flatMap(([name, service]) =>
    (everything ? [0, 1, 3, 5] : [0]).map((extra) => {
      const tell = (each: number): string => {
        const { fail, pass } = simulateLooks(service, 0.05, extra, each)
        return `${fail} / ${pass}`
      }
      const naive = tell(alpha)
      return [name, String(extra), naive, extra === 0 ? naive : tell(alpha / (1 + extra))]
    }),
  )
  const rows = readTable(verdicts, header)
  expect(rows).toHaveLength(12)
  expect(rows.filter(([, extra]) => everything || extra === '0')).toEqual(expected)
})

test('what extra rounds gain is what a new simulation finds', () => {
  const header = '| extra rounds | PASS of a service at 40 % of its budget | requests, mean |'
  const independent = services['independent requests']
  const expected = (everything ? [0, 1, 3, 5] : [0]).map((extra) => {
    const { pass, sent } = simulateLooks(independent, 0.02, extra, alpha / (1 + extra))
    return [String(extra), pass, sent]
  })
  const rows = readTable(verdicts, header)
  expect(rows).toHaveLength(4)
  expect(everything ? rows : rows.slice(0, 1)).toEqual(expected)
})

/** In % of 2000 runs; σ of ln(time) is 0.4. `share`: what of the service is bad; `each`: α of a look. */
function simulateLooks(
  { luck, likeness }: { luck: number; likeness: number },
  share: 0.05 | 0.02,
  extra: number,
  each: number,
): { fail: string; pass: string; sent: string } {
  const runs = 2000
  const normal = createNormal(createRandom(1))
  const z = { 0.05: 1.6448536269514722, 0.02: 2.0537489106318225 }[share]
  const bound = Math.exp(z * Math.hypot(0.4, luck))
  const counts = { FAIL: 0, PASS: 0, sent: 0 }
  for (let i = 0; i < runs; i++) {
    let state = normal()
    const drawRound = (size: number): number[] => {
      const shift = luck * normal()
      return times(size, () => {
        state = likeness * state + Math.sqrt(1 - likeness ** 2) * normal()
        return Math.exp(shift + 0.4 * state)
      })
    }
    const { status, sent } = lookAgain(drawRound, { bound, extra, alpha: each })
    if (status !== undefined) counts[status]++
    counts.sent += sent
  }
  const percent = (count: number): string => ((100 * count) / runs).toFixed(1)
  const { FAIL, PASS, sent } = counts
  return { fail: percent(FAIL), pass: percent(PASS), sent: String(Math.round(sent / runs)) }
}

test('what an early end saves is what a new simulation finds', () => {
  const runs = 40
  const expected = [0.1, 0.2, 0.5, 1].map((share) => {
    const random = createRandom(1)
    let sent = 0
    for (let i = 0; i < runs; i++) sent += curtail(() => random() < share)
    return [`${share * 100} %`, String(Math.round(sent / runs))]
  })
  expect(readTable(verdicts, '| too slow | requests sent |')).toEqual(expected)
})
