import { isFields } from './fields.ts'
import { createIssue, type Locate, type Part, type Path, type Issue } from './issue.ts'
import { keepKnown } from './known.ts'
import { parseBound } from './slo-bound.ts'
import {
  type CheckTags,
  findMetric,
  type ParsedSlo,
  parseSlo,
  parseStatKey,
} from './slo-grammar.ts'
import { SloSyntaxError } from './slo-syntax.ts'
import {
  formatStat,
  isOfSchedule,
  metricUnits,
  requestMetrics,
  type GoodputBounds,
  type Level,
  type Metric,
  type RelativeSlo,
  type RequestBound,
  type Slo,
} from './slo.ts'
import { formatTags, type Tag } from './tag.ts'
import { explainTokenless, type WholeKind } from './whole-answer.ts'

export interface SloList {
  slos: readonly Slo[]
  goodput?: GoodputBounds
  issues: readonly Issue[]
}

/** Object form of an SLO, as the schema lets it through. */
interface SloObject {
  assert: string
  id?: string
  level?: Level
  why?: string
  goodput?: unknown
}

interface Entry {
  path: Path
  slo: Slo
  bounds?: GoodputBounds
}

interface Reading {
  locate: Locate
  issues: Issue[]
  checkTags: CheckTags | undefined
}

/** What SLOs may be about. */
interface Scene {
  /** What there is that SLOs can be relative to; none by default. */
  baseline?: 'interleaved' | 'file' | undefined
  /** Whether requests are due at instants of their own. */
  hasRate?: boolean
  /** Whether answers are whole documents, which have no tokens. */
  isWhole?: boolean
  /** The kind of a mix with such answers that an SLO with these tags is about; none without a mix. */
  findWhole?: ((tags: readonly Tag[]) => WholeKind | undefined) | undefined
  /** Tags are taken as they are by default. */
  checkTags?: CheckTags | undefined
}

/**
 * Reads the document's `slo`: a list of texts and objects, or a map `{ ttft: { p95: 800ms } }`.
 * Parts of another shape and unknown keys are passed over: the schema reports them.
 */
export function parseSlos(
  value: unknown,
  locate: Locate,
  { baseline, hasRate = false, isWhole = false, findWhole, checkTags }: Scene = {},
): SloList {
  const reading: Reading = { locate, issues: [], checkTags }
  const entries = Array.isArray(value)
    ? value.map((item: unknown, index) => readItem(['slo', index], item, reading))
    : isFields(value)
      ? Object.entries(value).flatMap(([name, item]) => readMetric(name, item, reading))
      : []
  const found = entries.filter((entry) => entry !== undefined)
  checkGoodput(found, reading)
  if (baseline !== 'interleaved') refuseRelative(found, baseline, reading)
  if (!hasRate) refuseScheduled(found, reading)
  if (isWhole) refuseTokenless(found, reading, (metric) => explainTokenless(metric))
  if (findWhole !== undefined) {
    refuseTokenless(found, reading, (metric, tags) => {
      const kind = findWhole(tags)
      return kind === undefined ? undefined : explainTokenless(metric, kind)
    })
  }
  checkRepeated(found, reading)
  const goodput = found.find(({ bounds }) => bounds !== undefined)?.bounds
  const slos = found.map(({ slo }) => slo)
  return keepKnown<SloList>({ slos, goodput, issues: reading.issues })
}

/** The SLOs with limits behind them, but for those on a statistic that one of them compares. */
export function addLimits(slos: readonly Slo[], limits: readonly RelativeSlo[]): Slo[] {
  const compared = new Set(
    slos.filter(({ allowance }) => allowance !== undefined).map(nameStatistic),
  )
  return [...slos, ...limits.filter((limit) => !compared.has(nameStatistic(limit)))]
}

function nameStatistic({ metric, stat, tags = [] }: Slo): string {
  const sorted = tags.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return `${metric} ${formatStat(stat)} ${formatTags(sorted)}`
}

function readItem(path: Path, item: unknown, reading: Reading): Entry | undefined {
  if (typeof item === 'string') return readText(path, item, {}, reading)
  if (!isSloObject(item)) return undefined
  const entry = readText([...path, 'assert'], item.assert, item, reading)
  if (!isFields(item.goodput)) return entry
  const bounds = Object.entries(item.goodput).map(([name, text]): RequestBound | undefined => {
    const metric = findMetric(name)
    if (typeof text !== 'string' || !metric || !isRequestMetric(metric)) return undefined
    const read = (): RequestBound => {
      const { op, bound } = parseBound(text, metric, 0)
      if (bound !== undefined) return { metric, op, bound }
      const message = 'a bound on each request cannot follow a baseline. Write for example 800ms.'
      throw new SloSyntaxError(message, { text, start: 0 })
    }
    return attempt([...path, 'goodput', name], text, read, reading)
  })
  return entry && { ...entry, bounds: bounds.filter((bound) => bound !== undefined) }
}

function readText(
  path: Path,
  text: string,
  rest: Partial<SloObject>,
  reading: Reading,
): Entry | undefined {
  const parsed = attempt(path, text, () => parseSlo(text, reading.checkTags), reading)
  return parsed && createEntry(path, parsed, rest, reading)
}

/** One metric of the map form: its bound, or its bounds by statistic. */
function readMetric(name: string, item: unknown, reading: Reading): (Entry | undefined)[] {
  const metric = findMetric(name)
  if (metric === undefined) return []
  const takesStat = metricUnits[metric] === 'ms'
  if (takesStat !== isFields(item) || metric === 'goodput') return []
  const bounds = isFields(item) ? Object.entries(item) : [[undefined, item] as const]
  return bounds.map(([stat, text]) => {
    if (typeof text !== 'string') return undefined
    const path = stat === undefined ? ['slo', name] : ['slo', name, stat]
    const readStat = (): unknown => parseStatKey(metric, stat)
    if (attempt(path, text, readStat, reading, 'key') === undefined) return undefined
    const bound = attempt(path, text, () => parseBound(text, metric, 0), reading)
    if (bound === undefined) return undefined
    const whole = `${metric} ${stat ?? ''} ${bound.op} ${bound.boundText}`
    const parsed = attempt(path, text, () => parseSlo(whole, reading.checkTags), reading, 'key')
    return parsed && createEntry(path, parsed, {}, reading)
  })
}

/** Runs a parser of the grammar; a syntax error becomes an issue at its token or at `part`. */
function attempt<T>(
  path: Path,
  text: string,
  read: () => T,
  { locate, issues }: Reading,
  part?: Part,
): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SloSyntaxError)) throw error
    const token = { text, start: error.start, length: error.length }
    issues.push(createIssue(locate, path, error.message, part ?? token))
    return undefined
  }
}

function createEntry(
  path: Path,
  parsed: ParsedSlo,
  { id, level, why }: Partial<SloObject>,
  { locate }: Reading,
): Entry {
  const slo = keepKnown<Slo>({
    id: id ?? parsed.text,
    ...parsed,
    level: level ?? 'error',
    why,
    position: locate(path, 'value'),
  })
  return { path, slo }
}

function checkGoodput(entries: readonly Entry[], { locate, issues }: Reading): void {
  const defining = entries.filter(({ bounds }) => bounds !== undefined)
  for (const { path, slo } of defining) {
    if (slo.metric === 'goodput') continue
    const message = `must be about goodput, which this entry defines, got ${slo.metric}. Write goodput >= 95%.`
    issues.push(createIssue(locate, path, message))
  }
  for (const { path } of defining.slice(1)) {
    const message = 'defines goodput a second time. Join its bounds with the first ones.'
    issues.push(createIssue(locate, path, message))
  }
  if (defining.length > 0) return
  for (const { path, slo } of entries) {
    if (slo.metric !== 'goodput') continue
    const message =
      'goodput needs bounds for each request. Write { assert: "goodput >= 95%", goodput: { ttft: 800ms } }.'
    issues.push(createIssue(locate, path, message))
  }
}

function refuseRelative(
  entries: readonly Entry[],
  baseline: Scene['baseline'],
  { locate, issues }: Reading,
): void {
  for (const { path, slo } of entries) {
    if (slo.allowance === undefined) continue
    if (baseline === undefined) {
      const message =
        'compares with a baseline, and there is none. Add baseline: { url: … } or baseline: { file: results.json }, or give --baseline.'
      issues.push(createIssue(locate, path, message))
    } else if (slo.tags !== undefined) {
      const message = `compares ${formatTags(slo.tags)} with results, which keep figures of whole rounds alone. Give baseline: { url: … }, or leave the tags out.`
      issues.push(createIssue(locate, path, message))
    }
  }
}

function refuseScheduled(entries: readonly Entry[], { locate, issues }: Reading): void {
  for (const { path, slo, bounds = [] } of entries) {
    const metric = [slo, ...bounds].map((each) => each.metric).find(isOfSchedule)
    if (metric === undefined) continue
    const message = `${metric} counts from the instant at which a request was due, and without a rate it is due when another has ended. Add rate, for example rate: 20/s, or ask for ${metric.replace('scheduled_', '')}.`
    issues.push(createIssue(locate, path, message))
  }
}

function refuseTokenless(
  entries: readonly Entry[],
  { locate, issues }: Reading,
  explain: (metric: Metric, tags: readonly Tag[]) => string | undefined,
): void {
  for (const { path, slo, bounds = [] } of entries) {
    const found = [slo, ...bounds].map(({ metric }) => explain(metric, slo.tags ?? []))
    const message = found.find((each) => each !== undefined)
    if (message !== undefined) issues.push(createIssue(locate, path, message))
  }
}

/** The same question asked twice at one level, and ids that are not unique. */
function checkRepeated(entries: readonly Entry[], { locate, issues }: Reading): void {
  const questions = new Map<string, Slo>()
  const ids = new Map<string, Slo>()
  for (const { path, slo } of entries) {
    const kind = slo.allowance === undefined ? 'absolute' : 'relative'
    const question = `${nameStatistic(slo)} ${slo.op.charAt(0)} ${kind} ${slo.level}`
    const asked = questions.get(question)
    const named = ids.get(slo.id)
    if (asked !== undefined) {
      const message = `asks the same as "${asked.text}"${renderLine(asked)}. Remove one of them or change its level.`
      issues.push(createIssue(locate, path, message))
    } else if (named !== undefined) {
      const message = `the id "${slo.id}" is taken by another SLO${renderLine(named)}. Give each an id of its own.`
      const entry = path.at(-1) === 'assert' ? path.slice(0, -1) : path
      issues.push(createIssue(locate, [...entry, 'id'], message))
    }
    questions.set(question, asked ?? slo)
    ids.set(slo.id, named ?? slo)
  }
}

function renderLine(slo: Slo): string {
  return slo.position === undefined ? '' : ` on line ${slo.position.line}`
}

function isRequestMetric(metric: string): metric is RequestBound['metric'] {
  return (requestMetrics as readonly string[]).includes(metric)
}

function isSloObject(value: unknown): value is SloObject {
  return isFields(value) && typeof value.assert === 'string'
}
