import { cleanLine } from '../bench-spec/plain-text.ts'
import { type Column, layOut } from './layout.ts'
import { formatCount, formatMs } from './units.ts'

/** ms; `null`: so few values have no such percentile but their maximum. */
interface SpreadFindings {
  min: number
  p50: number
  p95: number | null
  p99: number | null
  max: number
}

/** What a calibration found, in the words of its file. */
export interface CalibrationFindings {
  requests: number
  shape: { concurrency: number; events_per_answer: number; dialect: string }
  machine: { cpu: string; cores: number; node: string; platform: string; arch: string }
  client_error_ms: Record<'ttft' | 'latency' | 'request', SpreadFindings> & {
    chunk: SpreadFindings | null
  }
  dispatch_delay_ms: SpreadFindings
  held_concurrency: { mean: number; full_share: number } | null
}

export interface NoiseFindings {
  target: string
  rounds: number
  requests: number
  figures: readonly {
    metric: string
    stat: string
    spread: number
    smallest_changes: readonly { rounds: number; change: number }[]
  }[]
}

/** For people; without a last line end. */
export function renderCalibration(
  { requests, shape, machine, client_error_ms: errors, ...found }: CalibrationFindings,
  noise: NoiseFindings | undefined,
  { width }: { width: number },
): string {
  const { concurrency, events_per_answer: events, dialect } = shape
  const rows: [string, SpreadFindings | null][] = [
    ['ttft', errors.ttft],
    ['latency', errors.latency],
    ['the larger of both', errors.request],
    ['token event', errors.chunk],
    ['dispatch delay', found.dispatch_delay_ms],
  ]
  const known = rows.filter((row): row is [string, SpreadFindings] => row[1] !== null)
  const held = found.held_concurrency
  const blocks = [
    [
      ` Client error at c=${formatCount(concurrency)}, ${formatCount(events)} events per answer, ${dialect}`,
      ` ${formatCount(requests)} requests to the bundled mock, compared with what it sent`,
      ` ${cleanLine(machine.cpu)}, ${machine.cores} cores, ${machine.platform} ${machine.arch}, node ${machine.node}`,
    ],
    indent([
      { title: '', align: 'left', cells: known.map(([name]) => name) },
      ...(['min', 'p50', 'p95', 'p99', 'max'] as const).map((title): Column => ({
        title,
        align: 'right',
        cells: known.map(([, spread]) => formatOrDash(spread[title])),
      })),
    ]),
    errors.request.p99 === null ? [fewNote(requests)] : [],
    held === null
      ? []
      : [
          `   concurrency held: mean ${held.mean.toFixed(2)}, full ${formatPercent(held.full_share)} of the time`,
        ],
    ...(noise === undefined ? [] : renderNoise(noise)),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')

  function renderNoise({ target, rounds, figures, requests: sent }: NoiseFindings): string[][] {
    const comparisons = figures[0]?.smallest_changes.map((each) => each.rounds) ?? []
    return [
      [
        ` Noise of ${cleanLine(target)}`,
        ` ${formatCount(sent)} requests in ${rounds} rounds; the smallest slowdown that n rounds of each side would show`,
      ],
      indent([
        {
          title: '',
          align: 'left',
          cells: figures.map(({ metric, stat }) => nameFigure(metric, stat)),
        },
        {
          title: 'between rounds',
          align: 'right',
          cells: figures.map(({ spread }) => `±${formatPercent(Math.expm1(spread))}`),
        },
        ...comparisons.map((count, index): Column => ({
          title: `n=${count}`,
          align: 'right',
          cells: figures.map(({ smallest_changes: changes }) =>
            formatPercent(changes[index]?.change ?? 0),
          ),
        })),
      ]),
    ]
  }

  function indent(columns: readonly Column[]): string[] {
    return layOut(columns, width - 3, '~').map((line) => `   ${line}`)
  }
}

/** What few requests cannot tell, and what is done with them even so. */
function fewNote(requests: number): string {
  return `   – ${formatCount(requests)} requests have no such percentile: their largest error is held against a run; ask for 100`
}

function formatOrDash(ms: number | null): string {
  return ms === null ? '–' : formatMs(ms)
}

function nameFigure(metric: string, stat: string): string {
  return stat === 'value' ? metric : `${metric} ${stat}`
}

function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)}%`
}
