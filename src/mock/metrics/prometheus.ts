import type { Histogram } from './histogram.ts'

export type Labels = Readonly<Record<string, string>>

/** A metric in the text format of Prometheus. */
export type Family = { name: string; help: string; labels?: Labels } & (
  | { type: 'gauge'; value: number }
  | { type: 'counter'; value: number }
  /** One series per value of the label `by`. */
  | { type: 'counter'; by: string; values: Readonly<Record<string, number>> }
  | { type: 'histogram'; histogram: Histogram }
)

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'

/** Families one after the other, with an empty line between them. */
export function renderFamilies(families: readonly Family[]): string {
  return families
    .map((family) => {
      const { name, help, type } = family
      const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...listSeries(family)]
      return lines.map((line) => `${line}\n`).join('')
    })
    .join('\n')
}

function listSeries(family: Family): string[] {
  const { name, labels = {} } = family
  if ('histogram' in family) return listBuckets(name, labels, family.histogram)
  if ('value' in family) return [renderSeries(name, labels, family.value)]
  return Object.entries(family.values).map(([key, value]) =>
    renderSeries(name, { ...labels, [family.by]: key }, value),
  )
}

function listBuckets(name: string, labels: Labels, histogram: Histogram): string[] {
  let total = 0
  const buckets = histogram.counts().map((count, index) => {
    total += count
    const bound = histogram.bounds[index]
    return renderSeries(`${name}_bucket`, { ...labels, le: renderBound(bound) }, total)
  })
  return [
    ...buckets,
    renderSeries(`${name}_sum`, labels, histogram.sum()),
    renderSeries(`${name}_count`, labels, total),
  ]
}

/** As Python writes floats: with at least one decimal. */
function renderBound(bound: number | undefined): string {
  if (bound === undefined) return '+Inf'
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound)
}

function renderSeries(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
