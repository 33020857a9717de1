import { hasPlaceholder } from '../../bench-spec/template.ts'
import type { LoadProcessDocument, Results } from '../../results/results.ts'
import { environmentCells, flowCell } from '../cells.ts'
import { lengthCells } from '../length-cells.ts'
import { formatCount, formatMs, formatValue } from '../units.ts'
import { type Markup, markup } from './markup.ts'

/** What was asked, by what it was measured, and with which definitions. */
export function renderEnvironment(results: Results): Markup {
  const { target, request, load, stream, dataset, client } = results
  const facts: [name: string, value: string][] = [
    ['target', `${target.method} ${target.url}${target.hermetic ? ' (mock)' : ''}`],
    ...requestCells(request),
    load.kind === 'closed'
      ? ['concurrency', `${formatCount(load.concurrency)} (closed loop)`]
      : [
          'rate',
          `${flowCell(load)}, at most ${formatCount(load.max_concurrency)} in flight (open loop)`,
        ],
    [
      'requests',
      `${load.requests === null ? 'as many as fit' : formatCount(load.requests)}${load.warmup === 0 ? '' : `, after ${formatCount(load.warmup)} of warm-up`}`,
    ],
    ...(load.duration_ms === null
      ? []
      : [['duration', formatMs(load.duration_ms)] as [string, string]]),
    ['stream format', stream.asked ?? 'chosen from the response'],
    ...(dataset === null
      ? []
      : [
          [
            'dataset',
            `${dataset.source}: ${formatCount(dataset.rows)} rows of ${dataset.columns.join(', ')}`,
          ] as [string, string],
        ]),
    ...lengthCells(results).map((text): [string, string] => ['lengths', text]),
    ...environmentCells(results),
    ...(client === null ? [] : clientCells(client)),
    ['finished', results.finished_at],
  ]
  const items = facts.map(
    ([name, value]) => markup`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`,
  )
  return markup`<dl class="facts">${items}</dl>`
}

function requestCells(request: Results['request']): [string, string][] {
  const { model, output_limit: limit } = request
  const deadlines: [string, number | null][] = [
    ['connect', request.connect_timeout_ms],
    ['ttft', request.ttft_timeout_ms],
    ['idle', request.idle_timeout_ms],
  ]
  const others = deadlines.flatMap(([name, ms]) => (ms === null ? [] : [`${name} ${formatMs(ms)}`]))
  return [
    ...(model === null ? [] : [['model', sayVarying(model)] as [string, string]]),
    ...(limit === null ? [] : [[limit.key, sayVarying(limit.tokens)] as [string, string]]),
    ['timeout', [formatMs(request.timeout_ms), ...others].join(', ')],
  ]
}

function sayVarying(value: number | string): string {
  if (typeof value === 'number') return formatCount(value)
  return hasPlaceholder(value) ? `${value} (varies by row)` : value
}

/** Of several load processes the worst figures, as verdicts take them, and then each. */
function clientCells({ processes, ...worst }: NonNullable<Results['client']>): [string, string][] {
  if (processes === null) return processCells(worst)
  return [
    ...processCells(worst).map(([name, value]): [string, string] => [`${name} (worst)`, value]),
    ...processes.map((process, place): [string, string] => [
      `load process ${place + 1}`,
      processCells(process)
        .map(([name, value]) => `${name} ${value}`)
        .join('; '),
    ]),
  ]
}

function processCells(client: LoadProcessDocument): [string, string][] {
  const { event_loop_delay_p50_ms: p50, event_loop_delay_p99_ms: p99 } = client
  return [
    ...(p50 === null || p99 === null
      ? []
      : [['client delay', `p50 ${formatMs(p50)}, p99 ${formatMs(p99)}`] as [string, string]]),
    [
      'garbage collection',
      `${formatCount(client.gc_pauses)} pauses, ${formatMs(client.gc_total_ms)} in all, longest ${formatMs(client.gc_max_ms)}`,
    ],
    [
      'cpu',
      `${formatValue(client.cpu_share, 'share')} of a core${client.run_queue_share === null ? '' : `, ${formatValue(client.run_queue_share, 'share')} waiting for one`}`,
    ],
  ]
}
