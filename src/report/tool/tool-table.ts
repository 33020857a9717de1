import { cleanLine } from '../../bench-spec/plain-text.ts'
import type { RequestBound } from '../../bench-spec/slo.ts'
import type { Records } from '../../engine/record.ts'
import { isGood } from '../../metrics/goodput.ts'
import { keepStaying } from '../../metrics/observation.ts'
import type { DistributionDocument, Results } from '../../results/results.ts'
import { wrap } from '../columns.ts'
import { type Column, layOut } from '../layout.ts'
import { formatCount, formatMs, formatValue } from '../units.ts'
import type {
  Objectives,
  Quantile,
  Tool,
  ToolGoodput,
  ToolMetric,
  ToolRate,
  Weighted,
} from './tool.ts'

const width = 100
/** Names of tools are long and must be whole. */
const tableWidth = 120
const statistics = ['mean', 'p50', 'p95', 'p99'] as const

type Statistics = Readonly<Record<(typeof statistics)[number], number>>

/**
 * The records of a run under the definitions of another tool, beside those of slogate: a table and
 * why its rows differ. Failed requests count where a tool counts them; warm-up counts nowhere.
 * With `objectives`: the goodput of a tool that has one.
 */
export function compareWith(
  tool: Tool,
  results: Results,
  records: Records,
  objectives?: Objectives,
): string {
  const measured = records.filter(({ phase }) => phase === 'measured')
  const completed = measured.filter(({ outcome }) => outcome === 'completed')
  const goodput = objectives && tool.goodput && { ...tool.goodput, objectives }
  const staying = keepStaying(measured)
  const times = tool.metrics.map((metric) => compareMetric(metric, tool, results, staying))
  const rates = tool.rates.map((rate) => compareRate(rate, results, measured))
  const shares = goodput ? [compareGoodput(goodput, staying)] : []
  const definitions = [...tool.metrics, ...tool.rates, ...(goodput ? [goodput] : [])]
  return [
    `${cleanLine(results.spec.name)} as ${tool.name} would report it`,
    `  requests completed: ${formatCount(completed.length)}; computed by the definitions of its version ${tool.version}, which was not run`,
    ...(goodput
      ? [
          `  of each request: ${toBounds(goodput.objectives)
            .map(({ metric, bound }) => `${metric} ≤ ${formatMs(bound)}`)
            .join(', ')}`,
        ]
      : []),
    ...listOthers(completed).map((line) => `  ${line}`),
    '',
    ...renderTable(times, statistics),
    ...renderTable(rates, ['rate']),
    ...renderTable(shares, ['share']),
    ...definitions.flatMap(({ name, definition, ours, difference }) => [
      `  ${name}`,
      ...indent(definition),
      ...indent(`${ours}: ${difference}`),
    ]),
    '  percentiles',
    ...indent(tool.percentiles),
    ...indent('slogate: nearest rank, the value at rank ⌈n·p⌉'),
  ].join('\n')
}

interface Row {
  name: string
  theirs: readonly string[]
  ours: string
  own: readonly string[]
}

function compareMetric(
  metric: ToolMetric,
  tool: Tool,
  { summary }: Results,
  measured: Records,
): Row {
  const { name, ours } = metric
  const theirs = describe(listValues(metric, measured), metric.quantile ?? tool.quantile)
  const own = summary[`${ours}_ms`] ?? undefined
  return { name, ours, theirs: toCells(theirs), own: toCells(own) }
}

function listValues({ values, failures }: ToolMetric, measured: Records): readonly Weighted[] {
  const found = measured.filter(({ outcome }) => outcome === 'completed').flatMap(values)
  if (failures === undefined) return found
  const failed = measured.filter(({ outcome }) => outcome === 'failed')
  const endless = failed.map(() => ({ value: Infinity, weight: 1 }))
  return found.length === 0 || endless.length === 0 ? [] : [...found, ...endless]
}

function compareRate({ name, ours, rate }: ToolRate, { summary }: Results, measured: Records): Row {
  const cell = (value: number | null): string =>
    value === null ? '–' : formatValue(value, ours === 'requests_per_second' ? '/s' : 'tok/s')
  return { name, ours, theirs: [cell(rate(measured) ?? null)], own: [cell(summary[ours])] }
}

/** Shares of completed and failed requests; a request that was cancelled is in neither. */
function compareGoodput(
  { name, keeps, ours, objectives }: ToolGoodput & { objectives: Objectives },
  measured: Records,
): Row {
  const bounds = toBounds(objectives)
  const counted = measured.filter(({ outcome }) => outcome !== 'cancelled')
  const theirs = counted.map((record) =>
    record.outcome === 'completed' ? keeps(record, objectives) : false,
  )
  const own = counted.map((record) => isGood(record, bounds))
  return { name, ours, theirs: [toShare(theirs)], own: [toShare(own)] }
}

/** Of those that count. */
function toShare(kept: readonly (boolean | undefined)[]): string {
  const counted = kept.filter((each) => each !== undefined)
  if (counted.length === 0) return '–'
  return formatValue(counted.filter(Boolean).length / counted.length, 'share')
}

function toBounds(objectives: Objectives): RequestBound[] {
  return (['ttft', 'tpot', 'latency'] as const).flatMap((metric) => {
    const bound = objectives[metric]
    return bound === undefined ? [] : [{ metric, op: '<=', bound }]
  })
}

function describe(values: readonly Weighted[], quantile: Quantile): Statistics | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((a, b) => a.value - b.value)
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0)
  return {
    mean: sorted.reduce((sum, { value, weight }) => sum + value * weight, 0) / total,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
  }
}

function toCells(given: Statistics | DistributionDocument | undefined): string[] {
  if (given === undefined) return statistics.map(() => '–')
  return statistics.map((name) => (given[name] === Infinity ? '∞' : formatMs(given[name])))
}

/** Lines of a table with a line below it; none without rows. */
function renderTable(rows: readonly Row[], titles: readonly string[]): string[] {
  if (rows.length === 0) return []
  const side = (of: (row: Row) => readonly string[]): Column[] =>
    titles.map((title, index) => ({
      title,
      align: 'right',
      cells: rows.map((row) => of(row)[index] ?? ''),
    }))
  const columns: Column[] = [
    { title: 'theirs', align: 'left', cells: rows.map(({ name }) => name) },
    ...side(({ theirs }) => theirs),
    { title: ' ours', align: 'left', cells: rows.map(({ ours }) => ` ${ours}`) },
    ...side(({ own }) => own),
  ]
  return [...layOut(columns, tableWidth, '…').map((line) => `  ${line}`), '']
}

/** Definitions are those of a chat; events of another stream are taken as its chunks. */
function listOthers(completed: Records): string[] {
  const others = new Set(
    completed.flatMap(({ dialect }) =>
      dialect === undefined || /^openai-(chat|completions)$/.test(dialect) ? [] : [dialect],
    ),
  )
  if (others.size === 0) return []
  return [
    `${cleanLine([...others].join(', '))}: taken event by event like a chat, whatever the tool reads`,
  ]
}

function indent(text: string): string[] {
  return wrap(text, width - 4).map((line) => `    ${line}`)
}
