import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'

import { renderHtml } from '../../../src/report/html/page.ts'
import { completed, times } from '../../metrics/records.ts'
import { run, runs, splitClient } from '../_runs.ts'
import { find, findings, simulate } from './_findings.ts'

const pages = new Map<string, string>([
  ...Object.entries(findings).map(([name, { results, records }]): [string, string] => [
    name,
    renderHtml(results, records),
  ]),
  ...Object.entries(runs).map(([name, results]): [string, string] => [
    `results of "${name}" alone`,
    renderHtml(results),
  ]),
])
const page = (name: string): string => pages.get(name) ?? ''

/** `toContain` without the whole page in the message. */
function expectText(text: string, part: string): void {
  expect(text.includes(part) ? part : `not in the page: ${part}`).toBe(part)
}

test.each([...pages.keys()])('%s: whole, well-formed and labelled', (name) => {
  const text = page(name)
  expect(text.slice(0, 32)).toBe('<!doctype html>\n<html lang="en">')
  expect(bare(text).match(/NaN|Infinity|undefined|\[object/g)).toBeNull()
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const referred = [...text.matchAll(/ (?:aria-labelledby|for)="([^"]*)"/g)]
    .flatMap(([, names = '']) => names.split(' '))
    .concat([...text.matchAll(/href="#([^"]*)"/g)].map(([, id = '']) => id))
  expect(referred.filter((id) => !ids.includes(id))).toEqual([])
  expect(text.match(/<svg class="chart"/g)?.length ?? 0).toBe(
    text.match(
      /role="img" aria-labelledby="[^"]+"><title id="[^"]+">[^<]+<\/title><desc id="[^"]+">[^<]+</g,
    )?.length ?? 0,
  )
  expect(text.match(/<th(?! scope="(?:col|row)"|ead)[^>]*/g)).toBeNull()
  expect(headingLevels(text)[0]).toBe(1)
  expect(headingLevels(text).every((level, at, all) => level - (all[at - 1] ?? 0) <= 1)).toBe(true)
  expect(unbalanced(text)).toEqual([])
})

/** The page without its style, its script and its data. */
function bare(text: string): string {
  return text.replace(/<(style|script)[ >][^]*?<\/\1>/g, '')
}

/** The tags of a page, the values of their attributes taken out: text and values hold no `<` or `>`. */
function tagsOf(text: string): string[] {
  return (bare(text).match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/"[^"]*"/g, '""'))
}

function headingLevels(text: string): number[] {
  return [...text.matchAll(/<h([1-6])[ >]/g)].map(([, level]) => Number(level))
}

/** Elements whose tags do not pair up. */
function unbalanced(text: string): string[] {
  const body = bare(text)
  const open: string[] = []
  const empty = new Set(['meta', 'link', 'br', 'input'])
  const wrong: string[] = []
  for (const [, close, name = '', self] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (close === '' && self === '' && !empty.has(name)) open.push(name)
    else if (close === '/' && open.pop() !== name) wrong.push(name)
  }
  return [...wrong, ...open]
}

test('the sections stand in their order, the verdict first', () => {
  const text = page('fail')
  const titles = [...text.matchAll(/<h[12][^>]*>(.*?)<\/h[12]>/g)].map(([, title = '']) => title)
  expect(titles[0]).toContain('chat')
  expect(titles.slice(1)).toEqual([
    'Self-checks',
    'SLOs',
    'Figures',
    'Distributions',
    'Timeline',
    'Failed and slowest requests',
    'Errors',
    'Ratings',
    'Requests',
    'Environment',
    'Files',
  ])
  expect(text.indexOf('class="verdict"')).toBeLessThan(text.indexOf('Self-checks'))
  expectText(text, '<title>FAIL: chat</title>')
})

test('what each request asked for is said, and what varies by row', () => {
  const text = page('results of "pass" alone')
  expectText(text, '<dt>model</dt><dd><bdi>example-7b</bdi></dd>')
  expectText(text, '<dt>max_tokens</dt><dd><bdi>64</bdi></dd>')
  expectText(text, '<dt>timeout</dt><dd><bdi>300s, connect 10.0s, ttft 2.00s</bdi></dd>')
  expectText(text, '<dt>requests</dt><dd><bdi>300, after 10 of warm-up</bdi></dd>')
  const output_limit = { key: 'num_predict', tokens: '{{length}}' }
  const request = { ...runs.pass.request, model: '{{model}}', output_limit }
  const varying = renderHtml({ ...runs.pass, request })
  expectText(varying, '<dt>model</dt><dd><bdi>{{model}} (varies by row)</bdi></dd>')
  expectText(varying, '<dt>num_predict</dt><dd><bdi>{{length}} (varies by row)</bdi></dd>')
  const unnamed = renderHtml({ ...runs.pass, request: { ...request, model: null } })
  expect(unnamed).not.toContain('<dt>model</dt>')
})

test('a baseline stands before the server, with a drawing of each change that is known', () => {
  const text = page('results of "relative" alone')
  expect(text.indexOf('id="errors"')).toBeLessThan(text.indexOf('id="baseline"'))
  expect(text.indexOf('id="baseline"')).toBeLessThan(text.indexOf('id="ratings"'))
  expectText(text, 'rounds alternating with this one')
  expectText(text, 'Machine and load were the same.')
  expectText(text, '+20.0%, limits [+15.0%, +25.0%]; allowed +10.0%, floor 20.0ms; 10 rounds')
  expectText(
    text,
    '<th scope="row">ttft p95</th><td class="number">576ms</td><td class="number">691ms</td><td class="number">+20.0%</td><td class="number">[+15.0%, +25.0%]</td><td class="number">+10.0%, floor 20.0ms</td>',
  )
  expectText(text, 'baseline 576ms, bound &lt;= 634ms')
  expect(text.match(/id="baseline-\d-title"/g)).toHaveLength(2)
})

test('a baseline that cannot be compared says why, and no change is told', () => {
  const text = page('results of "incomparable" alone')
  expectText(
    text,
    '<strong>Not comparable</strong>: <bdi>cpu differs: Other CPU / Example CPU</bdi>',
  )
  expectText(text, 'bound unknown')
  expectText(text, 'Measure the baseline anew')
  const [, section = ''] = /id="baseline">([^]*?)<\/section>/.exec(text) ?? []
  expect(section.match(/[+-][\d.]+(?:%|pp)/g)).toEqual(['+10.0%'])
  expect(section).not.toContain('<svg')
})

test('what a baseline is called stays text; without one there is no section', () => {
  const [, section = ''] =
    /id="baseline">([^]*?)<\/section>/.exec(page('results of "hostile" alone')) ?? []
  expect(section).toContain('an earlier run')
  expect(section).not.toMatch(/<(?:script|img)/)
  expect(page('fail')).not.toContain('id="baseline"')
})

test('nothing is loaded from anywhere', () => {
  for (const [name, text] of pages) {
    const markup = bare(text)
    const loading = /\s(?:src|srcset|action|formaction|poster|xlink:href|style|on\w+)=/
    expect(
      tagsOf(text).filter((tag) => loading.test(tag)),
      name,
    ).toEqual([])
    const targets = [...markup.matchAll(/\shref="([^"]*)"/g)].map(([, target = '']) => target)
    const outside = targets.filter(
      (target) => !/^(?:#[\w-]+|[\w.-]+|data:image\/svg\+xml,[^"]+)$/.test(target),
    )
    expect(outside, name).toEqual([])
    const own = [...text.matchAll(/<(style|script)>([^]*?)<\/\1>/g)].map(([, , code = '']) => code)
    expect(
      own.join('\n').match(/url\(|@import|https?:|fetch\(|XMLHttp|innerHTML|eval\(/g),
    ).toBeNull()
  }
})

test('the policy allows the style and the script of the page by their hashes and nothing else', () => {
  for (const text of pages.values()) {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(text) ?? []
    const hashes = ['style', 'script'].map((element) => {
      const [, code = ''] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(text) ?? []
      return `${element}-src &#39;sha256-${createHash('sha256').update(code).digest('base64')}&#39;`
    })
    expect(policy.split('; ')).toEqual([
      'default-src &#39;none&#39;',
      ...hashes,
      'img-src data:',
      'base-uri &#39;none&#39;',
      'form-action &#39;none&#39;',
    ])
  }
})

test('what others wrote is text wherever it stands', () => {
  const text = page('hostile')
  expect(text.includes('&lt;script&gt;window.owned=1&lt;/script&gt;')).toBe(true)
  expect(text.match(/<script[ >]/g)).toHaveLength(2)
  expect(text.match(/<\/script/g)).toHaveLength(2)
  expect(text.match(/<(?:img|svg\/|skipped|!--)/g)).toBeNull()
  expect(text.match(/[\u2028\u2029\u202a-\u202e\u2066-\u2069\0]/g)).toBeNull()
  const [, data = ''] = /id="requests-data">([^]*?)<\/script>/.exec(text) ?? []
  expect(data).not.toContain('<')
  const { messages } = JSON.parse(data) as { messages: string[] }
  expect(messages.some((message) => message.includes('</script><script>'))).toBe(true)
})

test('a run of 10,000 requests stays below 2 MB and holds every request', () => {
  const { results, records } = find(simulate(10_000))
  const text = renderHtml(results, records)
  expect(Buffer.byteLength(text)).toBeLessThan(2_000_000)
  expect(embedded(text).rows).toHaveLength(10_000)
  expectText(text, 'Marks that would cover each other are drawn once')
  expect(renderHtml(results, records)).toBe(text)
})

test('of more requests than the page can carry, the most telling are in it, and it says so', () => {
  const { results, records } = find(simulate(25_000, { failing: 100 }))
  const text = renderHtml(results, records)
  expect(Buffer.byteLength(text)).toBeLessThan(3_000_000)
  const { outcomes, rows } = embedded(text)
  expect(rows).toHaveLength(20_000)
  expectText(text, 'Only the first 20\u202f000 in this order are in this page.')
  expect(rows.filter((row) => outcomes[row[1] ?? -1] === 'http_status 503')).toHaveLength(250)
})

interface Embedded {
  outcomes: string[]
  messages: string[]
  rows: (number | null)[][] & { [index: number]: [number, number, ...number[]] }
}

function embedded(text: string): Embedded {
  const [, data = ''] = /id="requests-data">([^]*?)<\/script>/.exec(text) ?? []
  return JSON.parse(data) as Embedded
}

test('without the records the page says what is missing, and the other files it links are those that are', () => {
  const text = page('without records')
  expect(text.match(/keep requests\.ndjson\.gz beside results\.json/g)).toHaveLength(3)
  expect(text.includes('href="requests.ndjson.gz"')).toBe(false)
  expectText(text, 'href="results.json"')
  expectText(text, 'Percentiles of ttft')
})

test('a run in which nothing completed shows its failures [S0.31]', () => {
  const text = page('nothing completed')
  expectText(text, 'No request completed, so there are no times to show.')
  expectText(text, 'Failed requests by kind: 40 of 40')
  expectText(text, 'http_status 503 ×40, the first one with: busy')
})

test('all parameters of the test, the core figures and the data for programs are there [S0.21] [S0.22] [S0.27]', () => {
  const text = page('results of "pass" alone')
  const told = [...text.matchAll(/<dt>([^<]*)<\/dt>\s*<dd[^>]*>([^]*?)<\/dd>/g)].map(
    ([, name, value = '']) => `${name}: ${value.replace(/<[^>]*>/g, ' ').trim()}`,
  )
  const expected = [
    /^target: POST http:\/\/127\.0\.0\.1:8000\/v1\/chat\/completions$/,
    /^concurrency: 10 /,
    /^requests: 300, after 10 of warm-up$/,
    /^stream format: openai-chat$/,
    /^dataset: prompts\.csv: 5 rows of content$/,
    /^started: 2026-01-15T10:30:00\.000Z$/,
    /^policy: pr/,
    /^machine: Example CPU/,
    /^success rate: +99\.3% .*298 of 300$/,
    /^ttft p95: +639ms/,
    /^latency p95: +3\.98s/,
    /^requests: +11\.6\/s/,
    /^output tokens: +743 tok\/s/,
  ]
  for (const each of expected) expect(told).toContainEqual(expect.stringMatching(each))
  expectText(text, '<a href="results.json">')
})

test('the bars of a histogram hold every value once [S0.23]', () => {
  const { results, records } = find(
    times(500, (index) => completed({ index, at: index * 200, ttft: 50 + (index % 97) })),
  )
  const text = renderHtml(results, records)
  const [, chart = ''] = /Histogram of ttft<\/title>([^]*?)<\/svg>/.exec(text) ?? []
  const bars = [...chart.matchAll(/<title>([\d.]+)ms to ([\d.]+)ms: (\d+)<\/title>/g)]
  expectText(text, '>Histogram of latency</title>')
  expect(bars.length).toBeGreaterThan(5)
  expect(bars.reduce((sum, [, , , count]) => sum + Number(count), 0)).toBe(500)
  for (const [, from, to, count] of bars) {
    const within = times(500, (index) => 50 + (index % 97)).filter(
      (ttft) => ttft >= Number(from) - 0.05 && ttft < Number(to) + 0.05,
    )
    expect(Math.abs(within.length - Number(count))).toBeLessThanOrEqual(12)
  }
})

test('the percentile plot tells nearest ranks, and failed requests as never [S0.24]', () => {
  const values = times(99, (index) => completed({ index, at: index * 2000, ttft: index + 1 }))
  const { results } = find(values)
  expect(describeChart(renderHtml(results, values), 'Percentiles of ttft')).toBe(
    'min 1.00ms, p50 50.0ms, p75 75.0ms, p90 90.0ms, p95 95.0ms',
  )
  const more = times(200, (index) => completed({ index, at: index * 2000, ttft: index + 1 }))
  expect(describeChart(renderHtml(find(more).results, more), 'Percentiles of ttft')).toMatch(
    /^min 1\.00ms, p50 100ms, p75 150ms, p90 180ms, p95 190ms, p99 198ms/,
  )
  const failing = find(simulate(100, { failing: 5 }))
  const told = describeChart(
    renderHtml(failing.results, failing.records),
    'Cumulative distribution of ttft',
  )
  expect(told).toMatch(/^50% lie at or below [\d.]+ms, 95% are not reached\.$/)
})

function describeChart(text: string, title: string): string | undefined {
  return new RegExp(`${title}</title><desc[^>]*>([^<]*)<`).exec(text)?.[1]
}

test('what the server tells stands beside what the client saw, and only where it was asked', () => {
  const text = renderHtml(runs.server)
  expectText(text, 'Server beside client</h2>')
  expectText(text, 'Of 2.313s mean latency decode takes 83%, queueing 9%')
  expectText(text, 'Times of the server beside those of the client')
  expectText(text, 'queue 213ms, prefill 178ms, decode 1.92s, outside 2.50ms')
  expectText(text, 'At most 8 were running, at most 2 waiting.')
  expect(page('pass').includes('Server beside client')).toBe(false)
})

test('names what each of several load processes told of itself, and the worst of it', () => {
  const text = renderHtml(run({ client: splitClient() }))
  expectText(text, '2 load processes, event loops 21 %, 34 % used')
  expectText(text, '<dt>cpu (worst)</dt><dd><bdi>40.0% of a core</bdi></dd>')
  expectText(text, '<dt>load process 1</dt><dd><bdi>client delay p50 0.10ms, p99 0.80ms; garbage')
  expectText(text, '<dt>load process 2</dt>')
  expect(renderHtml(run()).includes('load process')).toBe(false)
})

test('whole answers have no figure, column or drawing of a token', () => {
  const text = bare(page('whole answers'))
  expect(text.replace(/<section[^>]*><h2 id="requests">[^]*/, '')).not.toMatch(
    /ttft|chunk_gap|tpot|first token|not measured/,
  )
  expectText(text, 'to the last answer')
  expectText(text, '<h3 id="latency">')
})
