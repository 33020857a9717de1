import { requestNumber, type RequestRecord, type Records } from '../../engine/record.ts'
import { chunkGaps, measure } from '../../metrics/measure.ts'
import type { Results } from '../../results/results.ts'
import { formatCount, formatMs } from '../units.ts'
import { fixed, renderChart } from './chart.ts'
import {
  findOrigin,
  findStart,
  measureDuration,
  measuredOnly,
  negateDuration,
  pickFirst,
} from './instants.ts'
import { type Markup, markup, trust } from './markup.ts'
import { nameOutcome } from './request-outcome.ts'
import { type Scale, scaleTimes } from './scale.ts'
import { listBounds } from './series.ts'
import { renderTable } from './table.ts'
import { asksForWhole } from './whole-answers.ts'

const mostFailed = 8
const mostSlow = 16
const size = { width: 420, height: 20 }

/** How the time of the failed and the slowest requests was spent, each from its dispatch. */
export function renderGantt(results: Results, records: Records): Markup {
  const requests = measuredOnly(records)
  const failed = requests.filter(({ outcome }) => outcome === 'failed')
  const completed = requests.filter(({ outcome }) => outcome === 'completed')
  const shownFailed = pickFirst(failed, mostFailed, () => 0)
  const slowest = pickFirst(completed, mostSlow, negateDuration)
  const shown = [...shownFailed, ...slowest]
  if (shown.length === 0)
    return markup`<p>No request ended by itself, so there is none to show.</p>`
  const longest = shown.reduce((max, record) => Math.max(max, measureLength(record)), 0)
  const x = scaleTimes({ min: 0, median: longest, max: longest }, [4, size.width - 4], {
    zero: true,
  })
  const bounds = listBounds(results, 'ttft').map(({ value }) => value)
  const origin = findOrigin(records)
  const whole = asksForWhole(results)
  const rows = shown.map((record) => [
    formatCount(requestNumber(record)),
    markup`<bdi>${nameOutcome(record)}</bdi>`,
    formatMs(findStart(record) - origin),
    ...(whole ? [] : [duration(measure(record, 'ttft'))]),
    formatMs(measureDuration(record)),
    ...(whole ? [] : [duration(measure(record, 'stall'))]),
    renderBar(record, x, bounds),
  ])
  const which = [
    ...(shownFailed.length === 0
      ? []
      : [say('first', shownFailed.length, failed.length, 'failed')]),
    ...(slowest.length === 0
      ? []
      : [say('slowest', slowest.length, completed.length, 'completed')]),
  ].join(' and ')
  const table = renderTable({
    caption: `Shown: ${which}.`,
    head: whole
      ? ['request', 'outcome', 'began', 'took', renderHead(x)]
      : ['request', 'outcome', 'began', 'ttft', 'took', 'stall', renderHead(x)],
    rows,
    texts: 2,
    lastTexts: 1,
  })
  if (whole) {
    return markup`${table}<p class="note">The times are those from dispatch to the end of the body.${shownFailed.length === 0 ? undefined : failedKey}</p>`
  }
  return markup`${table}<p class="note"><span class="key"><svg viewBox="0 0 16 12" aria-hidden="true"><rect class="wait" y="2" width="16" height="8"/></svg>until the first token</span> <span class="key"><svg viewBox="0 0 16 12" aria-hidden="true"><rect class="decode" y="2" width="16" height="8"/></svg>tokens</span> <span class="key"><svg viewBox="0 0 16 12" aria-hidden="true"><path class="stall" d="M0 10H16"/></svg>largest gap</span>${shownFailed.length === 0 ? undefined : failedKey}${bounds.length === 0 ? undefined : '; upright line: the bound of ttft'}. The times are those from dispatch to the end of the body.</p>`
}

const failedKey = markup` <span class="key"><svg viewBox="0 0 16 12" aria-hidden="true"><path class="mark failed" d="M5 3l6 6m0 -6l-6 6"/></svg>failed here</span>`

function say(which: string, count: number, of: number, outcome: string): string {
  return count === of
    ? `all ${formatCount(of)} ${outcome} requests`
    : `the ${which} ${formatCount(count)} of ${formatCount(of)} ${outcome} requests`
}

function measureLength(record: RequestRecord): number {
  return record.marks.ended - findStart(record)
}

function duration(value: number | 'inapplicable' | undefined): string {
  return typeof value === 'number' ? formatMs(value) : '–'
}

function renderBar(record: RequestRecord, x: Scale, bounds: readonly number[]): Markup {
  const { marks } = record
  const start = findStart(record)
  const at = (instant: number): number => fixed(x.place(instant - start))
  const end = at(marks.ended)
  const first = marks.firstToken === undefined ? end : at(marks.firstToken)
  const last = marks.lastToken === undefined ? first : at(marks.lastToken)
  const parts = [
    markup`<rect class="wait" x="4" y="5" width="${fixed(Math.max(1, first - 4))}" height="10"/>`,
    marks.firstToken === undefined
      ? undefined
      : markup`<rect class="decode" x="${first}" y="5" width="${fixed(Math.max(1, last - first))}" height="10"/><path class="rest" d="M${last} 10H${end}"/>`,
    renderStall(record, at),
    record.outcome === 'failed'
      ? markup`<path class="mark failed" d="M${end} 10${trust('m-4 -4l8 8m0 -8l-8 8')}"/>`
      : undefined,
    bounds.map((bound) =>
      bound > x.high ? undefined : markup`<path class="bound" d="M${fixed(x.place(bound))} 0V20"/>`,
    ),
  ]
  return renderChart(
    {
      id: `gantt-${requestNumber(record)}`,
      title: `Request ${requestNumber(record)} over time`,
      description: `First token after ${duration(measure(record, 'ttft'))}, end after ${formatMs(measureLength(record))}.`,
    },
    size,
    parts,
  )
}

/** The largest gap between two token events, as a line below the bar. */
function renderStall(record: RequestRecord, at: (instant: number) => number): Markup | undefined {
  const gaps = chunkGaps(record)
  const largest = gaps.indexOf(gaps.reduce((most, gap) => Math.max(most, gap), 0))
  const [from, to] = [record.tokenTimes[largest], record.tokenTimes[largest + 1]]
  if (from === undefined || to === undefined) return undefined
  return markup`<path class="stall" d="M${at(from)} 17.5H${at(to)}"/>`
}

function renderHead(x: Scale): Markup {
  const texts = x.ticks.map(({ value, text }, index) => {
    const side = index === 0 ? 'start' : index === x.ticks.length - 1 ? 'end' : 'middle'
    return markup`<text class="tick ${side}" x="${fixed(x.place(value))}" y="14">${text}</text>`
  })
  return renderChart(
    { id: 'gantt-axis', title: 'from dispatch', description: 'Axis of the drawings below.' },
    size,
    texts,
  )
}
