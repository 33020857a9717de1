/** One series of the text format of Prometheus. */
export interface Series {
  name: string
  labels: Readonly<Record<string, string>>
  /** May be NaN or infinite. */
  value: number
}

/** Series that are read of one page; a page of vLLM has some thousand. */
const seriesLimit = 50_000

/** UTF-16 units of a line. */
const lineLimit = 65_536

/**
 * The series whose names begin with `prefix`, of a page in the text format of Prometheus or of
 * OpenMetrics; timestamps and exemplars are left out. `undefined` when one of them cannot be read,
 * or there are too many: a page that is cut short must not pass for a whole one.
 */
export function parseExposition(text: string, prefix: string): Series[] | undefined {
  const all: Series[] = []
  for (const line of text.split('\n')) {
    if (!line.startsWith(prefix)) continue
    const series = parseSeries(line)
    if (series === undefined || all.length === seriesLimit) return undefined
    all.push(series)
  }
  return all
}

const nameAt = /[a-zA-Z_:][a-zA-Z0-9_:]*/y
const labelAt = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|(?=\}))/y
const valueAt =
  /\s*([+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|Inf|NaN))(?=\s|$)/y

function parseSeries(line: string): Series | undefined {
  if (line.length > lineLimit) return undefined
  const [name] = matchAt(nameAt, line, 0) ?? []
  if (name === undefined) return undefined
  const labels: Record<string, string> = Object.create(null) as Record<string, string>
  let at = name.length
  if (line[at] === '{') {
    at++
    for (;;) {
      const label = matchAt(labelAt, line, at)
      if (label === undefined) break
      const [whole, key = '', text = ''] = label
      labels[key] = unescape(text)
      at += whole.length
    }
    const [close] = matchAt(/\s*\}/y, line, at) ?? []
    if (close === undefined) return undefined
    at += close.length
  }
  const [, number] = matchAt(valueAt, line, at) ?? []
  if (number === undefined) return undefined
  return { name, labels, value: Number(number.replace('Inf', 'Infinity')) }
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(line) ?? undefined
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
}
