import {
  type AbsoluteSlo,
  type Comparator,
  metricUnits,
  type Metric,
  type Stat,
} from '../../src/bench-spec/slo.ts'

/** `slo('ttft p95 <= 800')`: the bound in ms, as a share or per second. */
export function slo(text: string, more: Partial<AbsoluteSlo> = {}): AbsoluteSlo {
  const words = text.split(' ')
  const [metric, op, bound] = [words[0], words.at(-2), words.at(-1)]
  return {
    id: text,
    text,
    metric: metric as Metric,
    stat: words.length === 3 ? { kind: 'value' } : toStat(words[1] ?? ''),
    op: op as Comparator,
    bound: Number(bound),
    unit: metricUnits[metric as Metric],
    level: 'error',
    ...more,
  }
}

function toStat(word: string): Stat {
  if (word === 'mean' || word === 'min' || word === 'max') return { kind: word }
  return { kind: 'percentile', p: Number(word.slice(1)) }
}
