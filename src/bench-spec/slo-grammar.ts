import { scale } from './duration.ts'
import { parseBound } from './slo-bound.ts'
import { SloSyntaxError, type Token, refuseLong } from './slo-syntax.ts'
import { metricUnits, type AbsoluteSlo, type Metric, type RelativeSlo, type Stat } from './slo.ts'
import { suggest } from './suggestion.ts'
import { type ParsedTag, type ParsedTags, parseTags } from './tag-grammar.ts'
import { formatTags, type Tag } from './tag.ts'

const aliases: ReadonlyMap<string, Metric> = new Map([['e2e', 'latency']])

type Said = 'text' | 'metric' | 'tags' | 'stat' | 'op' | 'unit'

/** What an SLO text says; `text` is its canonical spelling. */
export type ParsedSlo = Pick<AbsoluteSlo, Said | 'bound'> | Pick<RelativeSlo, Said | 'allowance'>

/** Says what is wrong with tags that are written as they should be, by throwing; nothing is by default. */
export type CheckTags = (tags: readonly ParsedTag[], all: Token) => void

/**
 * Reads one SLO.
 *
 *     slo    = metric , [ stat ] , [ tags ] , op , bound ;
 *     metric = "ttft" | "ttfo" | "latency" | "e2e" | "scheduled_ttft" | "scheduled_latency"
 *            | "tpot" | "chunk_gap" | "stall"
 *            | "dispatch_delay" | "output_tokens_per_second" | "requests_per_second"
 *            | "success_rate" | "error_rate" | "goodput" ;
 *     stat   = "p" number | "mean" | "median" | "min" | "max" ;
 *     op     = "<" | "<=" | ">" | ">=" ;
 *     bound  = number unit | "baseline" ("+" | "-") number "%" [ "or" number unit ] ;
 *     unit   = "us" | "ms" | "s" | "%" | "/s" | "tok/s" ;
 *
 * Percentiles are on 0–100, exclusive. Times need a statistic, rates and shares take none. Tags, as
 * `parseTags` reads them, may stand before the statistic as well.
 * @throws {SloSyntaxError}
 */
export function parseSlo(written: string, checkTags?: CheckTags): ParsedSlo {
  refuseLong(written, 0)
  const parsed = parseTags(written)
  // Spaces in its place leave everything else where it is.
  const text = parsed === undefined ? written : blank(written, parsed.token)
  const at = text.search(/[<>=≤≥]/)
  if (at === -1) {
    const all = { text: text.trim(), start: text.length - text.trimStart().length }
    throw new SloSyntaxError(
      `"${all.text}" has no comparator. Write for example ttft p95 <= 800ms.`,
      all,
    )
  }
  const [metricToken, second, third] = [...text.slice(0, at).matchAll(/\S+/g)].map(toToken)
  if (metricToken === undefined) {
    throw new SloSyntaxError('the metric is missing. Write for example ttft p95 <= 800ms.', {
      text: text.charAt(at),
      start: at,
    })
  }
  if (parsed !== undefined) checkPlace(parsed, metricToken, at)
  const metric = parseMetric(metricToken)
  if (third !== undefined) {
    throw new SloSyntaxError(`"${third.text}" is one word too many before the comparator.`, third)
  }
  const stat = parseStat(metric, second, metricToken)
  const { op, boundText, ...bound } = parseBound(text.slice(at), metric, at)
  if (bound.allowance !== undefined && (stat.kind === 'min' || stat.kind === 'max')) {
    throw new SloSyntaxError(
      `the ${stat.kind} is a single request, which is too little to compare with a baseline. Write for example p99.`,
      second ?? metricToken,
    )
  }
  if (parsed !== undefined) checkTags?.(parsed.tags, parsed.token)
  const tags = parsed?.tags.map(({ name, value }): Tag => ({ name, value }))
  const parts = [metric, renderStat(stat), formatTags(tags)]
  return {
    text: `${parts.filter((part) => part !== '').join(' ')} ${op} ${boundText}`,
    metric,
    ...(tags === undefined ? {} : { tags }),
    stat,
    op,
    unit: metricUnits[metric],
    ...bound,
  }
}

function blank(text: string, { start, text: { length } }: Token): string {
  return text.slice(0, start) + ' '.repeat(length) + text.slice(start + length)
}

function checkPlace({ token }: ParsedTags, metric: Token, comparator: number): void {
  if (token.start > metric.start && token.start < comparator) return
  const message = `tags stand behind the metric and before the comparator. Write for example ttft p95 ${token.text} <= 800ms.`
  throw new SloSyntaxError(message, token)
}

/** The metric of this name or alias. */
export function findMetric(name: string): Metric | undefined {
  const metric = aliases.get(name) ?? name
  return isMetric(metric) ? metric : undefined
}

function parseMetric(token: Token): Metric {
  const metric = findMetric(token.text)
  if (metric !== undefined) return metric
  const known = Object.keys(metricUnits)
  const hint = suggest(token.text, [...known, ...aliases.keys()])
  throw new SloSyntaxError(
    `unknown metric "${token.text}".${hint === '' ? ` Known: ${known.join(', ')}.` : hint}`,
    token,
  )
}

/**
 * Reads the statistic of a metric, with tags or without, which are left to `parseSlo`.
 * @throws {SloSyntaxError}
 */
export function parseStatKey(metric: Metric, key: string | undefined): Stat {
  const parsed = key === undefined ? undefined : parseTags(key)
  const text = parsed === undefined ? key : blank(key ?? '', parsed.token).trim()
  const token = text === undefined || text === '' ? undefined : { text, start: 0 }
  return parseStat(metric, token, { text: key ?? metric, start: 0 })
}

/**
 * Reads the statistic of a metric; `token` is `undefined` when none was written after `near`.
 * @throws {SloSyntaxError}
 */
function parseStat(metric: Metric, token: Token | undefined, near: Token): Stat {
  if (metricUnits[metric] !== 'ms') {
    if (token === undefined) return { kind: 'value' }
    throw new SloSyntaxError(
      `${metric} is one number per run and takes no statistic. Remove "${token.text}".`,
      token,
    )
  }
  if (token === undefined) {
    throw new SloSyntaxError(
      `${metric} needs a statistic. Write for example ${metric} p95 (or mean, median, min, max).`,
      near,
    )
  }
  const { text } = token
  if (text === 'median') return { kind: 'percentile', p: 50 }
  if (text === 'mean' || text === 'min' || text === 'max') return { kind: text }
  const p = Number(/^p?(\d+(?:\.\d+)?)$/.exec(text)?.[1])
  if (text.startsWith('p') && p >= 1 && p < 100) return { kind: 'percentile', p }
  if (Number.isNaN(p)) {
    const hint = suggest(text, ['mean', 'median', 'min', 'max'])
    throw new SloSyntaxError(
      `"${text}" is no statistic.${hint === '' ? ' Write p95, mean, median, min or max.' : hint}`,
      token,
    )
  }
  const meant = p < 1 ? `p${scale(String(p), 2)}` : `p${p}`
  const what = p > 0 && p < 100 ? ` Write ${meant}.` : ' Use max or min for the extremes.'
  throw new SloSyntaxError(
    `percentiles are written p95, between 0 and 100, got "${text}".${what}`,
    token,
  )
}

/** `p95`, `mean`; empty for a metric that is one number per run. */
function renderStat(stat: Stat): string {
  if (stat.kind === 'percentile') return `p${stat.p}`
  return stat.kind === 'value' ? '' : stat.kind
}

function toToken(match: RegExpExecArray): Token {
  return { text: match[0], start: match.index }
}

function isMetric(text: string): text is Metric {
  return Object.hasOwn(metricUnits, text)
}
