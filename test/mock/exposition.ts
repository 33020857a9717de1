export interface ParsedFamily {
  type: string
  /** Values by series as it is written: `name{label="value"}`. */
  series: ReadonlyMap<string, number>
}

const namePattern = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const labelPattern = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\["\\n])*"`
const seriesLine = new RegExp(
  `^((${namePattern})(?:\\{(${labelPattern}(?:,${labelPattern})*)\\})?) (NaN|[-+]?Inf|-?[\\d.]+(?:e[-+]?\\d+)?)$`,
)

/**
 * Reads the text format of Prometheus and throws at everything that it does not allow, or that makes
 * no histogram: HELP, TYPE and series of one family stand together in this order, buckets ascend and
 * add up, and the last one is the count.
 */
export function parseExposition(text: string): ReadonlyMap<string, ParsedFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const families = new Map<string, { type: string; series: Map<string, number> }>()
  let current = ''
  let helped = ''
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue
    const [, help] = new RegExp(`^# HELP (${namePattern}) \\S.*$`).exec(line) ?? []
    const [, typed, type] =
      new RegExp(`^# TYPE (${namePattern}) (gauge|counter|histogram)$`).exec(line) ?? []
    if (help !== undefined) {
      if (families.has(help)) throw new Error(`${help} comes twice`)
      helped = help
    } else if (typed !== undefined && type !== undefined) {
      if (typed !== helped) throw new Error(`${typed} has no HELP before its TYPE`)
      families.set(typed, { type, series: new Map() })
      current = typed
    } else addSeries(line, current, families.get(current))
  }
  for (const [name, { type, series }] of families) {
    if (series.size === 0) throw new Error(`${name} has no series`)
    if (type === 'histogram') checkHistogram(name, series)
  }
  return families
}

function addSeries(
  line: string,
  family: string,
  into: { type: string; series: Map<string, number> } | undefined,
): void {
  const [, series, name, , value] = seriesLine.exec(line) ?? []
  if (series === undefined || value === undefined) throw new Error(`no series: ${line}`)
  const names =
    into?.type === 'histogram'
      ? ['_bucket', '_sum', '_count'].map((suffix) => family + suffix)
      : [family]
  if (into === undefined || !names.includes(name!)) throw new Error(`${name} stands in ${family}`)
  if (into.series.has(series)) throw new Error(`${series} comes twice`)
  const number = Number(value.replace('Inf', 'Infinity'))
  if (into.type !== 'gauge' && !(number >= 0)) throw new Error(`${series} counts ${value}`)
  into.series.set(series, number)
}

function checkHistogram(name: string, series: ReadonlyMap<string, number>): void {
  const buckets = [...series].filter(([key]) => key.startsWith(`${name}_bucket`))
  const bounds = buckets.map(([key]) =>
    Number(/le="([^"]*)"/.exec(key)?.[1]?.replace('Inf', 'Infinity')),
  )
  const counts = buckets.map(([, count]) => count)
  for (const list of [bounds, counts]) {
    if (list.some((value, index) => Number.isNaN(value) || value < (list[index - 1] ?? 0))) {
      throw new Error(`the buckets of ${name} do not ascend`)
    }
  }
  const [count] = [...series].filter(([key]) => key.startsWith(`${name}_count`))
  const [total] = [...series].filter(([key]) => key.startsWith(`${name}_sum`))
  if (bounds.at(-1) !== Infinity) throw new Error(`${name} has no bucket +Inf`)
  if (total === undefined || counts.at(-1) !== count?.[1])
    throw new Error(`${name} does not add up`)
}
