import type { DistributionDocument, Results } from '../../results/results.ts'
import { flowCell, tokenBases } from '../cells.ts'
import { impliedCell, speedCell } from '../trace-cells.ts'
import { formatCount, formatMs, formatValue } from '../units.ts'
import { type Markup, markup } from './markup.ts'
import { asksForWhole } from './whole-answers.ts'

interface Tile {
  name: string
  value: string
  note: string
}

/** The main figures of a run; `–` where there is none. Whole answers have no tokens to be timed. */
export function renderTiles(results: Results): Markup {
  const { summary, load } = results
  const { requests, token_basis: basis } = summary
  const whole = asksForWhole(results)
  const gaps =
    summary.tpot_ms === null
      ? time('chunk_gap', summary.chunk_gap_ms)
      : time('tpot', summary.tpot_ms)
  const tiles: Tile[] = [
    {
      name: 'success rate',
      value: summary.success_rate === null ? '–' : formatValue(summary.success_rate, 'share'),
      note: successNote(requests),
    },
    ...(whole ? [] : [time('ttft', summary.ttft_ms)]),
    time('latency', summary.latency_ms),
    ...(whole ? [] : [gaps]),
    {
      name: 'requests',
      value: rate(summary.requests_per_second, '/s'),
      note: `completed, ${load.kind === 'closed' ? `concurrency ${formatCount(load.concurrency)}` : `${flowCell(load)} asked, ${rate(summary.sent_rate?.sent_per_second ?? null, '/s')} sent`}`,
    },
    {
      name: 'output tokens',
      value: rate(summary.output_tokens_per_second, 'tok/s'),
      note:
        summary.output_tokens === null
          ? 'not known'
          : `${formatCount(summary.output_tokens)} in all, ${tokenBases[basis]}`,
    },
    ...listCached(results),
    ...listArrivals(results),
    ...(summary.goodput === null
      ? []
      : [
          {
            name: 'goodput',
            value: formatValue(summary.goodput, 'share'),
            note: 'keep all bounds at once',
          },
        ]),
    {
      name: 'duration',
      value: summary.wall_ms === null ? '–' : formatMs(summary.wall_ms),
      note:
        summary.duration_ms === null
          ? `no ${whole ? 'answer' : 'token'} came`
          : `${formatMs(summary.duration_ms)} to the last ${whole ? 'answer' : 'token'}`,
    },
  ]
  const items = tiles.map(
    ({ name, value, note }) =>
      markup`<div><dt>${name}</dt><dd><span class="figure">${value}</span><span class="soft">${note}</span></dd></div>`,
  )
  return markup`<dl class="tiles">${items}</dl>`
}

/** None where the server does not speak of its cache. */
function listCached(results: Results): Tile[] {
  const { prompts } = results.summary
  const { counted, tokens, told, cached_tokens: cached, cached_share: share } = prompts
  if (tokens === null || cached === null || share === null) return []
  const by =
    told < counted ? `, as ${formatCount(told)} of ${formatCount(counted)} requests say` : ''
  const implied = impliedCell(results)
  return [
    {
      name: 'prompts cached',
      value: formatValue(share, 'share'),
      note: `${formatCount(cached)} of ${formatCount(tokens)} tokens${by}${implied === undefined ? '' : `; ${implied} by the trace`}`,
    },
  ]
}

/** How late the requests of a trace were sent; none without one. */
function listArrivals(results: Results): Tile[] {
  const error = results.summary.dispatch_delay_ms
  const speed = speedCell(results)
  if (speed === undefined || error === null) return []
  return [
    {
      name: 'arrival error p99',
      value: formatMs(error.p99),
      note: `p50 ${formatMs(error.p50)}, max ${formatMs(error.max)}; ${speed}`,
    },
  ]
}

function successNote(requests: Results['summary']['requests']): string {
  const { total, completed, cancelled, left, leaving } = requests
  const rest = cancelled === 0 ? '' : `, ${formatCount(cancelled)} cancelled`
  if (leaving === 0) return `${formatCount(completed)} of ${formatCount(total - cancelled)}${rest}`
  return `of ${formatCount(total - leaving)} that were to stay; ${formatCount(left)} left${rest}`
}

function time(metric: string, figures: DistributionDocument | null): Tile {
  if (figures === null) return { name: `${metric} p95`, value: '–', note: 'not measured' }
  const { p50, p95, p99 } = figures
  return {
    name: `${metric} p95`,
    value: formatMs(p95),
    note: `p50 ${formatMs(p50)}, p99 ${formatMs(p99)}`,
  }
}

function rate(value: number | null, unit: '/s' | 'tok/s'): string {
  return value === null ? '–' : formatValue(value, unit)
}
